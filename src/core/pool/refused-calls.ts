/** Counts callers that have no business here, and speaks of them less and less often. */
export class RefusedCalls {
  readonly #warn: (message: string) => void;
  #count = 0;
  #sayAt = 1;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** @param callers how many there were. */
  note(from: string, why: string, callers: number): void {
    this.#count += callers;
    if (this.#count < this.#sayAt) return;
    while (this.#sayAt <= this.#count) this.#sayAt *= 10;
    const all = this.#count === 1 ? "" : ` (${this.#count} calls until now)`;
    this.#warn(`refused a call from ${from}: ${why}${all}`);
  }
}
