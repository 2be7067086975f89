/** Which tasks and barriers have finished, and in what order: some five bytes each. */
export class FinishOrder {
  /** Ids in the order of finishing; those behind `length` mean nothing. */
  #ids = new Uint32Array(1024);
  #length = 0;
  /** One bit for each id. */
  #bits = new Uint8Array(1024);

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
    const byte = Math.floor(id / 8);
    if (byte >= this.#bits.length) {
      const longer = new Uint8Array(Math.max(byte + 1, 2 * this.#bits.length));
      longer.set(this.#bits);
      this.#bits = longer;
    }
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (id % 8));
  }

  has(id: number): boolean {
    return ((this.#bits[Math.floor(id / 8)] ?? 0) & (1 << (id % 8))) !== 0;
  }

  /** The ids that finished as the `from`th and after it, counted from 0, at most `limit`. */
  slice(from: number, limit: number): number[] {
    return [...this.#ids.subarray(from, Math.min(this.#length, from + limit))];
  }
}
