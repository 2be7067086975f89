/** Arrays with a place for each cell. They are used by one picture after the other: their memory is larger than all that a picture leaves. */
export class CellArrays {
  /** Arrays that no picture uses now; more are made when several pictures are painted at once. */
  static #spare: CellArrays | undefined;
  readonly #size: number;
  /** How many of the places are used. */
  #length = 0;
  /** How much of each cell the stretches take that begin or end in it, in cells. */
  readonly parts: Float32Array;
  /** States that were seen at the ends of stretches, a bit each. */
  readonly seen: Uint8Array;
  readonly #changes: (Int32Array | undefined)[] = [];
  readonly #used = new Set<number>();

  private constructor(size: number) {
    this.#size = size;
    this.parts = new Float32Array(size);
    this.seen = new Uint8Array(size);
  }

  /** Arrays that are all 0, with so many places at the least. */
  static take(size: number): CellArrays {
    const spare = CellArrays.#spare;
    CellArrays.#spare = undefined;
    const arrays = spare !== undefined && spare.#size >= size ? spare : new CellArrays(size);
    arrays.#length = size;
    return arrays;
  }

  /** By the number of a cell's state: how many more stretches cover the cell as a whole than the one before. */
  changesOf(cell: number): Int32Array {
    this.#used.add(cell);
    return (this.#changes[cell] ??= new Int32Array(this.#size));
  }

  /** States for which there are changes. */
  get changed(): Iterable<number> {
    return this.#used;
  }

  /** Nobody uses them any more. */
  giveBack(): void {
    const length = this.#length;
    this.parts.fill(0, 0, length);
    this.seen.fill(0, 0, length);
    for (const cell of this.#used) this.#changes[cell]?.fill(0, 0, length);
    this.#used.clear();
    CellArrays.#spare = this;
  }
}
