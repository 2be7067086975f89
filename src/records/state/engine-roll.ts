import { DurationHistogram } from "../../domain/duration-histogram.ts";
import { hadProcess, isSuccess } from "../../domain/ending.ts";
import type { Engine } from "../../domain/engine.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { Task } from "../../domain/task.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import type { EngineTally } from "./counts.ts";
import { DurationTrend } from "./duration-trend.ts";
import { RunSeries } from "./series.ts";
import { UnreachableNodes } from "./unreachable.ts";

/** The part of a run's state that is about its engines: who is there, how much each holds and has done, and the time of their slots. */
export abstract class EngineRoll {
  readonly engines: EngineTally[] = [];
  enginesJoined = 0;
  slots = 0;
  running = 0;
  held = 0;
  busySlotSeconds = 0;
  readonly trend = new DurationTrend();
  readonly series = new RunSeries();
  readonly unreachable = new UnreachableNodes();
  awaitsEngines = false;
  /** Slot seconds up to `#slotsSince`, the last time the number of slots changed. */
  #slotSeconds = 0;
  #slotsSince = 0;

  abstract readonly total: number | undefined;

  get durations(): DurationHistogram {
    return this.trend.durations;
  }

  slotSeconds(now: number): number {
    return this.#slotSeconds + this.slots * Math.max(0, now - this.#slotsSince);
  }

  protected join(engine: Engine, time: number): void {
    this.#settleSlotSeconds(time);
    this.engines[engine.rank] = newTally(engine, time);
    this.enginesJoined++;
    this.slots += engine.slots;
    this.awaitsEngines = false;
    this.unreachable.forget(engine.node);
    this.series.change(time, this.running, this.slots);
  }

  /** An engine that is known by its tasks alone, and has gone: as much of it as is known now. Times are Unix times in seconds. */
  recall(engine: Engine, joined: number, gone: number): void {
    let tally = this.engines[engine.rank];
    if (tally === undefined) {
      tally = this.engines[engine.rank] = newTally(engine, joined);
      tally.state = "left";
      this.enginesJoined++;
    }
    tally.engine = engine;
    tally.joined = joined;
    tally.gone = gone;
  }

  /** Recalled engines have offered so many seconds of slots until then. */
  recallOffer(seconds: number, time: number): void {
    this.#slotSeconds = seconds;
    this.#slotsSince = time;
  }

  /** The engine is gone, as it should. */
  protected leave(rank: number, reason: string | undefined, time: number): void {
    const tally = this.#part(rank, "left", reason, time);
    if (tally !== undefined) this.unreachable.forget(tally.engine.node);
  }

  /** The engine is gone, as it should not. */
  protected lose(rank: number, reason: string, time: number): void {
    const tally = this.#part(rank, "lost", reason, time);
    if (tally !== undefined) this.unreachable.note(tally.engine.node, reason);
  }

