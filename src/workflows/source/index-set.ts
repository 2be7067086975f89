/** Bits in a word. */
const WORD = 32;

/**
 * A set of whole numbers from 0, a bit for each, whose smallest one is found in a few steps: each word has a bit in the level
 * above that says whether it has any.
 */
export class IndexSet {
  #levels: Uint32Array[] = [new Uint32Array(1)];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    return ((this.#levels[0]?.[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }

  add(index: number): void {
    this.#reserve(index + 1);
    if (this.has(index)) return;
    this.#size++;
    this.#mark(index);
  }

  /** Adds all from `from` to below `to`, of which none is there. */
  addRange(from: number, to: number): void {
    if (from >= to) return;
    this.#reserve(to);
    const words = this.#levels[0];
    if (words === undefined) return;
    this.#size += to - from;
    for (let index = from; index < to;) {
      const at = index >>> 5;
      const until = Math.min(to, (at + 1) * WORD);
      const count = until - index;
      const bits = count === WORD ? 0xffffffff : ((1 << count) - 1) << (index & 31);
      const isFirst = words[at] === 0;
      words[at] = ((words[at] ?? 0) | bits) >>> 0;
      if (isFirst) this.#markAbove(at);
      index = until;
    }
  }

  /** The smallest one, which is taken out; -1 when there is none. */
  takeFirst(): number {
    if (this.#size === 0) return -1;
    let at = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const word = this.#levels[level]?.[at] ?? 0;
      at = at * WORD + 31 - Math.clz32(word & -word);
    }
    this.#size--;
    this.#unmark(at);
    return at;
  }

  /** The smallest one; -1 when there is none. */
  first(): number {
    if (this.#size === 0) return -1;
    let at = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const word = this.#levels[level]?.[at] ?? 0;
      at = at * WORD + 31 - Math.clz32(word & -word);
    }
    return at;
  }

  delete(index: number): void {
    if (!this.has(index)) return;
    this.#size--;
    this.#unmark(index);
  }

  #mark(index: number): void {
    const words = this.#levels[0];
    if (words === undefined) return;
    const at = index >>> 5;
    const isFirst = words[at] === 0;
    words[at] = ((words[at] ?? 0) | (1 << (index & 31))) >>> 0;
    if (isFirst) this.#markAbove(at);
  }

  #markAbove(word: number): void {
    let index = word;
    for (let level = 1; level < this.#levels.length; level++) {
      const words = this.#levels[level];
      if (words === undefined) return;
      const at = index >>> 5;
      const before = words[at] ?? 0;
      words[at] = (before | (1 << (index & 31))) >>> 0;
      if (before !== 0) return;
      index = at;
    }
  }

  #unmark(number: number): void {
    let index = number;
    for (const words of this.#levels) {
      const at = index >>> 5;
      const left = (words[at] ?? 0) & ~(1 << (index & 31));
      words[at] = left >>> 0;
      if (left !== 0) return;
      index = at;
    }
  }

  #reserve(length: number): void {
    const room = (this.#levels[0]?.length ?? 0) * WORD;
    if (length <= room) return;
    let below = new Uint32Array(Math.ceil(Math.max(length, room * 2) / WORD));
    below.set(this.#levels[0] ?? []);
    this.#levels = [below];
    while (below.length > 1) {
      const above = new Uint32Array(Math.ceil(below.length / WORD));
      below.forEach((word, at) => {
        if (word !== 0) above[at >>> 5] = ((above[at >>> 5] ?? 0) | (1 << (at & 31))) >>> 0;
      });
      this.#levels.push(above);
      below = above;
    }
  }
}
