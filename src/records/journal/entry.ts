import type { RunEvent } from "../../domain/events.ts";
import type { Ending } from "../../domain/ending.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { RunningTask, Task } from "../../domain/task.ts";

/**
 * What the journal keeps of a run event: all of it, but for the text of tasks, which stands only where they are assigned,
 * and for what the status file says of skipped ones.
 */
export type JournalEntry =
  | Exclude<
      RunEvent,
      { readonly type: "task-started" | "task-retrying" | "task-finished" | "task-interrupted" | "task-skipped" }
    >
  | (RunningTask & { readonly type: "task-started"; readonly time: number; readonly engine: number })
  | { readonly type: "task-interrupted"; readonly time: number; readonly result: TaskResult }
  | TaskFinished
  | (Pick<Extract<RunEvent, { readonly type: "task-retrying" }>, "failures" | "delay" | "result" | "time"> & {
      readonly type: "task-retrying";
    })
  | {
      readonly type: "task-skipped";
      readonly time: number;
      readonly taskId: number;
      /** In the earlier run that settled the task; of what was not started then, the line does not say so. */
      readonly ending: Ending;
    };

/** The outcome of a task. */
export interface TaskFinished {
  readonly type: "task-finished";
  readonly time: number;
  readonly result: TaskResult;
  /** The task itself, where no engine has what it needs: it is never started, and nothing else in the journal tells of it. */
  readonly task?: Task | undefined;
}

/** Raised when a line changes its meaning; a reader refuses journals of a later version. */
export const JOURNAL_VERSION = 2;

/** Names the format in the first line. */
export const JOURNAL_FORMAT = "disbatch-journal";

/** The first line of a journal. */
export const JOURNAL_HEADER = JSON.stringify({ format: JOURNAL_FORMAT, version: JOURNAL_VERSION });
