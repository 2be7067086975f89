import { CHUNK_TASKS, NO_PROCESS, STATE, STATE_BITS, type TaskChunk } from "../state/task-chunk.ts";
import { CELL } from "./documents.ts";

/** What a slot shows while it has a task, by the task's state; 0 where the task is not on a slot of this run. */
const CELL_OF = new Uint8Array(STATE_BITS + 1);
CELL_OF[STATE.running] = CELL.running;
CELL_OF[STATE.succeeded] = CELL.succeeded;
CELL_OF[STATE.failed] = CELL.failed;
CELL_OF[STATE.retrying] = CELL.failed;
CELL_OF[STATE.interrupted] = CELL.cut;

/** Outcomes of tasks, some at once: a call for each of a million would take longer than what is done with them. */
export class Outcomes {
  size = 0;
  /** When it ended. Clocks of hosts differ: what they put before the run, or behind it, is at its start or end. */
  readonly end = new Float64Array(CHUNK_TASKS);
  readonly failed = new Uint8Array(CHUNK_TASKS);
  /** Whether it had a process: only then its duration tells something. */
  readonly ran = new Uint8Array(CHUNK_TASKS);
  /** Seconds. */
  readonly duration = new Float32Array(CHUNK_TASKS);
  /** As the table has them. */
  readonly node = new Uint16Array(CHUNK_TASKS);
  readonly kind = new Uint16Array(CHUNK_TASKS);

  /** Takes those that have their outcome from the run. */
  fill(chunk: TaskChunk, started: number, until: number): void {
    let size = 0;
    for (let row = 0; row < CHUNK_TASKS; row++) {
      const state = chunk.state[row] ?? 0;
      const bare = state & STATE_BITS;
      if (bare !== STATE.succeeded && bare !== STATE.failed) continue;
      const duration = positive(chunk.duration[row] ?? 0);
      this.end[size] = within((chunk.start[row] ?? 0) + duration, started, until);
      this.failed[size] = bare === STATE.failed ? 1 : 0;
      this.ran[size] = (state & NO_PROCESS) === 0 ? 1 : 0;
      this.duration[size] = duration;
      this.node[size] = chunk.node[row] ?? 0;
      this.kind[size] = chunk.kind[row] ?? 0;
      size++;
    }
    this.size = size;
  }
}

/** Stretches in which slots have tasks, some at once. */
export class Stretches {
  size = 0;
  readonly start = new Float64Array(CHUNK_TASKS);
  /** Not before the start; for a task that runs, now. */
  readonly end = new Float64Array(CHUNK_TASKS);
  /** One of `CELL`. */
  readonly cell = new Uint8Array(CHUNK_TASKS);
  /** Rank of the engine, and slot; -1 where nobody knows. */
  readonly engine = new Int32Array(CHUNK_TASKS);
  readonly slot = new Int32Array(CHUNK_TASKS);
  /** Number of the node in the table. */
  readonly node = new Uint16Array(CHUNK_TASKS);
  readonly id = new Float64Array(CHUNK_TASKS);
  /** Whether all of them have ended, and in the run as it is now: none becomes longer with it. */
  areOver = true;

  /** Takes those of tasks, which end in the run. */
  fill(chunk: TaskChunk, firstId: number, started: number, until: number): void {
    let size = 0;
    let areOver = true;
    for (let row = 0; row < CHUNK_TASKS; row++) {
      const cell = CELL_OF[(chunk.state[row] ?? 0) & STATE_BITS] ?? 0;
      const from = chunk.start[row] ?? 0;
      if (cell === 0 || !(from > 0)) continue;
      const to = cell === CELL.running ? until : from + positive(chunk.duration[row] ?? 0);
      if (to > until || cell === CELL.running) areOver = false;
      const start = within(from, started, until);
      const end = within(to, started, until);
      this.start[size] = start;
      this.end[size] = end > start ? end : start;
      this.cell[size] = cell;
      this.engine[size] = (chunk.engine[row] ?? 0) - 1;
      this.slot[size] = (chunk.slot[row] ?? 0) - 1;
      this.node[size] = chunk.node[row] ?? 0;
      this.id[size] = firstId + row;
      size++;
    }
    this.size = size;
    this.areOver = areOver;
  }
}

/** The number, or the end of the range that is nearest to it. */
export function within(number: number, from: number, to: number): number {
  return number < from ? from : number > to ? to : number;
}

/** A duration; of a task whose clock was set back meanwhile, or of which nothing sensible is written, 0. */
function positive(duration: number): number {
  return duration > 0 ? duration : 0;
}
