import { Breather } from "../../domain/breather.ts";
import { CHUNK_TASKS, type TaskChunk } from "../state/task-chunk.ts";
import type { TaskTable } from "../state/task-table.ts";
import { Outcomes, Stretches, within } from "./batches.ts";
import { ChunkSpans } from "./chunk-spans.ts";
import { CELL } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";

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
