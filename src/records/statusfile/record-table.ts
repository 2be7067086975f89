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

/** Rows to begin with, a power of two. */
const FIRST_CAPACITY = 1024;

/**
 * The position of one record for each task id. There may be millions, so they are kept in plain arrays, 36 bytes for each
 * row: no object each. Rows are found by open addressing on the id's low bits; ids are dense, so that neighbours in the
 * task list are neighbours here.
 */
export class RecordTable {
  #size = 0;
  #largestId = -1;
  /** Row number plus 1, twice as many as rows; 0 where there is none. */
  #slots = new Int32Array(2 * FIRST_CAPACITY);
  #ids = new Float64Array(FIRST_CAPACITY);
  #offsets = new Float64Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #lineNumbers = new Uint32Array(FIRST_CAPACITY);
  /** Twice the file's number, plus 1 for a failure. */
  #origins = new Uint32Array(FIRST_CAPACITY);

  /** How many ids there are. */
  get size(): number {
    return this.#size;
  }

  /** The largest id; -1 when the table is empty. */
  get largestId(): number {
    return this.#largestId;
  }

  /** How many of the ids have a record of a failure. */
  get failures(): number {
    let failures = 0;
    for (let row = 0; row < this.#size; row++) if (this.#failed(row)) failures++;
    return failures;
  }

  /** Notes a record. A success stays against a later failure; otherwise the later record counts. */
  add(id: number, file: number, offset: number, length: number, lineNumber: number, failed: boolean): void {
    let slot = this.#slotOf(id);
    let row = (this.#slots[slot] ?? 0) - 1;
    if (row < 0) {
      if (this.#size === this.#ids.length) {
        this.#grow();
        slot = this.#slotOf(id);
      }
      row = this.#size++;
      this.#slots[slot] = row + 1;
      this.#ids[row] = id;
      if (id > this.#largestId) this.#largestId = id;
    } else if (failed && !this.#failed(row)) return;
    this.#offsets[row] = offset;
    this.#lengths[row] = length;
    this.#lineNumbers[row] = lineNumber;
    this.#origins[row] = file * 2 + (failed ? 1 : 0);
  }

  /** The record that counts for this id. */
  get(id: number): RecordPosition | undefined {
    const row = (this.#slots[this.#slotOf(id)] ?? 0) - 1;
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

  /** The slot that holds this id, or else the free one where it belongs. */
  #slotOf(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = id & mask;
    for (;;) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row < 0 || this.#ids[row] === id) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const capacity = this.#ids.length * 2;
    this.#ids = copied(this.#ids, new Float64Array(capacity));
    this.#offsets = copied(this.#offsets, new Float64Array(capacity));
    this.#lengths = copied(this.#lengths, new Uint32Array(capacity));
    this.#lineNumbers = copied(this.#lineNumbers, new Uint32Array(capacity));
    this.#origins = copied(this.#origins, new Uint32Array(capacity));
    this.#slots = new Int32Array(2 * capacity);
    for (let row = 0; row < this.#size; row++) this.#slots[this.#slotOf(this.#ids[row] ?? 0)] = row + 1;
  }
}

function copied<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
