import type { RunEnd } from "./events.ts";
import type { Leak, TaskUsage } from "./result.ts";
import type { TemplateTallies } from "./instance-state.ts";
import type { Ending } from "./ending.ts";
import type { ContextState, EngineState, Snapshot } from "./snapshot.ts";
import type { RunningTask } from "./task.ts";

/**
 * Where a run stands, for those who watch it. Its size grows with engines and kinds of failures, never with tasks. Times are
 * Unix times in seconds.
 */
export interface RunView extends Pick<Snapshot, "jobId" | "taskFile" | "host" | "pid" | "started" | "now"> {
  readonly phase: Snapshot["phase"];
  readonly reason?: RunEnd | undefined;
  /** When the run ended, once it has. */
  readonly ended?: number | undefined;
  readonly tasks: TaskTally;
  /** States of the instances, of a workflow alone. */
  readonly templates?: TemplateTallies | undefined;
  readonly slots: SlotTally;
  readonly barriers: BarrierTally;
  readonly contexts: readonly ContextState[];
  /** By rank. */
  readonly engines: readonly EngineView[];
  /** By their first failure. */
  readonly kinds: readonly FailureKind[];
  readonly durations: DurationSummary;
  /** From the finest to the coarsest. */
  readonly series: readonly Series[];
  /** When the run will have ended; undefined when nobody can tell. */
  readonly estimate?: Estimate | undefined;
  /** Why slots are free or missing though tasks are left, or nothing starts. Empty while all is well. */
  readonly stalls: readonly Stall[];
}

/** Numbers of tasks. */
export interface TaskTally {
  /** All tasks, when the source can tell; or those that are to come as far as it knows now. */
  readonly total?: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Tasks that were done in an earlier run. */
  readonly skipped: number;
  /** How many of the skipped ones failed in that run. */
  readonly skippedFailed: number;
  /** Tasks that were cut short by the end of the run or of their engine, and not started again since. */
  readonly interrupted: number;
  /** Tasks that have failed and wait for their next try. */
  readonly retrying: number;
  /** Tries that have failed and were no outcome. */
  readonly retries: number;
  /** Tasks on slots. */
  readonly running: number;
  /** Tasks that engines hold and that have no slot yet. */
  readonly assigned: number;
  /** Starts beyond the first of their task: after an engine was lost, or gave it back half done. */
  readonly restarts: number;
}

/** How the slots of a run are used. */
export interface SlotTally {
  /** Slots of the engines that are in the run now. */
  readonly total: number;
  /** Seconds of slots that engines have offered so far, and those spent in tasks that have ended. */
  readonly offeredSeconds: number;
  readonly busySeconds: number;
}

export interface BarrierTally {
  readonly passed: number;
  /** The barrier that the run waits at. */
  readonly waiting?: { readonly line: number; readonly check: boolean; readonly since: number } | undefined;
}

/** An engine, and how it does. */
export interface EngineView extends Omit<EngineState, "tasks"> {
  /** Tasks that it holds, on slots or not. */
  readonly assigned: number;
  /** Seconds of slots spent in tasks that have ended there. */
  readonly busySeconds: number;
  readonly durations: DurationSummary;
  /** When the driver last heard of it; undefined where nobody has taken note. */
  readonly lastHeard?: number | undefined;
  /** Why it is out of touch or has gone, when that is known. */
  readonly reason?: string | undefined;
}

/** How long tasks took, in seconds; 0 while none has ended. The quantiles are exact to a few percent. */
export interface DurationSummary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
}

/**
 * Failures that look alike: the same ending, and the same first line of error output once all that varies from task to task
 * has become `#`. See `failure-kind.ts`.
 */
export interface FailureKind {
  /** From 0, in the order of first failures. The last one there may be stands for all others. */
  readonly id: number;
  readonly ending: Ending;
  /** The line; empty when nothing was written. It holds what tasks have written: whoever shows it makes it printable. */
  readonly text: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** A node where it happened, and on how many. */
  readonly node: string;
  readonly nodes: number;
  /** TaskID of the first one. */
  readonly example: number;
  /** Whether it stands for all that came after the most kinds there may be. */
  readonly isOther: boolean;
}

