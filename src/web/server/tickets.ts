import { isSame, newSecret } from "./secrets.ts";

/** How long a ticket lets somebody in, in milliseconds. */
export const TICKET_LIFE_MS = 10 * 60_000;
/** Tickets that nobody has used yet. */
export const MOST_TICKETS = 64;

/** Secrets in printed URLs: each lets one browser in, once. */
export class Tickets {
  /** The oldest first. */
  #open: { readonly secret: string; readonly until: number }[] = [];
  readonly #now: () => number;

  /** @param now milliseconds, of a clock that nobody sets. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A fresh one. Of too many, the oldest counts no more. */
  make(): string {
    const now = this.#now();
    const secret = newSecret();
    const open = this.#open.filter(({ until }) => until > now);
    this.#open = [...open, { secret, until: now + TICKET_LIFE_MS }].slice(-MOST_TICKETS);
    return secret;
  }

  /** Whether it lets somebody in; it does not a second time. */
  take(given: string): boolean {
    const now = this.#now();
    let taken = false;
    // All of them are compared, so that the time tells nothing.
    this.#open = this.#open.filter(({ secret, until }) => {
      const isIt = isSame(secret, given);
      taken ||= isIt && until > now;
      return !isIt && until > now;
    });
    return taken;
  }
}
