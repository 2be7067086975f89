import { titleOf } from "../../domain/task.ts";
import type { TaskRow } from "../../domain/watch.ts";
import { endingOf } from "../statusfile/return-code.ts";
import type { StatusRecord } from "../statusfile/record.ts";
import { CHUNK_TASKS, NO_PROCESS, STATE, STATE_BITS, stateName, type TaskChunk } from "./task-chunk.ts";
import type { TaskTable } from "./task-table.ts";

/**
 * A task as others see it.
 *
 * @param record what its line in the status file says, when it has one that can be read.
 */
export function rowOf(table: TaskTable, id: number, record: StatusRecord | undefined): TaskRow {
  const chunk = table.chunkOf(id);
  if (chunk === undefined) return { id, state: "waiting", attempt: 0 };
  const open = record === undefined ? table.open.get(id) : undefined;
  const { line, repeatIndex } = record ?? open ?? NO_TEXT;
  return {
    id,
    ...factsOf(table, chunk, id % CHUNK_TASKS, record),
    due: table.retries.dueOf(id),
    line,
    repeatIndex,
    command: record?.command ?? (open && titleOf(open)),
    output: record?.output,
    error: record?.error,
    terms: table.terms.of(id)?.text,
    usage: table.usageOf(id),
  };
}

const NO_TEXT = { line: undefined, repeatIndex: undefined };

type Facts = Omit<TaskRow, "id" | "due" | "line" | "repeatIndex" | "command" | "output" | "error" | "terms" | "usage">;

function factsOf(table: TaskTable, chunk: TaskChunk, row: number, record: StatusRecord | undefined): Facts {
  const flags = chunk.state[row] ?? 0;
  const state = flags & STATE_BITS;
  // Of a task that waits for its next try, its last one has.
  const hasEnded = state >= STATE.succeeded && state <= STATE.retrying;
  const start = (record?.start ?? chunk.start[row]) || undefined;
  const duration = chunk.duration[row] ?? 0;
  return {
    state: stateName(state),
    attempt: chunk.attempt[row] ?? 0,
    engine: numberIn(chunk.engine, row),
    // The journal does not tell it of a skipped task.
    node: table.nodeOf(chunk.node[row] ?? 0) ?? record?.node,
    slot: numberIn(chunk.slot, row),
    start,
    finish: !hasEnded || start === undefined ? undefined : (record?.finish ?? start + duration),
    ending: hasEnded ? endingOf(chunk.code[row] ?? 0, (flags & NO_PROCESS) === 0 ? 0 : -1) : undefined,
    kind: numberIn(chunk.kind, row),
  };
}

/** A number that counts from 1 in its column. */
function numberIn(column: Uint16Array, row: number): number | undefined {
  const number = column[row] ?? 0;
  return number === 0 ? undefined : number - 1;
}
