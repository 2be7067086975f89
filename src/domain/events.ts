import type { Context, Engine } from "./engine.ts";
import type { TaskResult } from "./result.ts";
import type { Barrier, PerEngineCommand, SkippedTask, Task } from "./task.ts";

/** Why a run ended. */
export const RUN_ENDS = [
  /** Every task of the source is settled. */
  "done",
  /** A check barrier met failures. */
  "check-failed",
  /** A task failed, and the user asked to stop at the first failure. */
  "failed-fast",
  /** So many tasks have failed, or succeeded, or ended at all, as the user wanted the run to end at. */
  "enough-failed",
  "enough-succeeded",
  "enough-done",
  /** Interrupted (SIGINT). */
  "interrupted",
  /** Terminated (SIGTERM). */
  "terminated",
  /** Stopped by a controller. */
  "stopped",
  /** The machines are about to be taken away. */
  "out-of-time",
  /** No engine could be started, or all have left. */
  "no-engines",
  /** Some tasks need more than any engine has; all others are settled. */
  "unmet-needs",
  /** A record could not be written. */
  "record-failed",
  /** The task source failed while it was being read. */
  "source-failed",
] as const;

export type RunEnd = (typeof RUN_ENDS)[number];

/**
 * Everything that can happen in a run. Status file, journal, progress and summary are all made from this one stream.
 * `time` is Unix time in seconds.
 */
