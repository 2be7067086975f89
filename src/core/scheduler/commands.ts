import type { Assignment, Barrier, PerEngineCommand, SkippedTask } from "../../domain/task.ts";
import type { EngineCapacity } from "../../domain/engine.ts";
import type { RunEnd } from "../../domain/events.ts";
import type { Quota } from "./quota.ts";
import type { WaitingRetry } from "./waiting-retries.ts";

/** What the scheduler wants done. The driver carries it out; the scheduler itself touches nothing. */
export type SchedulerCommand =
  /** Ask the source for at most `limit` more items. Not repeated before `pulled` has been called. */
  | { readonly type: "pull"; readonly limit: number }
  /** There is work: start the engines. Said once. */
  | { readonly type: "need-engines" }
  /** There is work, and no engine to do it; somebody may add one. Said each time that it comes to this. */
  | { readonly type: "await-engines" }
  /** The engine may begin, with the per-engine start commands. */
  | {
      readonly type: "admit";
      readonly engine: number;
      readonly start: readonly PerEngineCommand[];
      readonly stop: readonly PerEngineCommand[];
    }
  | { readonly type: "assign"; readonly engine: number; readonly assignments: readonly Assignment[] }
  /** The engine is to hand back what it has not started. */
  | { readonly type: "recall"; readonly engine: number }
  /** The engine is to finish what it holds, within so many seconds if said so, run its stop commands and leave. */
  | { readonly type: "dismiss"; readonly engine: number; readonly within?: number }
  /** The engine is to end its tasks and leave. */
  | { readonly type: "terminate"; readonly engine: number }
  /** The run drains from now on. Said once. */
  | { readonly type: "draining"; readonly reason: RunEnd }
  /** The engines are about to be told to end their tasks. Said each time. */
  | { readonly type: "terminating"; readonly reason: RunEnd }
  /** Too many engines have died running this task, the last one just now; it is not run again. */
  | { readonly type: "give-up"; readonly assignment: Assignment }
  /** The engine is to end this task, or not to start it; it may have ended there. Said again when the engine was out of touch. */
  | { readonly type: "stop-task"; readonly engine: number; readonly taskId: number; readonly attempt: number }
  /** Somebody has had this task stopped, and how it ended is not going to be heard of. `engine`: the last one that held it. */
  | { readonly type: "settle-stopped"; readonly assignment: Assignment; readonly engine: number }
  /** `retryDue` is to be called for this task in so many seconds. */
  | { readonly type: "await-retry"; readonly taskId: number; readonly delay: number }
  /** Tasks that wait for their next try get none: the run ends. */
  | { readonly type: "drop-retries" }
  /** So many tries in a row have failed on this engine while tasks succeeded elsewhere: it is to be stopped. */
  | { readonly type: "retire-engine"; readonly engine: number; readonly failures: number }
  /** No engine of the run could ever run this task: `why` goes on from "it". */
  | { readonly type: "settle-unmet"; readonly assignment: Assignment; readonly why: string }
  /** No engine could run this task and others like it. Said once for each reason. `waits`: until there is one that can. */
  | { readonly type: "tell-unmet"; readonly taskId: number; readonly why: string; readonly waits: boolean }
  | { readonly type: "skip"; readonly skipped: SkippedTask }
  /** The run waits at this barrier. Not said of one that can be passed at once. */
  | { readonly type: "meet-barrier"; readonly barrier: Barrier }
  | { readonly type: "pass-barrier"; readonly barrier: Barrier; readonly failed: boolean }
  | { readonly type: "end"; readonly reason: RunEnd };

/** What an engine that was out of touch says of itself. */
export interface EngineReport {
  /** Tasks that the engine holds, running or not. */
  readonly held: readonly Pick<Assignment, "task" | "attempt">[];
  readonly welcomed: boolean;
  readonly ready: boolean;
  readonly leaving: boolean;
}

/** What a run had come to when its driver died. */
export interface EarlierState {
  readonly engines: readonly AwaitedEngine[];
  /** Tasks that no engine holds, to be run before any other. */
  readonly returned: readonly Assignment[];
  /** Tasks that wait for the time of their next try. */
  readonly retries?: readonly EarlierRetry[] | undefined;
  /** By task id: rank of the engine that held the task when somebody had it stopped, whatever has become of it. */
  readonly stopped: ReadonlyMap<number, number>;
  /** Tasks and per-engine commands that have failed since the last barrier. */
  readonly failedSinceBarrier: number;
  readonly anySkipped: boolean;
  /** A task was not run that needs more than any engine has. */
  readonly anyUnmet: boolean;
  /** Tasks that have succeeded in the run. */
  readonly succeeded?: number | undefined;
  /** Tasks and per-engine commands that have failed in the run. */
  readonly failed?: number | undefined;
}

/** A task that waited for its next try when the driver died. */
export interface EarlierRetry extends WaitingRetry {
  /** Seconds that it is still to wait. */
  readonly delay: number;
}

/** An engine that may come back, and what it held. */
export interface AwaitedEngine {
  readonly rank: number;
  readonly slots: number;
  readonly quota: Quota;
  readonly ready: boolean;
  /** Whether it was to leave; unless it is leaving, it is told so again. */
  readonly stopping?: boolean;
  readonly held: readonly Assignment[];
  /** Whether others could use its node, as for engines that join. */
  readonly releasable?: boolean;
  /** Label of its context, and what it has, as for engines that join. */
  readonly context?: string | undefined;
  readonly isReserved?: boolean | undefined;
  readonly capacity?: EngineCapacity | undefined;
  /** Name of its node. */
  readonly node?: string | undefined;
}

/** What the scheduler has to know of an engine that joins, beside its slots. */
export interface Joining {
  /** Shared by the engines of one context; without one there is no limit. */
  readonly quota?: Quota;
  /** Whether the engine is to go again at once, because its context has been stopped. */
  readonly unwanted?: boolean;
  /** Whether others could use its node: then the engine leaves as soon as there is nothing left for it. */
  readonly releasable?: boolean;
  /** Label of its context; some tasks may run in one context only. */
  readonly context?: string | undefined;
  /** Only tasks that name its context may run there. */
  readonly isReserved?: boolean | undefined;
  /** Seconds until its machine is taken away; missing where nobody knows of such a time. */
  readonly timeLeft?: number | undefined;
  /** What it has for all of its tasks together; missing for one of which nothing is known but its slots. */
  readonly capacity?: EngineCapacity | undefined;
  /** Name of its node: some tasks are to be tried on another one. */
  readonly node?: string | undefined;
}

/** A task that fits nowhere yet: what it needs, and what there is, for people. */
export interface RoomWanted {
  readonly taskId: number;
  readonly needs: string;
  /** `engine 3 has 8 cores free`. */
  readonly where: string;
}

/** How one assignment ended, as far as scheduling goes. */
export interface AssignmentOutcome {
  readonly taskId: number;
  readonly failed: boolean;
  /** How long it took, in seconds. */
  readonly elapsed: number;
  /** The task has failed, and has no outcome: how it is tried again, and in how many seconds. */
  readonly retry?: { readonly assignment: Assignment; readonly delay: number } | undefined;
}
