import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem } from "../../domain/task.ts";
import type { StatusIndex } from "../../records/statusfile/status-index.ts";
import { isSettled, type ResumeOptions } from "./resume.ts";
import { isSameTask, type Mismatch, mismatchError } from "./resume-mismatch.ts";

/** Items taken from the source at once. */
const BATCH = 1024;

/** Mismatches shown: enough to see what has shifted. */
const MISMATCHES_SHOWN = 3;

/** What there is to do, in tasks. */
export interface ResumePlan {
  readonly toRun: number;
  readonly skipped: number;
}

/**
 * Walks a source before the run and compares its tasks with what earlier runs settled. Nothing is left in the source, which is
 * closed. Tasks past the largest id that has a record are counted by the source's total, if that is known.
 *
 * @param options `advice`: what the user can do when the tasks are not the same.
 * @throws UserError `resume-mismatch` that shows the first tasks which are not the recorded ones.
 */
export async function checkResume(
  source: TaskSource,
  index: StatusIndex,
  options: Pick<ResumeOptions, "retryFailed" | "force"> & { readonly advice?: string },
): Promise<ResumePlan> {
  const mismatches: Mismatch[] = [];
  let tasks = 0;
  let skipped = 0;
  try {
    for (;;) {
      const items = await source.next(BATCH);
      const last = items.at(-1);
      if (last === undefined) break;
      for (const item of items) {
        if (item.kind !== "task") continue;
        tasks++;
        if (!isSettled(item, index, options.retryFailed)) continue;
        skipped++;
        if (options.force) continue;
        const earlier = index.lookup(item.id);
        if (!isSameTask(earlier, item)) mismatches.push({ earlier, task: item });
        if (mismatches.length === MISMATCHES_SHOWN) throw mismatchError(source.name, mismatches, options.advice);
      }
      if (source.total !== undefined && isPast(last, index.largestId)) {
        tasks = source.total;
        break;
      }
    }
  } finally {
    await source.close();
  }
  if (mismatches.length > 0) throw mismatchError(source.name, mismatches, options.advice);
  return { toRun: tasks - skipped, skipped };
}

function isPast(item: StreamItem, largestId: number): boolean {
  return (item.kind === "task" || item.kind === "barrier") && item.id > largestId;
}
