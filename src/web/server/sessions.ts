import { isSame, newSecret, sealOf } from "./secrets.ts";

/** How long a browser stays let in, in milliseconds: longer than nearly all runs. */
export const SESSION_LIFE_MS = 30 * 24 * 3600_000;

const SESSION = /^([0-9a-z]{1,12})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

/**
 * Browsers that have shown a ticket. Nobody keeps a list of them: each has a secret that only the token's owner can have made. So they
 * stay let in when the server is started again with the same token, and all of them are out when there is another token.
 */
export class Sessions {
  readonly #token: string;
  readonly #now: () => number;

  /** @param now Unix time in milliseconds: it has to hold beyond the life of this process. */
  constructor(token: string, now: () => number) {
    this.#token = token;
    this.#now = now;
  }

  /** Lets a browser in. @returns its secret. */
  open(): string {
    const [born, name] = [Math.floor(this.#now()).toString(36), newSecret()];
    return `${born}.${name}.${this.#sealOf(born, name)}`;
  }

  /** Whether it is the secret of a browser that has been let in. */
  has(secret: string): boolean {
    const [, born = "", name = "", seal = ""] = SESSION.exec(secret) ?? [];
    if (!isSame(seal, this.#sealOf(born, name))) return false;
    return this.#now() - Number.parseInt(born, 36) <= SESSION_LIFE_MS;
  }

  #sealOf(born: string, name: string): string {
    return sealOf(this.#token, `disbatch session ${born} ${name}`);
  }
}
