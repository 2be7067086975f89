import { isSuccess } from "../../domain/ending.ts";
import type { Engine } from "../../domain/engine.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { EngineState } from "../../domain/snapshot.ts";
import type { EngineTally } from "./counts.ts";

/** The part of a run's state that is about its engines: who is there, how much each holds and has done, and the time of their slots. */
export abstract class EngineRoll {
  readonly engines: EngineTally[] = [];
  enginesJoined = 0;
  slots = 0;
  /** Slot seconds up to `#slotsSince`, the last time the number of slots changed. */
  #slotSeconds = 0;
  #slotsSince = 0;

  get running(): number {
    // Ranks may be missing where a journal lacks a line.
    return this.engines.reduce((sum, { assigned, engine }) => sum + Math.min(assigned, engine.slots), 0);
  }

  slotSeconds(now: number): number {
    return this.#slotSeconds + this.slots * Math.max(0, now - this.#slotsSince);
  }

  protected join(engine: Engine, time: number): void {
    this.#settleSlotSeconds(time);
    this.engines[engine.rank] = { engine, state: "starting", assigned: 0, tasks: new Map(), finished: 0, failed: 0 };
    this.enginesJoined++;
    this.slots += engine.slots;
  }

  protected leave(rank: number, state: "left" | "lost", time: number): void {
    const tally = this.engines[rank];
    if (tally === undefined || !isPresent(tally)) return;
    this.#settleSlotSeconds(time);
    tally.state = state;
    tally.assigned = 0;
    tally.tasks.clear();
    this.slots -= tally.engine.slots;
  }

  protected changeState(rank: number, from: EngineState["state"], to: EngineState["state"]): void {
    const tally = this.engines[rank];
    if (tally?.state === from) tally.state = to;
  }

  protected assigned(rank: number, change: 1 | -1): void {
    const tally = this.engines[rank];
    // A lost engine holds nothing any more, whatever still arrives from it.
    if (tally !== undefined && isPresent(tally)) tally.assigned = Math.max(0, tally.assigned + change);
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

  /** @returns the engine, while it is there. */
  protected finishedOn({ taskId, engine, slot, ending }: TaskResult): EngineTally | undefined {
    this.assigned(engine, -1);
    const tally = this.engines[engine];
    if (tally === undefined) return undefined;
    if (tally.tasks.get(slot)?.taskId === taskId) tally.tasks.delete(slot);
    tally.finished++;
    if (!isSuccess(ending)) tally.failed++;
    return isPresent(tally) ? tally : undefined;
  }

  #settleSlotSeconds(time: number): void {
    this.#slotSeconds = this.slotSeconds(time);
    this.#slotsSince = time;
  }
}

/** Whether the engine is in the run: it has neither left nor been lost. */
export function isPresent({ state }: EngineTally): boolean {
  return state === "starting" || state === "ready" || state === "silent";
}

/** Whether the engine's start commands are done, and it is in the run. */
export function isReady({ state }: EngineTally): boolean {
  return state === "ready" || state === "silent";
}