/** What happened in the latest steps of time, the newest last. The newest step is under way. */
export interface Series {
  /** Seconds. */
  readonly step: number;
  /** Where the newest step began. */
  readonly since: number;
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  /** Slot seconds with a task in them, and slot seconds on offer. */
  readonly busy: readonly number[];
  readonly offered: readonly number[];
}

/** When a run will have ended, as a range. */
export interface Estimate {
  readonly earliest: number;
  readonly latest: number;
  /** Running tasks that have taken longer than nearly all that have ended, and that decide about the end. */
  readonly slow: number;
}

/** Why nothing moves, or not as much as there are slots. */
export type Stall =
  /** All before the barrier has to finish: so many tasks still run, on these nodes (a few of them). */
  | {
      readonly why: "barrier";
      readonly line: number;
      readonly since: number;
      readonly running: number;
      readonly nodes: readonly string[];
    }
  /** No engine is in the run. `awaited`: it goes on when somebody adds one. */
  | { readonly why: "no-engines"; readonly awaited: boolean }
  /** Engines are there and not ready yet. */
  | { readonly why: "starting"; readonly engines: number }
  /** Nothing new starts any more; so many tasks still run. */
  | { readonly why: "ending"; readonly phase: "draining" | "terminating"; readonly running: number }
  /** Engines could not be started there, or are out of touch. */
  | { readonly why: "unreachable"; readonly nodes: readonly string[]; readonly reason: string }
  /** Contexts have taken as many tasks as they may. */
  | { readonly why: "task-limit"; readonly contexts: readonly string[] }
  /** Contexts, and engines of others by their ranks, have been told to stop. `running`: tasks that still run there. */
  | {
      readonly why: "stopped";
      readonly contexts: readonly string[];
      readonly engines: readonly number[];
      readonly running: number;
    }
  /** The next task waits for room. `needs`: what it needs, in words; `where`: what is free, or why it is not looked for. */
  | { readonly why: "room"; readonly task: number; readonly needs: string; readonly where: string }
  /** All tasks that there are have been given out: the last ones run, or the source has no more yet. */
  | { readonly why: "no-tasks"; readonly sourceEnded: boolean }
  /** All tasks that were submitted have been given out, and the run waits for more. */
  | { readonly why: "awaits-tasks" };

/**
 * - `waiting`: no engine holds it.
 * - `assigned`: an engine holds it, and it has no slot yet.
 * - `running`: it runs in a slot.
 * - `succeeded`, `failed`: it has its outcome.
 * - `skipped`: it was done in an earlier run.
 * - `interrupted`: it was cut short, and not started again.
 * - `retrying`: it has failed, and waits for its next try.
 */
export const TASK_STATES = [
  "waiting",
  "assigned",
  "running",
  "succeeded",
  "failed",
  "skipped",
  "interrupted",
  "retrying",
] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** Which tasks somebody wants to see. All conditions have to hold; those that are missing do. */
export interface TaskQuery {
  readonly states?: readonly TaskState[] | undefined;
  /** Id of a kind of failure. */
  readonly kind?: number | undefined;
  readonly node?: string | undefined;
  /** Rank of an engine. */
  readonly engine?: number | undefined;
  /** What the status file has as return code. */
  readonly code?: number | undefined;
  /** From this TaskID to that one, both included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Bytes that the task's line in the status file, or its command, has somewhere in it. Found in tasks that engines hold or have held. */
  readonly text?: string | undefined;
  /** `age`: the longest running first. `duration`: the longest first. */
  readonly sort?: "id" | "newest" | "age" | "duration" | undefined;
  /** Where the last page ended. */
  readonly cursor?: string | undefined;
  /** Rows of a page, at most `MOST_ROWS`. */
  readonly limit: number;
}

/** Rows of a page, at most. */
export const MOST_ROWS = 500;

