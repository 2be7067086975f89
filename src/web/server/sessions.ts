import { digestOf, newSecret } from "./secrets.ts";

/** Browsers that have been let in. */
export const MOST_SESSIONS = 256;
/** How long a browser stays let in that does not ask for anything, in milliseconds: a page left open asks all the time. */
export const SESSION_LIFE_MS = 7 * 24 * 3600_000;

/** Browsers that have shown a ticket, by the secret of their cookie. They are forgotten when the server ends. */
export class Sessions {
  /** When each was last used, by the digest of its secret; the one longest unused first. */
  readonly #used = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds, of a clock that nobody sets. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Lets a browser in. Of too many, the one that was longest unused is out. @returns its secret. */
  open(): string {
    const secret = newSecret();
    this.#used.set(digestOf(secret), this.#now());
    for (const [oldest] of this.#used) {
      if (this.#used.size <= MOST_SESSIONS) break;
      this.#used.delete(oldest);
    }
    return secret;
  }

  /** Whether it is the secret of a browser that has been let in. */
  has(secret: string): boolean {
    const digest = digestOf(secret);
    const used = this.#used.get(digest);
    if (used === undefined) return false;
    this.#used.delete(digest);
    if (this.#now() - used > SESSION_LIFE_MS) return false;
    this.#used.set(digest, this.#now());
    return true;
  }
}
