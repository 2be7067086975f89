import { Breather } from "../../domain/breather.ts";
import { CHUNK_TASKS, NO_PROCESS, STATE, STATE_BITS, type TaskChunk } from "../state/task-chunk.ts";
import type { TaskTable } from "../state/task-table.ts";
import { ChunkSpans } from "./chunk-spans.ts";
import { CELL } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";

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

/** Tells of all tasks that have their outcome from this run. What is told is another one at the next call. */
export async function eachOutcome(run: PicturedRun, take: (outcomes: Outcomes) => void): Promise<void> {
  const outcomes = new Outcomes();
  await eachChunk(run.table, (chunk) => {
    outcomes.fill(chunk, run.started, run.until);
    take(outcomes);
  });
}

/** A part of a run, Unix times in seconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const ALL: Span = { from: -Infinity, to: Infinity };

/**
 * Tells of all tasks on slots in this run, and of those earlier starts of them that are still known. What is told is another one at the
 * next call.
 *
 * @param part what lies beyond it may be left out: most of a run, when somebody looks at a little of it.
 * @returns when the first task, and the last one, was started in the whole run; infinite where none was.
 */
export async function eachStretch(
  run: PicturedRun,
  take: (stretches: Stretches) => void,
  part: Span = ALL,
): Promise<{ readonly first: number; readonly last: number }> {
  const stretches = new Stretches();
  const spans = ChunkSpans.of(run);
  await eachChunk(run.table, (chunk, first) => {
    if (spans.isBeyond(first, part)) return;
    stretches.fill(chunk, first, run.started, run.until);
    spans.note(first, stretches);
    take(stretches);
  });
  tellAttempts(run, stretches, (attempts) => {
    spans.noteStarts(attempts);
    take(attempts);
  });
  return spans.starts;
}

function tellAttempts(run: PicturedRun, stretches: Stretches, take: (stretches: Stretches) => void): void {
  const { table, started, until } = run;
  stretches.size = 0;
  for (const [id, { attempt, engine, node, slot, start, finish, end: why }] of table.attempts.all()) {
    if (start === undefined || finish === undefined || !(start > 0)) continue;
    // The last start of a task stands in the table, too.
    const chunk = table.chunkOf(id);
    if (chunk?.attempt[id % CHUNK_TASKS] === attempt && (chunk.start[id % CHUNK_TASKS] ?? 0) > 0) continue;
    const at = stretches.size++;
    stretches.start[at] = within(start, started, until);
    stretches.end[at] = within(Math.max(start, finish), started, until);
    stretches.cell[at] = why === "failed" ? CELL.failed : CELL.cut;
    stretches.engine[at] = engine;
    stretches.slot[at] = slot ?? -1;
    stretches.node[at] = table.numberOfNode(node) ?? 0;
    stretches.id[at] = id;
    if (stretches.size < CHUNK_TASKS) continue;
    take(stretches);
    stretches.size = 0;
  }
  take(stretches);
}

/** Tells of the columns of tasks, in the order of their ids, and gives way to others now and then. */
async function eachChunk(table: TaskTable, take: (chunk: TaskChunk, firstId: number) => void): Promise<void> {
  const breather = new Breather();
  for (let id = table.nextKnown(0); id < Infinity; id = table.nextKnown(id + CHUNK_TASKS)) {
    id -= id % CHUNK_TASKS;
    const chunk = table.chunkOf(id);
    if (chunk !== undefined) take(chunk, id);
    if (breather.isDue) await breather.rest();
  }
}

function within(time: number, from: number, to: number): number {
  return time < from ? from : time > to ? to : time;
}

/** A duration; of a task whose clock was set back meanwhile, or of which nothing sensible is written, 0. */
function positive(duration: number): number {
  return duration > 0 ? duration : 0;
}