  #part(rank: number, state: "left" | "lost", reason: string | undefined, time: number): EngineTally | undefined {
    const tally = this.engines[rank];
    if (tally === undefined || !isPresent(tally)) return undefined;
    this.#settleSlotSeconds(time);
    this.held -= tally.assigned;
    this.running -= onSlots(tally);
    this.slots -= tally.engine.slots;
    tally.state = state;
    tally.gone = time;
    tally.stopping = false;
    tally.heldBack = undefined;
    tally.reason = reason;
    tally.assigned = 0;
    tally.load = 0;
    tally.loads.clear();
    tally.tasks.clear();
    this.series.change(time, this.running, this.slots);
    return tally;
  }

  protected ready(rank: number): void {
    const tally = this.engines[rank];
    if (tally?.state === "starting") tally.state = "ready";
  }

  /** The engine starts nothing more. */
  protected stop(rank: number): void {
    const tally = this.engines[rank];
    if (tally !== undefined && isPresent(tally)) tally.stopping = true;
  }

  /** The engine starts no task for now, for this reason; without one it does again. */
  protected holdBack(rank: number, reason: string | undefined): void {
    const tally = this.engines[rank];
    if (tally !== undefined && isPresent(tally)) tally.heldBack = reason;
  }

  protected silence(rank: number, reason: string): void {
    const tally = this.engines[rank];
    if (tally?.state !== "ready") return;
    tally.state = "silent";
    tally.reason = reason;
    this.unreachable.note(tally.engine.node, reason);
  }

  protected resume(rank: number): void {
    const tally = this.engines[rank];
    if (tally?.state !== "silent") return;
    tally.state = "ready";
    tally.reason = undefined;
    this.unreachable.forget(tally.engine.node);
  }

  /** The engine holds one task more. */
  protected hold(rank: number, { id, terms }: Task, time: number): void {
    const tally = this.engines[rank];
    if (tally === undefined || !isPresent(tally)) return;
    const load = loadOf(tally.engine, terms);
    if (load !== 1) tally.loads.set(id, load);
    this.#change(tally, 1, load, time);
  }

  /** The engine holds one task less. @returns the slots that it took. */
  protected letGo(rank: number, taskId: number, time: number): number {
    const tally = this.engines[rank];
    const load = tally?.loads.get(taskId) ?? 1;
    // A lost engine holds nothing any more, whatever still arrives from it.
    if (tally === undefined || !isPresent(tally) || tally.assigned === 0) return load;
    tally.loads.delete(taskId);
    this.#change(tally, -1, load, time);
    return load;
  }

  #change(tally: EngineTally, change: 1 | -1, load: number, time: number): void {
    const before = onSlots(tally);
    tally.assigned += change;
    tally.load = tally.loads.size === 0 ? tally.assigned : tally.load + change * load;
    this.held += change;
    const after = onSlots(tally);
    if (after === before) return;
    this.running += after - before;
    this.series.change(time, this.running, this.slots);
  }

  protected startedOn({ task, attempt, engine, slot, start }: Extract<RunEvent, { type: "task-started" }>): void {
    const tally = this.engines[engine];
    if (tally !== undefined && isPresent(tally)) tally.tasks.set(slot, { taskId: task.id, attempt, slot, start });
  }

  /** The task does not run there any more, if it did. */
  protected vacate(rank: number, taskId: number): void {
    const tasks = this.engines[rank]?.tasks;
    for (const task of tasks?.values() ?? []) if (task.taskId === taskId) tasks?.delete(task.slot);
  }

  /** @param isHeld the engine has held the task until now. @returns the engine, while it is there, if it has. */
  protected finishedOn(result: TaskResult, time: number, isHeld: boolean): EngineTally | undefined {
    const { taskId, engine, slot, ending, start, finish } = result;
    if (isHeld) this.noteBusy(result, this.letGo(engine, taskId, time));
    const hasRun = hadProcess(ending);
    if (hasRun) this.trend.add(placeOf(taskId, this.total), finish - start);
    const tally = this.engines[engine];
    if (tally === undefined) return undefined;
    if (tally.tasks.get(slot)?.taskId === taskId) tally.tasks.delete(slot);
    if (hasRun) tally.durations.add(finish - start);
    tally.finished++;
    if (!isSuccess(ending)) tally.failed++;
    return isHeld && isPresent(tally) ? tally : undefined;
  }

  /** @param load slots that the task took. */
  protected noteBusy({ engine, start, finish }: TaskResult, load: number): void {
    const seconds = Math.max(0, finish - start) * load;
    this.busySlotSeconds += seconds;
    const tally = this.engines[engine];
    if (tally !== undefined) tally.busySeconds += seconds;
  }

  #settleSlotSeconds(time: number): void {
    this.#slotSeconds = this.slotSeconds(time);
    this.#slotsSince = time;
  }
}

function newTally(engine: Engine, joined: number): EngineTally {
  return {
    engine,
    joined,
    gone: undefined,
    state: "starting",
    stopping: false,
    heldBack: undefined,
    reason: undefined,
    assigned: 0,
    load: 0,
    loads: new Map(),
    tasks: new Map(),
    finished: 0,
    failed: 0,
    busySeconds: 0,
    durations: new DurationHistogram(),
  };
}

/** Where the task stands in the list, from 0 to 1; 0 while nobody knows how long the list is. */
export function placeOf(taskId: number, total: number | undefined): number {
  return total === undefined || total === 0 ? 0 : Math.min(1, taskId / total);
}

/** Sums of fractions come out a little off. */
const ROUNDING = 1e-9;

/** Tasks on slots of the engine: all that it holds, or where these are too many as many as there are slots for. */
export function onSlots({ assigned, load, engine }: EngineTally): number {
  if (load <= engine.slots + ROUNDING) return assigned;
  return assigned === load ? engine.slots : Math.max(1, Math.floor((assigned * engine.slots) / load));
}

/** Slots that a task of these terms takes there: a part of one, or several. */
function loadOf({ capacity }: Engine, terms: TaskTerms | undefined): number {
  const cores = terms?.needs.cores;
  return cores === undefined || capacity === undefined ? 1 : cores / capacity.coresPerSlot;
}

/** Whether the engine is in the run: it has neither left nor been lost. */
export function isPresent({ state }: EngineTally): boolean {
  return state === "starting" || state === "ready" || state === "silent";
}

/** Whether the engine's start commands are done, and it is in the run. */
export function isReady({ state }: EngineTally): boolean {
  return state === "ready" || state === "silent";
}
