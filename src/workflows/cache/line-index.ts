/** Rows for which there is room at first. */
const FIRST_ROOM = 1024;

/** Where the last line of each name is in a file: a few bytes for each name. */
export class LineIndex {
  readonly #rows = new Map<string, number>();
  #offsets = new Float64Array(FIRST_ROOM);
  #lengths = new Uint32Array(FIRST_ROOM);

  get size(): number {
    return this.#rows.size;
  }

  /** Takes note of a line. @returns whether it is the first of its name. */
  set(name: string, offset: number, length: number): boolean {
    const known = this.#rows.get(name);
    const row = known ?? this.#rows.size;
    if (known === undefined) {
      this.#rows.set(name, row);
      if (row === this.#offsets.length) this.#grow();
    }
    this.#offsets[row] = offset;
    this.#lengths[row] = length;
    return known === undefined;
  }

  rowOf(name: string): number | undefined {
    return this.#rows.get(name);
  }

  /** Where the line of a row begins, in bytes. */
  offsetAt(row: number): number {
    return this.#offsets[row] ?? 0;
  }

  /** Bytes of the line of a row. */
  lengthAt(row: number): number {
    return this.#lengths[row] ?? 0;
  }

  names(): IterableIterator<string> {
    return this.#rows.keys();
  }

  #grow(): void {
    const [offsets, lengths] = [this.#offsets, this.#lengths];
    this.#offsets = new Float64Array(offsets.length * 2);
    this.#offsets.set(offsets);
    this.#lengths = new Uint32Array(lengths.length * 2);
    this.#lengths.set(lengths);
  }
}
