import type { FinishedTask } from "../../domain/finished-task.ts";
import type { RunState } from "../state/run-state.ts";
import { CHUNK_TASKS, STATE } from "../state/task-chunk.ts";
import { TaskInquiries } from "../state/task-inquiries.ts";
import type { StatusText } from "../statusfile/status-text.ts";
import { finishedOf } from "./finished-tasks.ts";

/**
 * What came of tasks and barriers that have finished, read from the status file of their run; those are missing that have not, or
 * whose lines cannot be read.
 *
 * @param toldFrom size of the status file when the run began, in bytes.
 */
export async function recallFinished(
  ids: readonly number[],
  state: RunState,
  file: StatusText,
  toldFrom: number,
): Promise<ReadonlyMap<number, FinishedTask>> {
  const { table } = state;
  const found = new Map<number, FinishedTask>();
  for (const [id, record] of await new TaskInquiries(state, file, toldFrom).recordsOf(ids)) {
    const isSkipped = table.stateOf(id) === STATE.skipped;
    const attempts = isSkipped ? undefined : table.chunkOf(id)?.attempt[id % CHUNK_TASKS];
    const isFailedCheck = state.checkFailed && id === state.lastBarrier;
    found.set(id, finishedOf(isSkipped ? { ...record, kind: "skipped" } : record, attempts, isFailedCheck));
  }
  return found;
}
