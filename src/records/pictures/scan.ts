import { Breather } from "../../domain/breather.ts";
import { CHUNK_TASKS, NO_PROCESS, STATE, STATE_BITS, type TaskChunk } from "../state/task-chunk.ts";
import type { TaskTable } from "../state/task-table.ts";
import { CELL } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";

/** What a slot shows while it has a task, by the task's state; 0 where the task is not on a slot of this run. */
const CELL_OF = new Uint8Array(STATE_BITS + 1);
CELL_OF[STATE.running] = CELL.running;
CELL_OF[STATE.succeeded] = CELL.succeeded;
CELL_OF[STATE.failed] = CELL.failed;
CELL_OF[STATE.retrying] = CELL.failed;
CELL_OF[STATE.interrupted] = CELL.cut;

/**
 * Told of the outcome of a task of this run.
 *
 * @param end when it ended. Clocks of hosts differ: what they put before the run, or behind it, is at its start or end.
 * @param hadProcess only then its duration tells something.
 */
type TakeOutcome = (end: number, failed: boolean, hadProcess: boolean, chunk: TaskChunk, row: number) => void;

/** Tells of each task that has its outcome from this run. */
export async function eachOutcome({ table, started, until }: PicturedRun, take: TakeOutcome): Promise<void> {
  await eachChunk(table, (chunk) => {
    const { state: states, start: starts, duration } = chunk;
    for (let row = 0; row < CHUNK_TASKS; row++) {
      const state = states[row] ?? 0;
      const bare = state & STATE_BITS;
      if (bare !== STATE.succeeded && bare !== STATE.failed) continue;
      const end = within((starts[row] ?? 0) + positive(duration[row] ?? 0), started, until);
      take(end, bare === STATE.failed, (state & NO_PROCESS) === 0, chunk, row);
    }
  });
}

/**
 * Told of a stretch in which a slot has a task.
 *
 * @param end not before the start; for a task that runs, now.
 * @param cell one of `CELL`.
 * @param engine its rank; -1 where nobody knows, which is so for slots, too.
 * @param node its number in the table.
 */
type TakeStretch = (
  start: number,
  end: number,
  cell: number,
  engine: number,
  slot: number,
  node: number,
  id: number,
) => void;

/** Tells of all tasks on slots in this run, and of those earlier starts of them that are still known. */
export async function eachStretch(run: PicturedRun, take: TakeStretch): Promise<void> {
  const { table, started, until } = run;
  await eachChunk(table, (chunk, first) => {
    const { state: states, start: starts, duration, engine, slot, node } = chunk;
    for (let row = 0; row < CHUNK_TASKS; row++) {
      const cell = CELL_OF[(states[row] ?? 0) & STATE_BITS] ?? 0;
      const from = starts[row] ?? 0;
      if (cell === 0 || !(from > 0)) continue;
      const to = cell === CELL.running ? until : from + positive(duration[row] ?? 0);
      const [start, end] = [within(from, started, until), within(to, started, until)];
      const [rank, place, at] = [(engine[row] ?? 0) - 1, (slot[row] ?? 0) - 1, node[row] ?? 0];
      take(start, Math.max(start, end), cell, rank, place, at, first + row);
    }
  });
  for (const [id, { attempt, engine, node, slot, start, finish, end: why }] of table.attempts.all()) {
    if (start === undefined || finish === undefined || !(start > 0)) continue;
    // The last start of a task stands in the table, too.
    const chunk = table.chunkOf(id);
    if (chunk?.attempt[id % CHUNK_TASKS] === attempt && (chunk.start[id % CHUNK_TASKS] ?? 0) > 0) continue;
    const [from, to] = [within(start, started, until), within(finish, started, until)];
    const cell = why === "failed" ? CELL.failed : CELL.cut;
    take(from, Math.max(from, to), cell, engine, slot ?? -1, table.numberOfNode(node) ?? 0, id);
  }
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
