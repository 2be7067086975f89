import type { Context, Engine } from "../../domain/engine.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { Assignment, PerEngineCommand, Task } from "../../domain/task.ts";
import type { EarlierState } from "../scheduler/commands.ts";
import type { WaitingRetry } from "../scheduler/waiting-retries.ts";

/** What a run had come to when its driver died, for the driver that takes it up again. */
export interface EarlierRun extends Omit<EarlierState, "engines" | "retries"> {
  readonly contexts: readonly EarlierContext[];
  /** Engines that may come back. */
  readonly engines: readonly EarlierEngine[];
  /** Tasks that wait for their next try: when it is due, Unix time in seconds, and how long they were to wait. */
  readonly retries?: readonly (WaitingRetry & { readonly due: number; readonly delay: number })[] | undefined;
  /** The last failed try of each task that has no outcome, where one is to follow it, or has followed. */
  readonly failedTries?: readonly FailedTry[] | undefined;
  /** The run was about to end for this reason, which nothing can change. */
  readonly runEnd?: "check-failed" | "failed-fast" | undefined;
  /** Ranks below this have been given. */
  readonly nextRank: number;
  /** The task has an outcome. */
  readonly settled: (taskId: number) => boolean;
  /** An engine has this task: the source is not to yield it. @returns false when that was known. */
  readonly claim: (taskId: number) => boolean;
}

/** A try that has failed, of a task without an outcome. */
export interface FailedTry {
  readonly task: Task;
  readonly result: TaskResult;
  /** An engine has been given the task since. */
  readonly isGivenAgain: boolean;
}

interface EarlierContext {
  readonly context: Context;
  /** Its engines were to leave. */
  readonly stopped: boolean;
  /** Tasks that count for its limit. */
  readonly taken: number;
}

export interface EarlierEngine {
  readonly engine: Engine;
  /** Its start commands were done. */
  readonly ready: boolean;
  /** Somebody has told it to start nothing more, and to leave. */
  readonly stopping: boolean;
  readonly held: readonly Assignment[];
  /** Per-engine commands that are recorded as run there. */
  readonly commandsRun: readonly PerEngineCommand[];
}
