/**
 * Values that have been sent to clients and not been read by all of them yet. Clients that ask for the same value share its
 * bytes, so these count once, however many do not read.
 */
export class UnreadAnswers {
  readonly #readers = new Map<Uint8Array, number>();

  /** Somebody is sent these bytes. @returns how many more are held. */
  add(bytes: Uint8Array): number {
    const readers = this.#readers.get(bytes) ?? 0;
    this.#readers.set(bytes, readers + 1);
    return readers === 0 ? bytes.length : 0;
  }

  /** Somebody has read them, or will never. @returns how many fewer are held. */
  remove(bytes: Uint8Array): number {
    const readers = this.#readers.get(bytes) ?? 0;
    if (readers > 1) {
      this.#readers.set(bytes, readers - 1);
      return 0;
    }
    return this.#readers.delete(bytes) ? bytes.length : 0;
  }
}
