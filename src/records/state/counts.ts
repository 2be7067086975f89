import { isSuccess } from "../../domain/ending.ts";
import type { Context, Engine } from "../../domain/engine.ts";
import type { RunEnd, RunEvent } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { EngineState } from "../../domain/snapshot.ts";
import type { PerEngineCommand, PreviousOutcome, RunningTask, Task } from "../../domain/task.ts";

/** How many failures are kept in full, for the summary. */
export const FIRST_FAILURES = 5;

/** A command that ran and did not end with exit code 0. */
export interface Failure {
  readonly command: Task | PerEngineCommand;
  readonly result: TaskResult;
}

/** What a run is doing; `ended` comes last. */
export type Phase = "running" | "draining" | "terminating" | "ended";

/** The numbers of a run so far. */
export interface Counts {
  /** Tasks in all, barriers not counted, when that is known. */
  readonly total: number | undefined;
  /** Ran in this run, with exit code 0. */
  readonly succeeded: number;
  /** Ran in this run, without exit code 0. */
  readonly failed: number;
  /** Not run because their outcome is known from an earlier run. */
  readonly skipped: number;
  /** How many of the skipped ones failed in that earlier run. */
  readonly skippedFailed: number;
  /** Started and cut short by the end of the run; they count as not done. */
  readonly interrupted: number;
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
  /** The first failures, at most `FIRST_FAILURES`, per-engine commands among them. */
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
  /** Seconds of slots that engines have offered up to this Unix time in seconds. */
  slotSeconds(now: number): number;
}

/** A context of the run. */
export interface ContextTally {
  readonly context: Context;
  stopped: boolean;
}

/** An engine that has joined, and what it holds and has done. */
export interface EngineTally {
  readonly engine: Engine;
  state: EngineState["state"];
  assigned: number;
  /** Tasks that it has said to run, by slot. */
  readonly tasks: Map<number, RunningTask>;
  finished: number;
  failed: number;
}

/** Folds run events into the numbers that progress and summary show. Its memory grows with engines, not with tasks. */
export class RunCounts implements Counts {
  total: number | undefined = undefined;
  succeeded = 0;
  failed = 0;
  skipped = 0;
  skippedFailed = 0;
  interrupted = 0;
  perEngineFailed = 0;
  barriers = 0;
  enginesJoined = 0;
  slots = 0;
  busySlotSeconds = 0;
  readonly failures: Failure[] = [];
  started: number | undefined = undefined;
  ended: number | undefined = undefined;
  phase: Phase = "running";
  reason: RunEnd | undefined = undefined;
  readonly contexts: ContextTally[] = [];
  readonly engines: EngineTally[] = [];
  /** Slot seconds up to `#slotsSince`, the last time the number of slots changed. */
  #slotSeconds = 0;
  #slotsSince = 0;

  get finished(): number {
    return this.succeeded + this.failed;
  }

  get done(): number {
    return this.succeeded + this.failed + this.skipped;
  }

  get running(): number {
    let running = 0;
    for (const { assigned, engine } of this.engines) running += Math.min(assigned, engine.slots);
    return running;
  }

  slotSeconds(now: number): number {
    return this.#slotSeconds + this.slots * Math.max(0, now - this.#slotsSince);
  }

