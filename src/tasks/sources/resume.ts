import type { Diagnostic } from "../../domain/errors.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem, Task } from "../../domain/task.ts";
import type { StatusIndex } from "../../records/statusfile/status-index.ts";
import { isSameTask, mismatchDiagnostic, mismatchError } from "./resume-mismatch.ts";

/** How an earlier run is resumed. */
export interface ResumeOptions {
  /** Whether tasks that failed are run again (`-R`). */
  readonly retryFailed: boolean;
  /** Whether task ids alone are compared (`--force-resume`). */
  readonly force: boolean;
  /** Told at most once, at the first task that is not the recorded one, when only ids are compared. */
  readonly onWarning: (warning: Diagnostic) => void;
}

/**
 * The same source, in which tasks that earlier runs settled need no run. A task is known by its id, its repeat index and
 * its text. Its line does not matter, so that a comment more is no other task. Closing the source closes the index, too.
 *
 * `next` throws UserError `resume-mismatch` at a task that is not the recorded one.
 */
export function resumeSource(inner: TaskSource, index: StatusIndex, options: ResumeOptions): TaskSource {
  let warned = false;

  const resumed = (item: StreamItem): StreamItem => {
    if (item.kind !== "task" || !isSettled(item, index, options.retryFailed)) return item;
    const earlier = index.lookup(item.id);
    if (!isSameTask(earlier, item)) {
      if (!options.force) throw mismatchError(inner.name, [{ earlier, task: item }]);
      if (!warned) options.onWarning(mismatchDiagnostic(inner.name, { earlier, task: item }, "warning"));
      warned = true;
    }
    return { kind: "skipped", task: item, previous: earlier.outcome() };
  };

  return {
    name: inner.name,
    get total() {
      return inner.total;
    },
    next: async (limit) => (await inner.next(limit)).map(resumed),
    // Of what needs no run it hears as well.
    ...(inner.settled === undefined ? {} : { settled: inner.settled.bind(inner) }),
    close: async () => {
      await inner.close();
      index.close();
    },
  };
}

/** Whether earlier runs settled this task, so that it needs no run. */
export function isSettled(task: Task, index: StatusIndex, retryFailed: boolean): boolean {
  const failed = index.failed(task.id);
  return failed !== undefined && !(failed && retryFailed);
}
