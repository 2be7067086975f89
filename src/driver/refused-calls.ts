/** Counts callers that have no business here, and speaks of them less and less often. */
export class RefusedCalls {
  readonly #warn: (message: string) => void;
  #count = 0;
  #sayAt = 1;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  note(from: string, why: string): void {
    if (++this.#count < this.#sayAt) return;
    this.#sayAt *= 10;
    const which = this.#count === 1 ? "" : `, the ${this.#count}th such call`;
    this.#warn(`refused a call from ${from}: ${why}${which}`);
  }
}