  handle(event: RunEvent): void {
    switch (event.type) {
      case "task-assigned":
        this.#assigned(event.engine, 1);
        break;
      case "task-started":
        this.#started(event);
        break;
      case "task-finished":
        this.#finish(event.result);
        if (isSuccess(event.result.ending)) this.succeeded++;
        else {
          this.failed++;
          this.#keep(event.task, event.result);
        }
        break;
      case "task-returned":
        this.#assigned(event.engine, -1);
        this.#vacate(event.engine, event.taskId);
        break;
      case "task-interrupted":
        this.#assigned(event.result.engine, -1);
        this.#vacate(event.result.engine, event.result.taskId);
        this.busySlotSeconds += Math.max(0, event.result.finish - event.result.start);
        this.interrupted++;
        break;
      case "task-skipped":
        this.#skip(event.skipped.previous);
        break;
      case "per-engine-finished":
        if (isSuccess(event.result.ending)) break;
        this.perEngineFailed++;
        this.#keep(event.command, event.result);
        break;
      case "barrier-passed":
        this.barriers++;
        break;
      case "engine-joined":
        this.#join(event.engine, event.time);
        break;
      case "engine-left":
        this.#leave(event.engine, "left", event.time);
        break;
      case "engine-lost":
        this.#leave(event.engine, "lost", event.time);
        break;
      case "run-started":
        this.total = event.total;
        this.started = event.time;
        break;
      case "run-draining":
        this.phase = "draining";
        this.reason = event.reason;
        break;
      case "run-terminating":
        this.phase = "terminating";
        this.reason = event.reason;
        break;
      case "run-ended":
        this.phase = "ended";
        this.reason = event.reason;
        this.ended = event.time;
        break;
      case "context-added":
        this.contexts.push({ context: event.context, stopped: false });
        break;
      case "context-stopped":
        for (const known of this.contexts) known.stopped ||= known.context.label === event.label;
        break;
      case "engine-ready":
        this.#changeState(event.engine, "starting", "ready");
        break;
      case "engine-silent":
        this.#changeState(event.engine, "ready", "silent");
        break;
      case "engine-back":
        this.#changeState(event.engine, "silent", "ready");
        break;
      case "run-recovered":
      case "engine-restarting":
      case "task-superseded":
      case "engines-awaited":
      case "engine-failed":
      case "note":
      case "warning":
        break;
    }
  }

  #changeState(rank: number, from: EngineState["state"], to: EngineState["state"]): void {
    const tally = this.engines[rank];
    if (tally?.state === from) tally.state = to;
  }

  #assigned(rank: number, change: 1 | -1): void {
    const tally = this.engines[rank];
    // A lost engine holds nothing any more, whatever still arrives from it.
    if (tally !== undefined && isPresent(tally)) tally.assigned = Math.max(0, tally.assigned + change);
  }

  #started({ task, attempt, engine, slot, start }: Extract<RunEvent, { type: "task-started" }>): void {
    const tally = this.engines[engine];
    if (tally !== undefined && isPresent(tally)) tally.tasks.set(slot, { taskId: task.id, attempt, slot, start });
  }

  #vacate(rank: number, taskId: number): void {
    for (const task of this.engines[rank]?.tasks.values() ?? []) {
      if (task.taskId === taskId) this.engines[rank]?.tasks.delete(task.slot);
    }
  }

  #finish({ taskId, engine, ending, start, finish, slot }: TaskResult): void {
    this.#assigned(engine, -1);
    this.busySlotSeconds += Math.max(0, finish - start);
    const tally = this.engines[engine];
    if (tally === undefined) return;
    if (tally.tasks.get(slot)?.taskId === taskId) tally.tasks.delete(slot);
    tally.finished++;
    if (!isSuccess(ending)) tally.failed++;
  }

  #keep(command: Task | PerEngineCommand, result: TaskResult): void {
    if (this.failures.length < FIRST_FAILURES) this.failures.push({ command, result });
  }

  #skip(previous: PreviousOutcome): void {
    this.skipped++;
    if (!isSuccess(previous.ending)) this.skippedFailed++;
  }

  #join(engine: Engine, time: number): void {
    this.#settleSlotSeconds(time);
    this.engines[engine.rank] = { engine, state: "starting", assigned: 0, tasks: new Map(), finished: 0, failed: 0 };
    this.enginesJoined++;
    this.slots += engine.slots;
  }

  #leave(rank: number, state: "left" | "lost", time: number): void {
    const tally = this.engines[rank];
    if (tally === undefined || !isPresent(tally)) return;
    this.#settleSlotSeconds(time);
    tally.state = state;
    tally.assigned = 0;
    tally.tasks.clear();
    this.slots -= tally.engine.slots;
  }

  #settleSlotSeconds(time: number): void {
    this.#slotSeconds = this.slotSeconds(time);
    this.#slotsSince = time;
  }
}

function isPresent({ state }: EngineTally): boolean {
  return state === "starting" || state === "ready" || state === "silent";
}
