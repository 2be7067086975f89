/** Bits in each page, a power of two: 4 KiB. */
const PAGE_BITS = 1 << 15;

/**
 * Task ids, of which there may be millions. They are dense, and take one bit each; pages exist only where there are any,
 * so that a stray id costs no more than a page.
 */
export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param id a whole number from 0. */
  add(id: number): void {
    const number = Math.floor(id / PAGE_BITS);
    let page = this.#pages.get(number);
    if (page === undefined) this.#pages.set(number, (page = new Uint32Array(PAGE_BITS / 32)));
    const index = (id % PAGE_BITS) >>> 5;
    const word = page[index] ?? 0;
    const bit = 1 << (id & 31);
    if ((word & bit) !== 0) return;
    page[index] = word | bit;
    this.#size++;
  }

  has(id: number): boolean {
    const page = this.#pages.get(Math.floor(id / PAGE_BITS));
    const word = page?.[(id % PAGE_BITS) >>> 5] ?? 0;
    return (word & (1 << (id & 31))) !== 0;
  }
}
