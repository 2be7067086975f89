import type { HostSettings } from "./host-settings.ts";
import { SshError } from "./session.ts";

/** How long a host may take to answer, and then to agree on keys, in milliseconds: ConnectTimeout, or this. */
export const CONNECT_LIMIT = 15_000;

/** How long this host may take to answer, and then to agree on keys, in milliseconds. */
export function connectLimit({ connectTimeout }: HostSettings): number {
  return connectTimeout === undefined ? CONNECT_LIMIT : connectTimeout * 1000;
}

/** How long a login may take once the host has answered, in milliseconds: a busy host, or an agent that asks its user. */
export const LOGIN_LIMIT = 60_000;

/** When to give up something that takes time. */
export interface Limits {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly patience: number;
  /** What to throw when it has not come about in time. */
  readonly late: () => SshError;
}

/**
 * Waits for something that may take too long, or that nobody may want any more.
 *
 * @param abandon ends what is under way when it is given up.
 * @throws SshError when it is given up, or whatever the work throws.
 */
export function waitFor<T>(work: Promise<T>, limits: Limits, abandon: () => void): Promise<T> {
  const { signal, patience, late } = limits;
  return new Promise((resolve, reject) => {
    const giveUp = (error: SshError): void => {
      settle();
      reject(error);
      abandon();
    };
    const aborted = (): void => giveUp(abortedError(signal));
    const timer = setTimeout(() => giveUp(late()), patience);
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
    };
    work.finally(settle).then(resolve, reject);
    if (signal.aborted) aborted();
    else signal.addEventListener("abort", aborted);
  });
}

/** What is thrown when the caller has no use for the session any more. */
function abortedError(signal: AbortSignal): SshError {
  return new SshError("ssh-failed", "given up before the connection was made", signal.reason);
}

/** A time for people: `15 s`. */
export function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
