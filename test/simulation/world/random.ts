/** Numbers that look like chance and are the same for the same seed: everything in a simulation that could be otherwise. */
export class Random {
  #state: number;

  /** @param seed a whole number; its lower 32 bits count. */
  constructor(seed: number) {
    // Seeds in a row are to have nothing in common.
    this.#state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1);
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.next();
  }

  /** Between the two, small numbers as likely as large ones: each power of ten gets its share. */
  spread(least: number, most: number): number {
    return least * (most / least) ** this.next();
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them; undefined when there is none. */
  oneOf<T>(choices: readonly T[]): T | undefined {
    return choices[this.whole(0, choices.length - 1)];
  }

  /** A generator of its own, so that what one part asks for does not change what the others get. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }
}
