import { IdSet } from "../domain/id-set.ts";

/** Which tasks and barriers have finished, and in what order: some five bytes each. */
export class FinishOrder {
  /** Ids in the order of finishing; those behind `length` mean nothing. */
  #ids = new Uint32Array(1024);
  #length = 0;
  readonly #finished = new IdSet();

  get length(): number {
    return this.#length;
  }

  add(id: number): void {
    if (this.#length === this.#ids.length) {
      const longer = new Uint32Array(2 * this.#length);
      longer.set(this.#ids);
      this.#ids = longer;
    }
    this.#ids[this.#length++] = id;
    this.#finished.add(id);
  }

  has(id: number): boolean {
    return this.#finished.has(id);
  }

  /** The ids that finished as the `from`th and after it, counted from 0, at most `limit`. */
  slice(from: number, limit: number): number[] {
    return [...this.#ids.subarray(from, Math.min(this.#length, from + limit))];
  }
}
