import { IdRows } from "../statusfile/id-rows.ts";

/** What a row is about, as `RecordKind` has it. */
export const ROW = { task: 0, skipped: 1, perEngine: 2, superseded: 3, barrier: 4 } as const;

export type RowType = (typeof ROW)[keyof typeof ROW];

/** What a line of a status file comes to. */
export interface Row {
  readonly type: RowType;
  readonly id: number;
  /** Number of the file, where the line begins in it, and how long it is without its newline, in bytes. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  /** Number of the node's name. */
  readonly node: number;
  readonly returnCode: number;
  /** Unix times in seconds. */
  readonly start: number;
  readonly finish: number;
  /** Number of the kind of failure; -1 for a success. */
  readonly kind: number;
  /** Tells commands apart, nearly always. */
  readonly commandHash: number;
}

const FIRST_CAPACITY = 1024;

/**
 * All lines of status files, about 60 bytes each: text stays in the files. Rows are numbered from 0 in the order of the lines.
 * Of the rows of one task one counts, by the rule that resuming has.
 */
export class OutcomeTable {
  #size = 0;
  #types = new Uint8Array(FIRST_CAPACITY);
  #files = new Uint16Array(FIRST_CAPACITY);
  #offsets = new Float64Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #nodes = new Uint32Array(FIRST_CAPACITY);
  #codes = new Float64Array(FIRST_CAPACITY);
  #starts = new Float64Array(FIRST_CAPACITY);
  #finishes = new Float64Array(FIRST_CAPACITY);
  #kinds = new Int16Array(FIRST_CAPACITY);
  /** The row before this one of the same task; -1 when there is none. */
  #previous = new Int32Array(FIRST_CAPACITY);
  /** Engine and slot of a row, where the journal has told; made when it is first asked to keep one. */
  #engines: Int32Array | undefined;
  #slots: Int32Array | undefined;
  readonly #tasks = new IdRows();
  /** By the task's row in `#tasks`: the latest row, the one that counts, and its command. */
  #latest = new Int32Array(this.#tasks.capacity);
  #counted = new Int32Array(this.#tasks.capacity);
  #hashes = new Int32Array(this.#tasks.capacity);
  readonly #barriers = new IdRows();
  readonly #barrierRows: number[] = [];
  /** Tasks of which two rows have different commands: their files are of different task lists. */
  differing = 0;

  /** How many rows there are. */
  get size(): number {
    return this.#size;
  }

  /** How many tasks have a row that tells their outcome. */
  get tasks(): number {
    return this.#tasks.size;
  }

  /** How many barriers have a row. */
  get barriers(): number {
    return this.#barriers.size;
  }

  /** Ids of all tasks that have an outcome, the smallest first. */
  ids(): Float64Array {
    return this.#tasks.sorted();
  }

