import type { DurationHistogram } from "../../domain/duration-histogram.ts";
import type { Context, Engine } from "../../domain/engine.ts";
import type { RunEnd } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { EngineState } from "../../domain/snapshot.ts";
import type { Barrier, PerEngineCommand, RunningTask, Task } from "../../domain/task.ts";
import type { DurationTrend } from "./duration-trend.ts";
import type { FailureKinds } from "./failure-kinds.ts";
import type { RunSeries } from "./series.ts";
import type { UnreachableNodes } from "./unreachable.ts";

/** A command that ran and did not end with exit code 0. */
export interface Failure {
  readonly command: Task | PerEngineCommand;
  readonly result: TaskResult;
}

/** What a run is doing; `ended` comes last. */
export type Phase = "running" | "draining" | "terminating" | "ended";

/** The numbers of a run so far, for those who show them; `RunState` makes them. */
export interface Counts {
  /** All that has been submitted to a list of this run has an outcome; false where nothing can be submitted. */
  readonly isListDone: boolean;
  /** Tasks in all, barriers not counted, when that is known. */
  readonly total: number | undefined;
  /** The same, or else those that are to come as far as the source knows now: more may come, and some may not. */
  readonly expected: number | undefined;
  /** The same as `total`, or else those that have been submitted so far, where any can be. */
  readonly known: number | undefined;
  /** Ran in this run, with exit code 0. */
  readonly succeeded: number;
  /** Ran in this run, without exit code 0. */
  readonly failed: number;
  /** Not run because their outcome is known from an earlier run. */
  readonly skipped: number;
  /** How many of the skipped ones failed in that earlier run. */
  readonly skippedFailed: number;
  /** How many are going to be skipped in all, as far as that is known beforehand. */
  readonly expectedSkips: number;
  /** Started and cut short by the end of the run; they count as not done. */
  readonly interrupted: number;
  /** Tasks that have failed and wait for their next try. */
  readonly retrying: number;
  /** Tries that have failed and were no outcome. */
  readonly retries: number;
  /** Tasks that have succeeded after a try that had failed. */
  readonly laterSuccesses: number;
  /** Per-engine commands without exit code 0. */
  readonly perEngineFailed: number;
  /** Barriers passed. */
  readonly barriers: number;
  /** In the order of their arrival. */
  readonly contexts: readonly ContextTally[];
  /** By rank; ranks are dense. */
  readonly engines: readonly EngineTally[];
  /** Engines that have ever joined. */
  readonly enginesJoined: number;
  /** Slots of the engines that are in the run now. */
  readonly slots: number;
  /** Seconds of slots spent in tasks that have ended. */
  readonly busySlotSeconds: number;
  /** The first failures, a few at most, per-engine commands among them. */
  readonly failures: readonly Failure[];
  /** Unix time in seconds; undefined before the run has started, or ended. */
  readonly started: number | undefined;
  readonly ended: number | undefined;
  readonly phase: Phase;
  /** Why the run ends, as soon as it is known. */
  readonly reason: RunEnd | undefined;
  /** Tasks that ran in this run. */
  readonly finished: number;
  /** Tasks with an outcome, skipped ones included. */
  readonly done: number;
  /** Tasks on slots now. Tasks that wait on an engine for a slot of it are not counted. */
  readonly running: number;
  /** Tasks that engines hold, on slots or not. */
  readonly held: number;
  /** Starts of tasks beyond their first ones. */
  readonly restarts: number;
  /** Kinds of failed tasks. */
  readonly kinds: Pick<FailureKinds, "list" | "idOf" | "size">;
  /** How long tasks took that had a process. */
  readonly durations: DurationHistogram;
  /** The same along the list. */
  readonly trend: DurationTrend;
  readonly series: Pick<RunSeries, "at">;
  /** The barrier that the run waits at. */
  readonly waitsAt: MetBarrier | undefined;
  /** Nodes that the run wants to use and cannot. */
  readonly unreachable: Pick<UnreachableNodes, "byReason">;
  /** Whether more tasks may be submitted. */
  readonly takesTasks: boolean;
  /** Whether the run has no task so far, and more may be submitted. */
  readonly awaitsFirstTask: boolean;
  /** There is work and no engine, and the run goes on when somebody adds one. */
  readonly awaitsEngines: boolean;
  /** The task that is to be started next, when it waits for room; undefined where nobody can tell, or nothing waits. */
  readonly waitsForRoom: (() => RoomWanted | undefined) | undefined;
  /** Seconds of slots that engines have offered up to this Unix time in seconds. */
  slotSeconds(now: number): number;
}

/** A task that fits nowhere yet. */
interface RoomWanted {
  readonly taskId: number;
  /** What it needs, for people: `16 cores, 64G of memory`. */
  readonly needs: string;
  /** What there is, for people: `engine 3 has 8 cores free`. */
  readonly where: string;
}

/** A barrier that is met and not passed, and since when, Unix time in seconds. */
export interface MetBarrier {
  readonly barrier: Barrier;
  readonly since: number;
}

/** A context of the run. */
export interface ContextTally {
  readonly context: Context;
  /** Whether a controller has brought the context. */
  readonly later: boolean;
  /** Whether the engines of the context start no more tasks. */
  stopped: boolean;
  /** Tasks that its engines have settled; they count for its limit. */
  settled: number;
}

/** An engine that has joined, and what it holds and has done. */
export interface EngineTally {
  engine: Engine;
  /** When it came and when it went, Unix times in seconds. */
  joined: number | undefined;
  gone: number | undefined;
  state: EngineState["state"];
  /** Whether it has been told, itself, to start nothing more; its whole context may have been, too. */
  stopping: boolean;
  /** Why it starts no task for now; undefined when it does. */
  heldBack: string | undefined;
  /** Why it is out of touch or has gone, when that is known. */
  reason: string | undefined;
  assigned: number;
  /** Slots that these tasks would take if all of them ran: one each, unless they say how many cores they need. */
  load: number;
  /** Slots that those of them take which say so, by task id. */
  readonly loads: Map<number, number>;
  /** Tasks that it has said to run, by slot. */
  readonly tasks: Map<number, RunningTask>;
  finished: number;
  failed: number;
  /** Seconds of slots spent in tasks that have ended there. */
  busySeconds: number;
  /** How long tasks took there that had a process. */
  readonly durations: DurationHistogram;
}
