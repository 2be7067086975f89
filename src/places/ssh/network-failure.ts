import { errnoOf, errnoText } from "../../domain/system-error.ts";
import { SshError, type SshFailure } from "./session.ts";

/** Where a connection was to go. */
export interface Target {
  /** The host as the user wrote it. */
  readonly destination: string;
  /** The host as the settings have it. */
  readonly host: string;
  readonly port: number;
}

/** What the system says when a host cannot be reached: its errno, and the words for it. */
const FAILURES: Readonly<Record<string, readonly [SshFailure, (target: Target) => string]>> = {
  ENOTFOUND: ["name-not-resolved", ({ host }) => `the name ${host} cannot be resolved`],
  EAI_AGAIN: ["name-not-resolved", ({ host }) => `the name ${host} cannot be resolved now (no name server answers)`],
  ECONNREFUSED: ["refused", (target) => `connection refused by ${hostAndPort(target)}: no SSH server listens there`],
  EHOSTUNREACH: ["unreachable", (target) => `no route to ${hostAndPort(target)}`],
  ENETUNREACH: ["unreachable", (target) => `no network to ${hostAndPort(target)}`],
  ETIMEDOUT: ["unreachable", (target) => `no answer from ${hostAndPort(target)}`],
};

/** Why a host cannot be dialled. */
export function networkFailure(target: Target, error: unknown): SshError {
  const [code, words] = FAILURES[errnoOf(error) ?? ""] ?? ["unreachable", () => errnoText(error)];
  return new SshError(code, `${target.destination}: ${words(target)}`, error);
}

/** The error when nobody answered in time. */
export function noAnswer(target: Target, within: string): SshError {
  return new SshError("unreachable", `${target.destination}: no answer from ${hostAndPort(target)} within ${within}`);
}

/** `host:port`, or the host alone where the port is SSH's own. */
export function hostAndPort({ host, port }: Target): string {
  if (port === 22) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