export type RunEvent =
  | {
      readonly type: "run-started";
      readonly time: number;
      readonly jobId: string;
      readonly taskFile: string;
      /** Tasks in all, barriers not counted, when the source can tell. */
      readonly total?: number | undefined;
    }
  /** A stream of tasks has ended, which could not tell how many there are; now that is known. A driver that takes up a run tells it again. */
  | { readonly type: "source-ended"; readonly time: number; readonly total: number }
  /** A context takes part in the run. `later`: a controller has brought it, and not the command line that began the run. */
  | { readonly type: "context-added"; readonly time: number; readonly context: Context; readonly later: boolean }
  /** A controller wants no more tasks to be started there. */
  | { readonly type: "context-stopped"; readonly time: number; readonly label: string }
  /** There is work and no engine, and the run goes on when one is added. */
  | { readonly type: "engines-awaited"; readonly time: number }
  | { readonly type: "engine-joined"; readonly time: number; readonly engine: Engine }
  /** A new driver has taken up a run whose driver had died. */
  | { readonly type: "run-recovered"; readonly time: number; readonly host: string; readonly pid: number }
  | { readonly type: "engine-ready"; readonly time: number; readonly engine: number }
  /** An engine is out of touch; its tasks go on until its lease ends, and it may come back until then. */
  | { readonly type: "engine-silent"; readonly time: number; readonly engine: number; readonly reason: string }
  | { readonly type: "engine-back"; readonly time: number; readonly engine: number }
  /** An engine starts no task for now, for this reason of its host's; without a reason it does again. */
  | {
      readonly type: "engine-held-back";
      readonly time: number;
      readonly engine: number;
      readonly reason?: string | undefined;
    }
  /** An engine starts nothing more, and goes when what runs there has ended: somebody wants that, or it has a `reason` of its own. */
  | {
      readonly type: "engine-stopping";
      readonly time: number;
      readonly engine: number;
      readonly reason?: string | undefined;
    }
  /** An engine has gone by itself, for a reason of its own or because it was to; what it still held is to be run again. */
  | {
      readonly type: "engine-left";
      readonly time: number;
      readonly engine: number;
      readonly reason?: string | undefined;
    }
  /** An engine has died or has been given up; what it held is to be run again. */
  | {
      readonly type: "engine-lost";
      readonly time: number;
      readonly engine: number;
      readonly reason: string;
      /** Whether the engine may have died of what it ran. False when it has ended by itself, out of reach of its driver. */
      readonly crashed: boolean;
    }
  /** An engine that was started did not join. */
  | { readonly type: "engine-failed"; readonly time: number; readonly node: string; readonly reason: string }
  /** An engine is started on a node in place of one that died, the `restart`th there, in `delay` seconds. */
  | {
      readonly type: "engine-restarting";
      readonly time: number;
      readonly node: string;
      readonly label: string;
      readonly restart: number;
      readonly delay: number;
    }
  /** A lease: this engine holds the task for this attempt. */
  | {
      readonly type: "task-assigned";
      readonly time: number;
      readonly task: Task;
      readonly attempt: number;
      /** How many engines have died while they ran it. */
      readonly crashes: number;
      /** How many tries have failed before; missing for none. */
      readonly failures?: number | undefined;
      readonly engine: number;
    }
  /**
   * A task runs in this slot. Its engine says so when it looks, four times a second: what has ended by then has no such event.
   * A driver that takes up a run tells it again. `start` is by the calendar of the engine's host, as in the task's result.
   */
  | {
      readonly type: "task-started";
      readonly time: number;
      readonly task: Task;
      readonly attempt: number;
      readonly engine: number;
      readonly slot: number;
      readonly start: number;
    }
  /** A try of a task has failed, and is not its outcome: the task is tried again in `delay` seconds. */
  | {
      readonly type: "task-retrying";
      readonly time: number;
      readonly task: Task;
      readonly result: TaskResult;
      /** How many tries have failed, this one included. */
      readonly failures: number;
      readonly delay: number;
    }
  /** The outcome of a task. At most one for each task. */
  | { readonly type: "task-finished"; readonly time: number; readonly task: Task; readonly result: TaskResult }
  /** What an engine reports of a task that had been given up there; never the task's outcome. */
  | { readonly type: "task-superseded"; readonly time: number; readonly result: TaskResult }
  /** Somebody has the task ended that this engine holds. It is not started again, whatever becomes of the engine. */
  | { readonly type: "task-stopping"; readonly time: number; readonly taskId: number; readonly engine: number }
  /** A task was handed back by its engine without having been started. */
  | { readonly type: "task-returned"; readonly time: number; readonly taskId: number; readonly engine: number }
  /**
   * A task was ended because the run or its engine was being stopped, and not started again since; it counts as not done. So does a task
   * that waited for its next try when the run came to its end: the result is that of its last try.
   */
  | { readonly type: "task-interrupted"; readonly time: number; readonly task: Task; readonly result: TaskResult }
  | { readonly type: "task-skipped"; readonly time: number; readonly skipped: SkippedTask }
  | {
      readonly type: "per-engine-finished";
      readonly time: number;
      readonly command: PerEngineCommand;
      readonly result: TaskResult;
    }
  /** The run waits at a barrier: not all that stands before it has its outcome. A driver that takes up a run tells it again. */
  | { readonly type: "barrier-met"; readonly time: number; readonly barrier: Barrier }
  /** A barrier is passed that was met at `since`, Unix time in seconds. `failed`: it is a check barrier and ends the run. */
  | {
      readonly type: "barrier-passed";
      readonly time: number;
      readonly barrier: Barrier;
      readonly since: number;
      readonly failed: boolean;
    }
  /** Nothing new is started any more. `cause` says what failed, for people, when something did. */
  | {
      readonly type: "run-draining";
      readonly time: number;
      readonly reason: RunEnd;
      readonly cause?: string | undefined;
    }
  | { readonly type: "run-terminating"; readonly time: number; readonly reason: RunEnd }
  /** Something that is worth a line in the log, and no more. */
  | { readonly type: "note"; readonly time: number; readonly message: string }
  | { readonly type: "warning"; readonly time: number; readonly message: string }
  | { readonly type: "run-ended"; readonly time: number; readonly reason: RunEnd };

/**
 * What a run leaves in writing, such as its status file. `handle` only takes note, of every event in order. `commit` is called after each batch of events,
 * before any slot that they free is used again, and twice a second; when it throws, the run starts nothing more.
 */
export interface RunRecord {
  handle(event: RunEvent): void;
  /** @throws Error when what it was told cannot be recorded. */
  commit(): void;
  /** Called once, after the last event. @throws Error when what it was told is not on the disk. */
  close(): Promise<void>;
}

/**
 * Whoever looks on, such as a log or a progress bar. The run does not depend on observers: one that throws, rejects or takes too much of the
 * run's time is told nothing more, and the run goes on.
 */
export interface RunObserver {
  /** For people, at the beginning of a sentence: `the log`. */
  readonly name: string;
  /** Told of every event, in order, soon after it has happened. A promise stays open until the observer has dealt with the event. */
  observe(event: RunEvent): void | Promise<void>;
  /** Called once, after the last event. */
  close?(): Promise<void>;
}