/** A task among others. Text of tasks stands as it is: whoever shows it makes it printable. */
export interface TaskRow {
  readonly id: number;
  readonly state: TaskState;
  /** 0 before its first start. */
  readonly attempt: number;
  /** Where it is or was, once that is known; the engine is missing for tasks of earlier runs. */
  readonly engine?: number | undefined;
  readonly node?: string | undefined;
  readonly slot?: number | undefined;
  readonly start?: number | undefined;
  readonly finish?: number | undefined;
  readonly ending?: Ending | undefined;
  /** When its next try is due, of a task that waits for one. */
  readonly due?: number | undefined;
  /** Id of its kind of failure. */
  readonly kind?: number | undefined;
  readonly line?: number | undefined;
  readonly repeatIndex?: number | undefined;
  /** Missing where the task has not been read from its source yet. One that is long may be cut in a page. */
  readonly command?: string | undefined;
  readonly output?: Leak | undefined;
  readonly error?: Leak | undefined;
  /** What it needs and may, in the words of task files: `cores=2 timeout=60`. Missing for a task without terms, and where no journal tells them. */
  readonly terms?: string | undefined;
  readonly usage?: TaskUsage | undefined;
}

export interface TaskPage {
  readonly rows: readonly TaskRow[];
  /** How many tasks there are in all pages; undefined where counting them takes too long. */
  readonly total?: number | undefined;
  /** What to ask for the next page with; undefined on the last one. */
  readonly cursor?: string | undefined;
}

/** One start of a task that did not bring its outcome. */
export interface Attempt {
  readonly attempt: number;
  readonly engine: number;
  readonly node: string;
  readonly slot?: number | undefined;
  readonly start?: number | undefined;
  readonly finish?: number | undefined;
  /** What became of it; `under way` is not among them: that is what the task's row says. */
  readonly end: "lost" | "returned" | "interrupted" | "superseded" | "failed";
  /** How it ended, when it has failed and another one was to follow. */
  readonly ending?: Ending | undefined;
}

export interface TaskDetail {
  readonly row: TaskRow;
  /** Earlier starts of it, in order; some may be forgotten in a run with very many. */
  readonly attempts: readonly Attempt[];
}

/** What runs on the slots of an engine. */
export interface EngineSlots {
  readonly rank: number;
  /** Those that began less than a quarter of a second ago may be missing. */
  readonly tasks: readonly RunningTask[];
}

/** What can be asked of a run beside where it stands: of a living one, or of the records of one that is over. */
export interface RunInquiries {
  tasks(query: TaskQuery): Promise<TaskPage>;
  /** @returns undefined when there is no such task, as far as is known. */
  task(id: number): Promise<TaskDetail | undefined>;
  slots(): Promise<readonly EngineSlots[]>;
}

/** A run that can be watched in this process. */
export interface WatchableRun extends RunInquiries {
  /** Where it stands now. */
  view(): RunView;
}

/**
 * How a watcher reaches the run.
 *
 * - `live`: it is told what changes.
 * - `lost`: nobody answers, and it is tried again; what is shown is old. `hasDied`: its driver is known to be dead, so that
 *   somebody has to recover the run before anybody answers.
 * - `reading`: the run has ended, and only a share of its records, from 0 to 1, has been read; what is shown is what these tell.
 * - `over`: the run has ended; what is shown is how it ended, from its records.
 */
export type WatchLink =
  | { readonly state: "live" }
  | { readonly state: "lost"; readonly since: number; readonly why: string; readonly hasDied: boolean }
  | { readonly state: "reading"; readonly share: number }
  | { readonly state: "over" };

/**
 * What a watcher may have ended, where the run allows it: what of it runs may finish, unless it is a task, or `kill` says that the
 * tasks of the run are ended, too.
 */
export type StopRequest =
  | { readonly what: "task"; readonly id: number }
  | { readonly what: "engine"; readonly rank: number }
  | { readonly what: "context"; readonly label: string }
  | { readonly what: "run"; readonly kill?: boolean | undefined };

/** A run as a watcher follows it, from wherever it is watched. */
export interface FollowedRun extends RunInquiries {
  /** The newest that is known. */
  readonly view: RunView;
  readonly link: WatchLink;
  /** Calls back whenever `view` or `link` is another, at most four times a second while the run goes on. */
  listen(changed: () => void): void;
  /** Resolves to what has been done, in words. @throws UserError when it is refused, or the run is over. */
  stop(request: StopRequest): Promise<string>;
  /** Lets go of the run, which goes on. */
  close(): Promise<void>;
}
