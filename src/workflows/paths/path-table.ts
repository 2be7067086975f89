/** Numbers that two hashes of a path begin with. */
const SEED_A = 0x811c9dc5;
const SEED_B = 0x9747b28c;
const SLASH = 47;

/**
 * Which paths there are, by hashes of 64 bits: a path of a million takes the room of two numbers, however long it is. Whoever is told
 * that a path is there has to look whether it is another one with the same hash.
 */
export class PathTable {
  readonly #paths = new HashSet();
  /** Folders that paths are in, and those above them. */
  readonly #folders = new HashSet();

  /** Adds a normal path. @returns whether it, a path in it, or one that it is in was there, as far as hashes tell. */
  add(path: string): boolean {
    let [a, b, isThere] = [SEED_A, SEED_B, false];
    for (let i = 0; i < path.length; i++) {
      const char = path.charCodeAt(i);
      if (char === SLASH && i > 0) {
        this.#folders.add(a, b);
        if (this.#paths.has(a, b)) isThere = true;
      }
      a = mixed(a, char, 0x85ebca6b, 13);
      b = mixed(b, char, 0xc2b2ae35, 16);
    }
    const isNew = this.#paths.add(a, b);
    return isThere || !isNew || this.#folders.has(a, b);
  }
}

function mixed(hash: number, char: number, factor: number, shift: number): number {
  const product = Math.imul(hash ^ char, factor);
  return product ^ (product >>> shift);
}

/** Pairs of 32-bit numbers, each once. */
class HashSet {
  #slots = new Int32Array(32);
  #count = 0;

  has(a: number, b: number): boolean {
    const slot = this.#find(a, b);
    return this.#slots[slot] !== 0 || this.#slots[slot + 1] !== 0;
  }

  /** @returns whether it was not there. */
  add(a: number, b: number): boolean {
    const slot = this.#find(a, b);
    if (this.#slots[slot] !== 0 || this.#slots[slot + 1] !== 0) return false;
    this.#slots[slot] = a;
    // Two zeros are a slot that is free.
    this.#slots[slot + 1] = a === 0 && b === 0 ? 1 : b;
    this.#count++;
    if (this.#count * 3 > this.#slots.length) this.#grow();
    return true;
  }

  /** The slot of a pair, or the one where it belongs. */
  #find(a: number, second: number): number {
    const b = a === 0 && second === 0 ? 1 : second;
    const mask = this.#slots.length / 2 - 1;
    for (let at = (a ^ (b >>> 7)) & mask; ; at = (at + 1) & mask) {
      const [one, other] = [this.#slots[at * 2] ?? 0, this.#slots[at * 2 + 1] ?? 0];
      if ((one === 0 && other === 0) || (one === a && other === b)) return at * 2;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    for (let i = 0; i < before.length; i += 2) {
      const [a, b] = [before[i] ?? 0, before[i + 1] ?? 0];
      if (a === 0 && b === 0) continue;
      const slot = this.#find(a, b);
      this.#slots[slot] = a;
      this.#slots[slot + 1] = b;
    }
  }
}
