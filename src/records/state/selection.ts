/** A task, and by what it is sorted. */
export interface Ranked {
  readonly id: number;
  readonly key: number;
}

/** Whether the first comes before the second: by the larger key, and then by the smaller id. */
export function isBefore(key: number, id: number, otherKey: number, otherId: number): boolean {
  return key > otherKey || (key === otherKey && id < otherId);
}

/** The first few of very many, in a heap whose root is the last of them; so nothing else has to be kept or sorted. */
export class Selection {
  readonly #most: number;
  readonly #keys: Float64Array;
  readonly #ids: Float64Array;
  #size = 0;

  /** @param most how many are wanted. */
  constructor(most: number) {
    this.#most = most;
    this.#keys = new Float64Array(most);
    this.#ids = new Float64Array(most);
  }

  get isFull(): boolean {
    return this.#size === this.#most;
  }

  /** Takes one more, unless enough are before it. */
  offer(key: number, id: number): void {
    if (this.#size < this.#most) {
      this.#put(this.#size, key, id);
      this.#raise(this.#size++);
    } else if (isBefore(key, id, this.#keys[0] ?? 0, this.#ids[0] ?? 0)) {
      this.#put(0, key, id);
      this.#lower();
    }
  }

  /** Those that were taken, the first one first. */
  inOrder(): Ranked[] {
    const taken = Array.from({ length: this.#size }, (_, at) => ({ id: this.#ids[at] ?? 0, key: this.#keys[at] ?? 0 }));
    return taken.toSorted((a, b) => (isBefore(a.key, a.id, b.key, b.id) ? -1 : 1));
  }

  /** Moves an entry up while it comes after what is above it. */
  #raise(from: number): void {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if (!this.#isBefore(above, at)) return;
      this.#swap(above, at);
      at = above;
    }
  }

  /** Moves the root down while one below comes after it. */
  #lower(): void {
    let at = 0;
    for (;;) {
      let last = at;
      for (const below of [2 * at + 1, 2 * at + 2]) if (below < this.#size && this.#isBefore(last, below)) last = below;
      if (last === at) return;
      this.#swap(last, at);
      at = last;
    }
  }

  #isBefore(a: number, b: number): boolean {
    return isBefore(this.#keys[a] ?? 0, this.#ids[a] ?? 0, this.#keys[b] ?? 0, this.#ids[b] ?? 0);
  }

  #swap(a: number, b: number): void {
    const [key, id] = [this.#keys[a] ?? 0, this.#ids[a] ?? 0];
    this.#put(a, this.#keys[b] ?? 0, this.#ids[b] ?? 0);
    this.#put(b, key, id);
  }

  #put(at: number, key: number, id: number): void {
    this.#keys[at] = key;
    this.#ids[at] = id;
  }
}
