import { laterCounts } from "./counting.ts";
import { IdRows } from "./id-rows.ts";

/** Where a record stands, and whether it tells of a failure. */
export interface RecordPosition {
  /** Number of the file, in the order in which they were read. */
  readonly file: number;
  /** Where the line begins, in bytes from the file's start. */
  readonly offset: number;
  /** Length of the line in bytes, the newline not counted. */
  readonly length: number;
  /** Line of the status file, from 1. */
  readonly lineNumber: number;
  readonly failed: boolean;
}

/**
 * The position of one record for each task id. There may be millions, so they are kept in plain arrays, 36 bytes for each
 * row: no object each.
 */
export class RecordTable {
  readonly #rows = new IdRows();
  #largestId = -1;
  #offsets = new Float64Array(this.#rows.capacity);
  #lengths = new Uint32Array(this.#rows.capacity);
  #lineNumbers = new Uint32Array(this.#rows.capacity);
  /** Twice the file's number, plus 1 for a failure. */
  #origins = new Uint32Array(this.#rows.capacity);

  /** How many ids there are. */
  get size(): number {
    return this.#rows.size;
  }

  /** The largest id; -1 when the table is empty. */
  get largestId(): number {
    return this.#largestId;
  }

  /** How many of the ids have a record of a failure. */
  get failures(): number {
    let failures = 0;
    for (let row = 0; row < this.size; row++) if (this.#failed(row)) failures++;
    return failures;
  }

  /** Notes a record, which counts from now on if it is to. */
  add(id: number, file: number, offset: number, length: number, lineNumber: number, failed: boolean): void {
    let row = this.#rows.rowOf(id);
    if (row < 0) {
      row = this.#rows.add(id);
      if (row >= this.#offsets.length) this.#grow();
      if (id > this.#largestId) this.#largestId = id;
    } else if (!laterCounts(this.#failed(row), failed)) return;
    this.#offsets[row] = offset;
    this.#lengths[row] = length;
    this.#lineNumbers[row] = lineNumber;
    this.#origins[row] = file * 2 + (failed ? 1 : 0);
  }

  /** The record that counts for this id. */
  get(id: number): RecordPosition | undefined {
    const row = this.#rows.rowOf(id);
    if (row < 0) return undefined;
    return {
      file: (this.#origins[row] ?? 0) >>> 1,
      offset: this.#offsets[row] ?? 0,
      length: this.#lengths[row] ?? 0,
      lineNumber: this.#lineNumbers[row] ?? 0,
      failed: this.#failed(row),
    };
  }

  #failed(row: number): boolean {
    return ((this.#origins[row] ?? 0) & 1) === 1;
  }

  #grow(): void {
    const { capacity } = this.#rows;
    this.#offsets = copied(this.#offsets, new Float64Array(capacity));
    this.#lengths = copied(this.#lengths, new Uint32Array(capacity));
    this.#lineNumbers = copied(this.#lineNumbers, new Uint32Array(capacity));
    this.#origins = copied(this.#origins, new Uint32Array(capacity));
  }
}

function copied<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