  /** Makes room for so many rows at once, which leaves less behind than growing. */
  reserve(rows: number): void {
    if (rows <= this.#types.length) return;
    this.#grow(rows);
    this.#tasks.reserve(rows);
    this.#growTasks();
  }

  add(row: Row): void {
    if (this.#size === this.#types.length) this.#grow(this.#size * 2);
    const at = this.#size++;
    this.#types[at] = row.type;
    this.#files[at] = row.file;
    this.#offsets[at] = row.offset;
    this.#lengths[at] = row.length;
    this.#nodes[at] = row.node;
    this.#codes[at] = row.returnCode;
    this.#starts[at] = row.start;
    this.#finishes[at] = row.finish;
    this.#kinds[at] = row.kind;
    this.#previous[at] = -1;
    if (row.type === ROW.task || row.type === ROW.skipped) this.#addOutcome(row, at);
    else if (row.type === ROW.barrier && this.#barriers.rowOf(row.id) < 0) {
      this.#barriers.add(row.id);
      this.#barrierRows.push(at);
    }
  }

  /** A success stays against a later failure, as it does when a run is resumed; otherwise the later row counts. */
  #addOutcome({ id, returnCode, commandHash }: Row, at: number): void {
    let task = this.#tasks.rowOf(id);
    if (task < 0) {
      task = this.#tasks.add(id);
      if (task >= this.#latest.length) this.#growTasks();
      this.#counted[task] = at;
      this.#hashes[task] = commandHash;
    } else {
      this.#previous[at] = this.#latest[task] ?? -1;
      if (returnCode === 0 || this.returnCode(this.#counted[task] ?? -1) !== 0) this.#counted[task] = at;
      if (this.#hashes[task] !== commandHash) this.differing++;
    }
    this.#latest[task] = at;
  }

  /** The row that counts for a task; -1 when it has no outcome. */
  counted(id: number): number {
    const task = this.#tasks.rowOf(id);
    return task < 0 ? -1 : (this.#counted[task] ?? -1);
  }

  /** The rows that count, in the order in which tasks first appear. */
  *outcomes(): Generator<number, void, void> {
    for (let task = 0; task < this.#tasks.size; task++) yield this.#counted[task] ?? -1;
  }

  /** Tells a command apart from a task's own, nearly always; undefined for a task without an outcome. */
  commandHash(id: number): number | undefined {
    const task = this.#tasks.rowOf(id);
    return task < 0 ? undefined : this.#hashes[task];
  }

  /** Ids of all barriers that were passed, the smallest first. */
  barrierIds(): Float64Array {
    return this.#barriers.sorted();
  }

  /** The first row of each barrier that was passed, in the order of the lines. */
  get barrierRows(): readonly number[] {
    return this.#barrierRows;
  }

  type(row: number): RowType {
    return (this.#types[row] ?? ROW.task) as RowType;
  }

  file(row: number): number {
    return this.#files[row] ?? 0;
  }

  offset(row: number): number {
    return this.#offsets[row] ?? 0;
  }

  length(row: number): number {
    return this.#lengths[row] ?? 0;
  }

  node(row: number): number {
    return this.#nodes[row] ?? 0;
  }

  returnCode(row: number): number {
    return this.#codes[row] ?? 0;
  }

  start(row: number): number {
    return this.#starts[row] ?? 0;
  }

  finish(row: number): number {
    return this.#finishes[row] ?? 0;
  }

  /** Seconds; 0 where a clock was set back meanwhile. */
  duration(row: number): number {
    return Math.max(0, this.finish(row) - this.start(row));
  }

  /** Number of the kind of failure; -1 for a success. */
  kind(row: number): number {
    return this.#kinds[row] ?? -1;
  }

  /** Number of the engine that ran it; -1 where nobody has told. */
  engine(row: number): number {
    return this.#engines?.[row] ?? -1;
  }

  /** Rank of the slot within its engine; -1 where nobody has told. */
  slot(row: number): number {
    return this.#slots?.[row] ?? -1;
  }

  /** Takes note of where a task ran that began then. Times in status files are rounded to a millisecond. */
  place(id: number, start: number, engine: number, slot: number): void {
    const task = this.#tasks.rowOf(id);
    for (let row = task < 0 ? -1 : (this.#latest[task] ?? -1); row >= 0; row = this.#previous[row] ?? -1) {
      if (Math.abs(this.start(row) - start) > ROUNDING) continue;
      this.#engines ??= new Int32Array(this.#types.length).fill(-1);
      this.#slots ??= new Int32Array(this.#types.length).fill(-1);
      this.#engines[row] = engine;
      this.#slots[row] = slot;
      return;
    }
  }

  #grow(capacity: number): void {
    this.#types = copied(this.#types, new Uint8Array(capacity));
    this.#files = copied(this.#files, new Uint16Array(capacity));
    this.#offsets = copied(this.#offsets, new Float64Array(capacity));
    this.#lengths = copied(this.#lengths, new Uint32Array(capacity));
    this.#nodes = copied(this.#nodes, new Uint32Array(capacity));
    this.#codes = copied(this.#codes, new Float64Array(capacity));
    this.#starts = copied(this.#starts, new Float64Array(capacity));
    this.#finishes = copied(this.#finishes, new Float64Array(capacity));
    this.#kinds = copied(this.#kinds, new Int16Array(capacity));
    this.#previous = copied(this.#previous, new Int32Array(capacity));
    if (this.#engines !== undefined) this.#engines = copied(this.#engines, new Int32Array(capacity).fill(-1));
    if (this.#slots !== undefined) this.#slots = copied(this.#slots, new Int32Array(capacity).fill(-1));
  }

  #growTasks(): void {
    const { capacity } = this.#tasks;
    this.#latest = copied(this.#latest, new Int32Array(capacity));
    this.#counted = copied(this.#counted, new Int32Array(capacity));
    this.#hashes = copied(this.#hashes, new Int32Array(capacity));
  }
}

/** Seconds; half a millisecond, and what a double loses of it. */
const ROUNDING = 0.000_51;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int16Array | Int32Array | Float64Array;

function copied<A extends Numbers>(from: A, to: A): A {
  to.set(from);
  return to;
}
