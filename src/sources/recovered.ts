import type { TaskSource } from "../domain/source.ts";
import type { StreamItem } from "../domain/task.ts";

/** What a run whose driver died had come to, as far as its source is concerned. */
export interface RecoveredState {
  /** The task has an outcome. */
  settled(id: number): boolean;
  /** An engine holds the task, or it is known that it has to be started again. */
  claimed(id: number): boolean;
  /** Task id of the last barrier that was passed; -1 when there was none. */
  readonly lastBarrier: number;
}

/** Items taken from the source at once: nearly all of them may be dropped. */
const BATCH = 1024;

/** The same source without what the run has behind it. Per-engine commands stay: engines that join have to run them. */
export function recoveredSource(inner: TaskSource, run: RecoveredState): TaskSource {
  let left: readonly StreamItem[] = [];

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
      while (left.length === 0) {
        const items = await inner.next(BATCH);
        if (items.length === 0) return [];
        left = items.filter(isLeft);
      }
      const items = left.slice(0, limit);
      left = left.slice(limit);
      return items;
    },
    close: () => inner.close(),
  };
}
