import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem } from "../../domain/task.ts";

/** Code of the error when a list of tasks ends before the run had got. */
export const TASKS_MISSING = "tasks-missing";

/** What a run whose driver died had come to, as far as its source is concerned. */
export interface RecoveredState {
  /** Whether the task has an outcome. */
  settled(id: number): boolean;
  /** Whether an engine holds the task, or the task is known to have to be started again. */
  claimed(id: number): boolean;
  /** Task id of the last barrier that was passed; -1 when there was none. */
  readonly lastBarrier: number;
  /** The largest id that the run has come to. */
  readonly largestId: number;
}

/** Items taken from the source at once: nearly all of them may be dropped. */
const BATCH = 1024;

/**
 * The same source without what the run has behind it. `next` throws UserError `tasks-missing` when the source ends before the
 * run had got. Per-engine commands stay: engines that join have to run them.
 */
export function recoveredSource(inner: TaskSource, run: RecoveredState): TaskSource {
  let taken: readonly StreamItem[] = [];
  let at = 0;
  let largestSeen = -1;

  const see = (item: StreamItem): void => {
    if (item.kind === "task" || item.kind === "barrier") largestSeen = Math.max(largestSeen, item.id);
    if (item.kind === "skipped") largestSeen = Math.max(largestSeen, item.task.id);
  };

  const isLeft = (item: StreamItem): boolean => {
    switch (item.kind) {
      case "task":
        return !run.settled(item.id) && !run.claimed(item.id);
      case "skipped":
        return !run.settled(item.task.id) && !run.claimed(item.task.id);
      case "barrier":
        return item.id > run.lastBarrier;
      case "per-engine":
        return true;
      default:
        return item satisfies never;
    }
  };

  return {
    name: inner.name,
    ...(inner.total === undefined ? {} : { total: inner.total }),
    next: async (limit) => {
      const items: StreamItem[] = [];
      for (;;) {
        // Asked as late as can be: an engine may have come back with a task that nobody knew it had.
        for (; at < taken.length && items.length < limit; at++) {
          const item = taken[at];
          if (item !== undefined && isLeft(item)) items.push(item);
        }
        if (items.length > 0) return items;
        taken = await inner.next(BATCH);
        at = 0;
        taken.forEach(see);
        if (taken.length > 0) continue;
        if (largestSeen < run.largestId) throw tasksMissing(inner.name, largestSeen, run.largestId);
        return [];
      }
    },
    close: () => inner.close(),
  };
}

function tasksMissing(name: string, seen: number, known: number): UserError {
  const last = seen < 0 ? "it has no tasks" : `its last task is ${seen}`;
  const message = `${name} is not what the run began with: ${last}, and the run had come to task ${known}; give the same again`;
  return new UserError(TASKS_MISSING, message, { exitCode: EXIT.unfinished });
}
