/** One bit for each whole number from 0, as many as are needed. */
export class Bits {
  #words = new Uint32Array(1);

  has(position: number): boolean {
    return (((this.#words[position >>> 5] ?? 0) >>> (position & 31)) & 1) === 1;
  }

  /** Sets the bit, and says whether it was not set before. */
  add(position: number): boolean {
    const word = position >>> 5;
    if (word >= this.#words.length) this.#makeRoom(word + 1);
    const before = this.#words[word] ?? 0;
    const bit = 1 << (position & 31);
    if ((before & bit) !== 0) return false;
    this.#words[word] = before | bit;
    return true;
  }

  #makeRoom(words: number): void {
    const larger = new Uint32Array(Math.max(words, Math.ceil(this.#words.length * 1.5)));
    larger.set(this.#words);
    this.#words = larger;
  }
}
