import type { Context, Engine } from "../../domain/engine.ts";
import type { RunEnd, RunEvent } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { MadeFile } from "../../domain/task-files.ts";
import type { Assignment, Barrier, PerEngineCommand, Task } from "../../domain/task.ts";
import type { RunState } from "../state/run-state.ts";

/** What a run had come to when its driver died, as far as its journal and its status file tell. */
export interface JournaledRun {
  /** Where the run stood; a driver that takes the run up goes on from there. */
  readonly state: RunState;
  /** How it began; undefined when the journal was cut off before that. */
  readonly started: RunStarted | undefined;
  /** In the order of their arrival. */
  readonly contexts: readonly JournaledContext[];
  /** Engines that have neither left nor been lost, in the order of their arrival. They may be there still. */
  readonly engines: readonly JournaledEngine[];
  /** No engine has had this rank yet, nor any above it. */
  readonly nextRank: number;
  /** Tasks that were assigned, that no engine holds and that have no outcome: how each is to be started next, by task id. */
  readonly returned: readonly Assignment[];
  /** Tasks that have failed and wait for the time of their next try, by task id. */
  readonly retries: readonly JournaledRetry[];
  /** The last failed try of each task without an outcome, where another one follows it. */
  readonly failedTries: readonly {
    readonly task: Task;
    readonly result: TaskResult;
    /** An engine has been given the task since. */
    readonly isGivenAgain: boolean;
  }[];
  /** By task id: rank of the engine that held the task when somebody had it stopped, whatever has become of it. */
  readonly stopped: ReadonlyMap<number, number>;
  /** Failed tasks and per-engine commands since the last barrier; of skipped tasks those that failed in their earlier run. */
  readonly failedSinceBarrier: number;
  /** Task id of the last barrier that was passed; -1 when there was none. */
  readonly lastBarrier: number;
  /** The barriers that were passed and have a key. */
  readonly passed: readonly Barrier[];
  /** The largest id of a task or a barrier that the run has come to; -1 when there was none. */
  readonly largestId: number;
  /** A check barrier has met failures: nothing behind it may run. */
  readonly checkFailed: boolean;
  /** Tasks were skipped, since an earlier run has their outcome. */
  readonly anySkipped: boolean;
  /** A task was not run that needs more than any engine had. */
  readonly anyUnmet: boolean;
  /** Why the run was draining or being terminated. */
  readonly runEnd: RunEnd | undefined;
  /** Why the run has ended: there is nothing to recover. */
  readonly ended: RunEnd | undefined;
  /** Whether the task has an outcome in this run, or the barrier was passed. */
  settled(id: number): boolean;
  /** Whether an engine holds the task, or it stands in `returned` or `retries`. */
  claimed(id: number): boolean;
  /** The files that the task has made, where it has succeeded and made any, and the journal tells of them. */
  made(id: number): readonly MadeFile[] | undefined;
}

export type RunStarted = Extract<RunEvent, { readonly type: "run-started" }>;

/** A task that waits for the time of its next try. */
export interface JournaledRetry {
  readonly assignment: Assignment;
  /** Rank of the engine where its last try has failed. */
  readonly engine: number;
  /** When it is due, Unix time in seconds, and how long it was to wait. */
  readonly due: number;
  readonly delay: number;
}

/** A context that the run had. */
export interface JournaledContext {
  readonly context: Context;
  /** Whether a controller has brought the context. */
  readonly later: boolean;
  /** Whether the context takes no more tasks. */
  readonly stopped: boolean;
  /** Tasks that its engines have taken and not given back; they count against its limit. */
  readonly taken: number;
}

/** An engine that may come back. */
interface JournaledEngine {
  readonly engine: Engine;
  /** Its start commands were done. */
  readonly ready: boolean;
  /** Whether somebody has told it to start nothing more, and to leave. */
  readonly stopping: boolean;
  /** In the order of their assignment, which is the order in which it starts them. */
  readonly held: readonly Assignment[];
  /** Per-engine commands that have been recorded as run there; it may tell of them once more. */
  readonly commandsRun: readonly PerEngineCommand[];
}
