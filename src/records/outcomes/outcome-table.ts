import { laterCounts } from "../statusfile/counting.ts";
import type { InstanceKeys } from "./instance-keys.ts";
import { IdRows } from "../statusfile/id-rows.ts";

/** What a row is about. */
export const ROW = { task: 0, skipped: 1, perEngine: 2, superseded: 3, barrier: 4 } as const;

export type RowType = (typeof ROW)[keyof typeof ROW];

/** By their numbers. */
const ROW_TYPES: readonly RowType[] = Object.values(ROW);

const FIRST_CAPACITY = 1024;

/**
 * All lines of status files, about 60 bytes each: text stays in the files. Rows are numbered from 0 in the order of the lines.
 * Of the rows of one task one counts, by the rule that resuming has; of an instance of a workflow the last one.
 */
export class OutcomeTable {
  #size = 0;
  #types = new Uint8Array(FIRST_CAPACITY);
  #files = new Uint16Array(FIRST_CAPACITY);
  #offsets = new Float64Array(FIRST_CAPACITY);
  #lengths = new Uint32Array(FIRST_CAPACITY);
  #nodes = new Uint32Array(FIRST_CAPACITY);
  #codes = new Int32Array(FIRST_CAPACITY);
  #starts = new Float64Array(FIRST_CAPACITY);
  #finishes = new Float64Array(FIRST_CAPACITY);
  #kinds = new Int16Array(FIRST_CAPACITY);
  /** The row before this one of the same task; -1 when there is none. */
  #previous = new Int32Array(FIRST_CAPACITY);
  /** Engine and slot of a row, where the journal has told; made when it is first asked to keep one. */
  #engines: Int32Array | undefined;
  #slots: Int32Array | undefined;
  /** What a row has used, where the journal has told: seconds of processor time and bytes of memory; NaN for what is not known. */
  #cpus: Float32Array | undefined;
  #peaks: Float32Array | undefined;
  readonly #tasks = new IdRows();
  /** By the task's row in `#tasks`: the latest row, the one that counts, and its command. */
  #latest = new Int32Array(this.#tasks.capacity);
  #counted = new Int32Array(this.#tasks.capacity);
  #hashes = new Int32Array(this.#tasks.capacity);
  readonly #barriers = new IdRows();
  readonly #barrierRows: number[] = [];
  /** The task of the row that was added last, as its row in `#tasks`. */
  #newest = -1;
  /** Instances of a workflow: by their names rows are of one task, and the last row counts. */
  readonly #instances: InstanceKeys | undefined;
  /** Tasks of which two rows have different commands: their files are of different task lists. */
  differing = 0;

  constructor(instances?: InstanceKeys) {
    this.#instances = instances;
  }

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

