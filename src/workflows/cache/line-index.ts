import { BlockReader } from "./block-reader.ts";

/** Rows for which there is room at first. */
const FIRST_ROOM = 1024;

/** Where the last line of each name is in a file: a few bytes for each name. */
export class LineIndex {
  readonly #rows = new Map<string, number>();
  readonly #reader: BlockReader | undefined;
  #offsets = new Float64Array(FIRST_ROOM);
  #lengths = new Uint32Array(FIRST_ROOM);

  /** @param fd of the file; undefined where there is none. */
  constructor(fd: number | undefined) {
    this.#reader = fd === undefined ? undefined : new BlockReader(fd);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Takes note of a line, which counts more than those before. */
  set(name: string, offset: number, length: number): void {
    const known = this.#rows.get(name);
    const row = known ?? this.#rows.size;
    if (known === undefined) {
      this.#rows.set(name, row);
      if (row === this.#offsets.length) this.#grow();
    }
    this.#offsets[row] = offset;
    this.#lengths[row] = length;
  }

  rowOf(name: string): number | undefined {
    return this.#rows.get(name);
  }

  /** The lines of a row. */
  textOf(row: number): string {
    return this.#reader?.textAt(this.#offsets[row] ?? 0, this.#lengths[row] ?? 0) ?? "";
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
