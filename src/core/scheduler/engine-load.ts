import { afterDeparture, isSuspect } from "../../domain/loss.ts";
import type { Assignment } from "../../domain/task.ts";
import type { EngineCapacity } from "../../domain/engine.ts";
import { type Demand, demandOf, ONE_SLOT } from "./demand.ts";
import { capacityOf, EngineBooks } from "./engine-books.ts";
import type { Quota } from "./quota.ts";
import type { SharedPool } from "./shared-pool.ts";
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

/** What is known of an engine when it joins. */
export interface EngineFacts {
  readonly rank: number;
  readonly slots: number;
  readonly quota: Quota;
  /** Whether the engine leaves as soon as there is nothing left for it. */
  readonly releasable: boolean;
  readonly context: string | undefined;
  /** Only tasks that name its context may run there. */
  readonly isReserved?: boolean | undefined;
  readonly capacity: EngineCapacity | undefined;
}

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
  /** Whether the engine starts no task for now. */
  heldBack = false;
  #timeLeft = Number.POSITIVE_INFINITY;
  /** Seconds that a dismissed engine may take for what runs, before that is ended. */
  drainTimeout: number | undefined;
  readonly #suspicion: Suspicion;
  readonly #facts: EngineFacts;
  /** What its tasks take, known from the first task of the run on that cannot be treated like any other. */
  #books: EngineBooks | undefined;
  /** How many suspects the engine holds. */
  #suspects = 0;
  #meanElapsed = Number.POSITIVE_INFINITY;
  /** Whether something has become free there, and whether it took tasks, when that was last asked. */
  #hasFreed = true;
  #wasOpen = false;

  constructor(facts: EngineFacts, suspicion: Suspicion) {
    const { rank, slots, quota, releasable } = facts;
    this.rank = rank;
    this.slots = slots;
    this.quota = quota;
    this.releasable = releasable;
    this.#facts = facts;
    this.#suspicion = suspicion;
  }

  /** From now on it is known what its tasks take. @param pool what the tasks of all engines share. */
  openBooks(pool: SharedPool): void {
    if (this.#books !== undefined) return;
    const { slots, capacity = capacityOf(slots), context, isReserved = false } = this.#facts;
    this.#books = new EngineBooks(capacity, { label: context, isReserved }, pool);
    this.#books.timeLeft = this.#timeLeft;
    for (const assignment of this.held.values()) this.#books.enter(assignment.task.id, demandOf(assignment));
    for (const id of this.#finished) this.#books.release(id);
  }

  /** Seconds until its machine is taken away; it has no end where nobody knows of one. */
  get timeLeft(): number {
    return this.#timeLeft;
  }

  set timeLeft(seconds: number) {
    this.#timeLeft = seconds;
    if (this.#books !== undefined) this.#books.timeLeft = seconds;
  }

  /** Label of its context. */
  get context(): string | undefined {
    return this.#facts.context;
  }

  get isReserved(): boolean {
    return this.#facts.isReserved === true;
  }

  get books(): EngineBooks | undefined {
    return this.#books;
  }

  /** Tasks that have a slot on the engine or wait for one. */
  get unfinished(): number {
    return this.held.size - this.#finished.size;
  }

  /** Whether some of its tasks wait there for others to end. */
  get isOver(): boolean {
    return this.#books === undefined ? this.unfinished > this.slots : this.#books.isOver;
  }

  /** Whether others may have to do something of what the engine holds: what waits for a slot there, or all when it is lost. */
  get mayNeedHelp(): boolean {
    return this.isOver || this.recalled || (this.silent && this.held.size > 0);
  }

  /** Whether a task that is to run alone has the engine. */
  get isTakenByOne(): boolean {
    if (this.#suspects === 0) return false;
    for (const { crashes } of this.held.values()) if (this.#suspicion.runsAlone(crashes)) return true;
    return false;
  }

  /** Whether the engine may be given this suspect, beside what it holds. */
  mayTakeSuspect(suspect: Assignment, ahead: boolean): boolean {
    const { crashes } = suspect;
    if (this.#books === undefined ? this.room(ahead) === 0 : !this.isOpen || !this.fits(demandOf(suspect)))
      return false;
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

  /** Whether the engine takes tasks at all. */
  get isOpen(): boolean {
    return this.#takesTasks() && this.quota.left > 0;
  }

  /** Whether the engine is going to take more tasks as soon as it can. */
  get isAble(): boolean {
    return this.state === "ready" && !this.silent && this.quota.left > 0;
  }

  /** Whether there may be room for what did not fit when this was last asked. */
  takeNews(): boolean {
    const isOpen = this.isOpen;
    const news = isOpen && (this.#hasFreed || !this.#wasOpen);
    this.#wasOpen = isOpen;
    this.#hasFreed = false;
    return news;
  }

  /** Whether an engine that takes tasks can start one that takes this. */
  fits(demand: Demand): boolean {
    return this.quota.left > 0 && this.#books !== undefined && this.#books.fits(demand);
  }

  /** Whether such a task could ever run there. */
  couldRun(demand: Demand): boolean {
    return this.#books === undefined || this.#books.most(demand) > 0;
  }

  /** How many tasks can start there at once; of those that take this, if what tasks take is known. */
  freeSlots(demand: Demand = ONE_SLOT): number {
    if (!this.#takesTasks()) return 0;
    const free = this.#books === undefined ? this.slots - this.unfinished : this.#books.count(demand);
    return Math.max(0, Math.min(free, this.quota.left));
  }

  /** How many more tasks the engine may be given, those ahead of need included; of those that take this, if what tasks take is known. */
  room(ahead: boolean, demand: Demand = ONE_SLOT): number {
    if (!this.#takesTasks()) return 0;
    if (this.#books !== undefined) return this.#roomFor(demand, ahead, this.#books);
    const window = this.slots + (ahead ? this.#ahead(this.slots) : 0);
    return Math.max(0, Math.min(window - this.unfinished, this.quota.left));
  }

  give(assignment: Assignment): void {
    this.held.set(assignment.task.id, assignment);
    if (this.#books !== undefined) this.#books.enter(assignment.task.id, demandOf(assignment));
    if (isSuspect(assignment)) this.#suspects++;
    this.quota.left--;
    this.quota.held++;
  }

  /** Takes note that a task has ended there, in one way or another, so that its slot is free. */
  finish(taskId: number): void {
    if (!this.held.has(taskId) || this.#finished.has(taskId)) return;
    this.#finished.add(taskId);
    this.#books?.release(taskId);
    this.#hasFreed = true;
  }

  /** Takes a task from the engine, which has settled it or gives it back; undefined when it does not hold this id. */
  take(taskId: number, how: "settled" | "returned"): Assignment | undefined {
    const assignment = this.held.get(taskId);
    if (assignment === undefined) return undefined;
    this.held.delete(taskId);
    if (isSuspect(assignment)) this.#suspects--;
    this.#hasFreed = true;
    const wasFinished = this.#finished.delete(taskId);
    this.#books?.strike(taskId, wasFinished);
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
    return this.state === "ready" && !this.recalled && !this.silent && !this.heldBack && !this.isTakenByOne;
  }

  /** @param atATime tasks that run there at the same time. */
  #ahead(atATime: number): number {
    return Math.min(MOST_AHEAD, Math.floor((atATime * AHEAD_SECONDS) / Math.max(this.#meanElapsed, 1e-6)));
  }

  /** Tasks are given ahead of need only where all are alike: the engine starts them in order, and the first would hold up others. */
  #roomFor(demand: Demand, ahead: boolean, books: EngineBooks): number {
    let room = books.count(demand);
    if (ahead && books.hasOnly(demand)) {
      const atATime = books.most(demand);
      const window = atATime + this.#ahead(atATime) - this.unfinished;
      room = Math.max(room, Math.min(window, books.shared(demand)));
    }
    return Math.max(0, Math.min(room, this.quota.left));
  }
}
