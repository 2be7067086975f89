import type { RunEnd } from "./events.ts";
import type { TemplateTallies } from "./instance-state.ts";
import type { RunningTask } from "./task.ts";

/** Where a run stands at one moment. Times are Unix times in seconds. */
export interface Snapshot {
  readonly jobId: string;
  readonly taskFile: string;
  /** Host name and process id of the driver. */
  readonly host: string;
  readonly pid: number;
  readonly started: number;
  readonly now: number;
  readonly phase: "running" | "draining" | "terminating" | "ended";
  /** Why the run ends, as soon as that is known. */
  readonly reason?: RunEnd | undefined;
  /** Whether more tasks may be submitted; missing when not. */
  readonly takesTasks?: true | undefined;
  readonly tasks: TaskCounts;
  /** Of a workflow alone. */
  readonly templates?: TemplateTallies | undefined;
  readonly contexts: readonly ContextState[];
  readonly engines: readonly EngineState[];
}

interface TaskCounts {
  /** All tasks, when the source can tell; or those that are to come as far as it knows now. */
  readonly total?: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Tasks that were done in an earlier run. */
  readonly skipped: number;
  /** Tasks that have failed and wait for their next try; drivers of older versions do not say it. */
  readonly retrying?: number | undefined;
  /** Tasks on slots now: those that engines have said to run, and those that they start in a moment or have just started. */
  readonly running: number;
}

export interface ContextState {
  readonly label: string;
  readonly nodes: readonly string[];
  /** How many more tasks the context may take; missing when there is no limit. */
  readonly tasksLeft?: number;
  /** Whether the context takes no more tasks, because somebody said so. */
  readonly stopped: boolean;
}

export interface EngineState {
  readonly rank: number;
  readonly node: string;
  readonly pid: number;
  readonly context: string;
  readonly slots: number;
  /**
   * - `starting`: runs its start commands, or waits for the first task.
   * - `ready`: takes tasks.
   * - `silent`: was ready and is out of touch; may come back.
   * - `left`: has gone, as it should.
   * - `lost`: has gone, as it should not.
   */
  readonly state: "starting" | "ready" | "silent" | "left" | "lost";
  /** Whether it starts nothing more and goes when what runs there has ended, because somebody said so. */
  readonly stopping: boolean;
  /** Why it starts no task for now; undefined when it does. */
  readonly heldBack?: string | undefined;
  readonly running: number;
  /** Tasks that it has said to run, by slot; those that began less than a quarter of a second ago may be missing. */
  readonly tasks: readonly RunningTask[];
  /** Tasks that ended on it, and how many of them failed. */
  readonly finished: number;
  readonly failed: number;
}
