const FIRST_CAPACITY = 4096;
/** A larger buffer is given back as soon as it is not needed: one long line must not cost memory for the whole run. */
const KEPT_CAPACITY = 1024 * 1024;

/** Bytes put together from pieces; doubles its room as needed, so that single bytes cost no more than whole chunks. */
export class GrowingBuffer {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies the piece, which may be overwritten afterwards. */
  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** Everything so far; good until the next call of any method. */
  contents(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > KEPT_CAPACITY) this.#bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  }
}
