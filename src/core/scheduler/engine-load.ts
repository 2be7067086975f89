import { afterDeparture, isSuspect } from "../../domain/loss.ts";
import type { Assignment } from "../../domain/task.ts";
import type { Quota } from "./quota.ts";
import type { Suspicion } from "./suspicion.ts";

/**
 * An engine is given, beyond what its slots run, as many tasks as it finishes in this time, so that a slot never waits
 * for the driver's answer: a slow round trip (50 ms) and the time that an engine gathers results for (50 ms), with a
 * margin. Tasks that are longer than this hardly gain from it.
 */
const AHEAD_SECONDS = 0.2;
/** Beyond its slots an engine is never given more. */
export const MOST_AHEAD = 512;
/** Weight of the newest task in the moving average of the elapsed times. */
const NEWEST = 1 / 16;

/**
 * What one engine holds. Its state goes one way:
 *
 *     joined ──► ready ──► dismissed ──► (gone)
 */
export class EngineLoad {
  readonly rank: number;
  readonly slots: number;
  readonly quota: Quota;
  /** Whether the engine leaves as soon as there is nothing left for it. */
  readonly releasable: boolean;
  /** Name of its node; undefined where nobody has said it. */
  node: string | undefined;
  readonly held = new Map<number, Assignment>();
  /** Held tasks that have ended there and need no slot any more, though they are not settled. */
  readonly #finished = new Set<number>();
  state: "joined" | "ready" | "dismissed" = "joined";
  admitted = false;
  recalled = false;
  /** Whether the engine is out of touch: it may be back soon, and is given nothing until then. */
  silent = false;
  /** Seconds that a dismissed engine may take for what runs, before that is ended. */
  drainTimeout: number | undefined;
  readonly #suspicion: Suspicion;
  /** How many suspects the engine holds. */
  #suspects = 0;
  #meanElapsed = Number.POSITIVE_INFINITY;

  constructor(rank: number, slots: number, quota: Quota, releasable: boolean, suspicion: Suspicion) {
    this.rank = rank;
    this.slots = slots;
    this.quota = quota;
    this.releasable = releasable;
    this.#suspicion = suspicion;
  }

  /** Tasks that have a slot on the engine or wait for one. */
  get unfinished(): number {
    return this.held.size - this.#finished.size;
  }

  /** Whether others may have to do something of what the engine holds: what waits for a slot there, or all when it is lost. */
  get mayNeedHelp(): boolean {
    return this.unfinished > this.slots || this.recalled || (this.silent && this.held.size > 0);
  }

  /** Whether a task that is to run alone has the engine. */
  get isTakenByOne(): boolean {
    if (this.#suspects === 0) return false;
    for (const { crashes } of this.held.values()) if (this.#suspicion.runsAlone(crashes)) return true;
    return false;
  }

  /** Whether the engine may be given a suspect with so many crashes, beside what it holds. */
  mayTakeSuspect(crashes: number, ahead: boolean): boolean {
    if (this.room(ahead) === 0) return false;
    if (this.#suspicion.runsAlone(crashes)) return this.held.size === 0;
    let most = this.#suspicion.atATime(this.slots, crashes);
    for (const other of this.held.values()) {
      if (isSuspect(other)) most = Math.min(most, this.#suspicion.atATime(this.slots, other.crashes));
    }
    return this.#suspects < most;
  }

  /** Whether the engine takes tasks, or is going to once it has room for more. */
  get mayTake(): boolean {
    return this.state !== "dismissed" && !this.silent && !this.quota.isUsedUp;
  }

  /** Slots that have nothing to run. */
  freeSlots(): number {
    return this.#takesTasks() ? Math.max(0, Math.min(this.slots - this.unfinished, this.quota.left)) : 0;
  }

  /** How many more tasks the engine may be given, those ahead of need included. */
  room(ahead: boolean): number {
    if (!this.#takesTasks()) return 0;
    const window = this.slots + (ahead ? this.#ahead() : 0);
    return Math.max(0, Math.min(window - this.unfinished, this.quota.left));
  }

  give(assignment: Assignment): void {
    this.held.set(assignment.task.id, assignment);
    if (isSuspect(assignment)) this.#suspects++;
    this.quota.left--;
    this.quota.held++;
  }

  /** Takes note that a task has ended there, in one way or another, so that its slot is free. */
  finish(taskId: number): void {
    if (this.held.has(taskId)) this.#finished.add(taskId);
  }

  /** Takes a task from the engine, which has settled it or gives it back; undefined when it does not hold this id. */
  take(taskId: number, how: "settled" | "returned"): Assignment | undefined {
    const assignment = this.held.get(taskId);
    if (assignment === undefined) return undefined;
    this.held.delete(taskId);
    if (isSuspect(assignment)) this.#suspects--;
    this.#finished.delete(taskId);
    this.quota.held--;
    if (how === "returned") this.quota.left++;
    return assignment;
  }

  /** The engine is gone. @returns what it held, as it is to be started elsewhere. */
  abandon(how: "left" | "lost"): Assignment[] {
    const departure = { crashed: how === "lost", wasReady: this.state !== "joined" };
    const all = Array.from(this.held.values(), (held) =>
      afterDeparture(held, departure, this.#finished.has(held.task.id)),
    );
    for (const { task } of all) this.take(task.id, "returned");
    return all;
  }

  /** Takes note of how long a task took, in seconds. */
  learn(elapsed: number): void {
    this.#meanElapsed = Number.isFinite(this.#meanElapsed)
      ? this.#meanElapsed + (elapsed - this.#meanElapsed) * NEWEST
      : elapsed;
  }

  #takesTasks(): boolean {
    return this.state === "ready" && !this.recalled && !this.silent && !this.isTakenByOne;
  }

  #ahead(): number {
    return Math.min(MOST_AHEAD, Math.floor((this.slots * AHEAD_SECONDS) / Math.max(this.#meanElapsed, 1e-6)));
  }
}