  /**
   * Adds a row, which counts for its task at once if it is to. Further facts of it are told one by one, so that no object is
   * made for each of a million lines.
   */
  add(type: RowType, id: number, returnCode: number): number {
    if (this.#size === this.#types.length) this.#grow(this.#size * 2);
    const row = this.#size++;
    this.#types[row] = type;
    this.#codes[row] = Math.max(-MOST_CODE, Math.min(returnCode, MOST_CODE));
    this.#kinds[row] = -1;
    this.#previous[row] = -1;
    if (type === ROW.task || type === ROW.skipped) this.#addOutcome(id, row, returnCode !== 0);
    else if (type === ROW.barrier && this.#barriers.rowOf(id) < 0) {
      this.#barriers.add(id);
      this.#barrierRows.push(row);
    }
    return row;
  }

  #addOutcome(id: number, row: number, failed: boolean): void {
    let task = this.#tasks.rowOf(id);
    if (task < 0) {
      task = this.#tasks.add(id);
      if (task >= this.#latest.length) this.#growTasks();
      this.#counted[task] = row;
    } else {
      this.#previous[row] = this.#latest[task] ?? -1;
      const hasFailed = this.returnCode(this.#counted[task] ?? -1) !== 0;
      if (this.#instances !== undefined || laterCounts(hasFailed, failed)) this.#counted[task] = row;
    }
    this.#latest[task] = row;
    this.#newest = task;
  }

  /** Where the line stands: number of the file, where it begins there, and its length without its newline, in bytes. */
  put(row: number, file: number, offset: number, length: number): void {
    this.#files[row] = file;
    this.#offsets[row] = offset;
    this.#lengths[row] = length;
  }

  /** Where and when it was. @param node number of the node's name. @param start, finish Unix times in seconds. */
  describe(row: number, node: number, start: number, finish: number): void {
    this.#nodes[row] = node;
    this.#starts[row] = start;
    this.#finishes[row] = finish;
  }

  /** How its failure is alike to others. @param kind number of the kind. */
  setKind(row: number, kind: number): void {
    this.#kinds[row] = kind;
  }

  /** The command of the row that was added last. @param hash tells commands apart, nearly always. */
  setCommand(row: number, hash: number): void {
    if (this.#previous[row] === -1) this.#hashes[this.#newest] = hash;
    else if (this.#hashes[this.#newest] !== hash) this.differing++;
  }

  /** The row that counts for a task; -1 when it has no outcome. */
  counted(id: number): number {
    const task = this.#tasks.rowOf(id);
    return task < 0 ? -1 : (this.#counted[task] ?? -1);
  }

  /** The row that counts for the nth of all tasks that have an outcome, in the order in which they first appear. */
  countedAt(nth: number): number {
    return this.#counted[nth] ?? -1;
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
    return ROW_TYPES[this.#types[row] ?? 0] ?? ROW.task;
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

  /** Seconds of processor time; NaN where nobody has told. */
  cpu(row: number): number {
    return this.#cpus?.[row] ?? Number.NaN;
  }

  /** The most bytes of memory that were held; NaN where nobody has told. */
  peak(row: number): number {
    return this.#peaks?.[row] ?? Number.NaN;
  }

  /** The row of a task's start then; -1 when there is none. Times in status files are rounded to a millisecond. */
  startedAt(id: number, start: number): number {
    const task = this.#tasks.rowOf(this.#instances?.keyOf(id) ?? id);
    for (let row = task < 0 ? -1 : (this.#latest[task] ?? -1); row >= 0; row = this.#previous[row] ?? -1) {
      if (Math.abs(this.start(row) - start) <= ROUNDING) return row;
    }
    return -1;
  }

  /** Takes note of where a task ran. */
  place(row: number, engine: number, slot: number): void {
    this.#engines ??= new Int32Array(this.#types.length).fill(-1);
    this.#slots ??= new Int32Array(this.#types.length).fill(-1);
    this.#engines[row] = engine;
    this.#slots[row] = slot;
  }

  /** Takes note of what a task has used. */
  setUse(row: number, cpu: number, peak: number | undefined): void {
    this.#cpus ??= new Float32Array(this.#types.length).fill(Number.NaN);
    this.#peaks ??= new Float32Array(this.#types.length).fill(Number.NaN);
    this.#cpus[row] = cpu;
    this.#peaks[row] = peak ?? Number.NaN;
  }

  #grow(capacity: number): void {
    this.#types = copied(this.#types, new Uint8Array(capacity));
    this.#files = copied(this.#files, new Uint16Array(capacity));
    this.#offsets = copied(this.#offsets, new Float64Array(capacity));
    this.#lengths = copied(this.#lengths, new Uint32Array(capacity));
    this.#nodes = copied(this.#nodes, new Uint32Array(capacity));
    this.#codes = copied(this.#codes, new Int32Array(capacity));
    this.#starts = copied(this.#starts, new Float64Array(capacity));
    this.#finishes = copied(this.#finishes, new Float64Array(capacity));
    this.#kinds = copied(this.#kinds, new Int16Array(capacity));
    this.#previous = copied(this.#previous, new Int32Array(capacity));
    if (this.#engines !== undefined) this.#engines = copied(this.#engines, new Int32Array(capacity).fill(-1));
    if (this.#slots !== undefined) this.#slots = copied(this.#slots, new Int32Array(capacity).fill(-1));
    if (this.#cpus !== undefined) this.#cpus = copied(this.#cpus, new Float32Array(capacity).fill(Number.NaN));
    if (this.#peaks !== undefined) this.#peaks = copied(this.#peaks, new Float32Array(capacity).fill(Number.NaN));
  }

  #growTasks(): void {
    const { capacity } = this.#tasks;
    this.#latest = copied(this.#latest, new Int32Array(capacity));
    this.#counted = copied(this.#counted, new Int32Array(capacity));
    this.#hashes = copied(this.#hashes, new Int32Array(capacity));
  }
}

/** No return code is near it; it only has to stay a failure. */
const MOST_CODE = 0x7fff_ffff;

/** Seconds; half a millisecond, and what a double loses of it. */
const ROUNDING = 0.000_51;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int16Array | Int32Array | Float32Array | Float64Array;

function copied<A extends Numbers>(from: A, to: A): A {
  to.set(from);
  return to;
}
