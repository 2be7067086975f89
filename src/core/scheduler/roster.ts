import type { Assignment, PerEngineCommand } from "../../domain/task.ts";
import type { AwaitedEngine, EngineReport, SchedulerCommand } from "./commands.ts";
import { type Demand, isParticular } from "./demand.ts";
import { type EngineFacts, EngineLoad } from "./engine-load.ts";
import type { SharedPool } from "./shared-pool.ts";
import type { Suspicion } from "./suspicion.ts";

/** The engines of a run: who is expected, who is there, and what each of them has been told. */
export class Roster {
  readonly #engines = new Map<number, EngineLoad>();
  readonly #tell: (command: SchedulerCommand) => void;
  readonly #suspicion: Suspicion;
  /** Engines that were started and have not joined yet. */
  #expected = 0;
  #anyStarted = false;
  readonly #pool: SharedPool;
  /** Whether it is known what the tasks of each engine take. */
  #keepsBooks = false;
  /** Raised whenever engines come or go, so that others could be run than before. */
  changes = 0;

  constructor(suspicion: Suspicion, pool: SharedPool, tell: (command: SchedulerCommand) => void) {
    this.#suspicion = suspicion;
    this.#pool = pool;
    this.#tell = tell;
  }

  get(rank: number): EngineLoad | undefined {
    return this.#engines.get(rank);
  }

  get all(): Iterable<EngineLoad> {
    return this.#engines.values();
  }

  get size(): number {
    return this.#engines.size;
  }

  /** Tasks that engines hold. */
  get live(): number {
    let live = 0;
    for (const engine of this.#engines.values()) live += engine.held.size;
    return live;
  }

  /** Who holds this task. */
  holderOf(taskId: number): EngineLoad | undefined {
    for (const engine of this.#engines.values()) if (engine.held.has(taskId)) return engine;
    return undefined;
  }

  /** Whether another engine than this one takes tasks, or is about to. */
  hasOther(engine: EngineLoad): boolean {
    for (const other of this.#engines.values()) if (other !== engine && other.mayTake) return true;
    return false;
  }

  /** Whether engines were started, and none of them is there or on its way. */
  get isDeserted(): boolean {
    return this.#anyStarted && this.#expected === 0 && this.#engines.size === 0;
  }

  /** Whether all engines that were started are there and have run their start commands. */
  get isReady(): boolean {
    if (!this.#anyStarted || this.#expected > 0) return false;
    for (const engine of this.#engines.values()) if (engine.state === "joined") return false;
    return true;
  }

  /** How many engines were started and have not joined yet: nobody knows what those have. */
  get expected(): number {
    return this.#expected;
  }

  /** Engines that are there and are not to leave. */
  staying(): EngineLoad[] {
    return [...this.#engines.values()].filter((engine) => engine.state !== "dismissed");
  }

  get keepsBooks(): boolean {
    return this.#keepsBooks;
  }

  /** From now on it is known what the tasks of each engine take. */
  openBooks(): void {
    if (this.#keepsBooks) return;
    this.#keepsBooks = true;
    for (const engine of this.#engines.values()) engine.openBooks(this.#pool);
  }

  expect(count: number): void {
    this.#expected += count;
    this.#anyStarted = true;
  }

  /** An engine that was expected will not join. */
  missed(): void {
    this.#expected--;
    this.changes++;
  }

  join(facts: EngineFacts): EngineLoad {
    this.#expected--;
    return this.#add(facts);
  }

  #add(facts: EngineFacts): EngineLoad {
    const engine = new EngineLoad(facts, this.#suspicion);
    if (this.#keepsBooks) engine.openBooks(this.#pool);
    this.#engines.set(facts.rank, engine);
    this.changes++;
    return engine;
  }

  /** An engine of an earlier driver is out of touch until it calls. */
  restore({ rank, slots, quota, ready, stopping = false, held, releasable = false, ...what }: AwaitedEngine): void {
    const { context, capacity, isReserved } = what;
    if (isReserved === true) this.openBooks();
    const engine = this.#add({ rank, slots, quota, releasable, context, capacity, isReserved });
    engine.node = what.node;
    engine.silent = true;
    if (ready) engine.state = "ready";
    for (const assignment of held) {
      if (isParticular(assignment.task.terms)) this.openBooks();
      engine.give(assignment);
    }
    if (stopping) {
      engine.state = "dismissed";
      engine.recalled = held.length > 0;
    }
  }

  /** An engine is gone. @returns what it held, for others. */
  remove(rank: number, how: "left" | "lost"): Assignment[] {
    const engine = this.#engines.get(rank);
    this.#engines.delete(rank);
    this.changes++;
    return engine?.abandon(how) ?? [];
  }

  /** An engine is heard of again, and says where it stands. What it was told meanwhile is told again. */
  resume(engine: EngineLoad, { welcomed, ready, leaving }: EngineReport): void {
    engine.silent = false;
    if (ready && engine.state === "joined") engine.state = "ready";
    if (!welcomed) engine.admitted = false;
    if (leaving) {
      engine.state = "dismissed";
      this.changes++;
    } else if (engine.state === "dismissed") this.#tellToLeave(engine);
    if (engine.recalled) this.#tell({ type: "recall", engine: engine.rank });
  }

  /** Lets all engines begin that have not begun. */
  admit(commands: Readonly<Record<PerEngineCommand["when"], readonly PerEngineCommand[]>>): void {
    for (const engine of this.#engines.values()) {
      if (engine.admitted || engine.silent || engine.state === "dismissed") continue;
      engine.admitted = true;
      this.#tell({ type: "admit", engine: engine.rank, ...commands });
    }
  }

  /** The engine is to start nothing more and to leave; see `Scheduler.stopEngine`. */
  stop(engine: EngineLoad, within: number | undefined): void {
    if (engine.state === "dismissed" && within === undefined) return;
    if (engine.state !== "dismissed" && engine.held.size > 0) this.recall(engine);
    engine.drainTimeout = within;
    engine.state = "dismissed";
    this.changes++;
    this.#tellToLeave(engine);
  }

  recall(engine: EngineLoad): void {
    if (engine.recalled) return;
    engine.recalled = true;
    this.#tell({ type: "recall", engine: engine.rank });
  }

  recallAll(): void {
    for (const engine of this.#engines.values()) if (engine.held.size > 0) this.recall(engine);
  }

  dismiss(engine: EngineLoad): void {
    if (engine.state === "dismissed") return;
    engine.state = "dismissed";
    this.changes++;
    this.#tellToLeave(engine);
  }

  dismissAll(): void {
    for (const engine of this.#engines.values()) this.dismiss(engine);
  }

  /** Engines that may take no more tasks. */
  dismissUsedUp(): void {
    for (const engine of this.#engines.values()) if (engine.quota.isUsedUp) this.dismiss(engine);
  }

  terminate({ rank }: EngineLoad): void {
    this.#tell({ type: "terminate", engine: rank });
  }

  terminateAll(): void {
    for (const engine of this.#engines.values()) this.terminate(engine);
  }

  /** When a slot is idle, tasks that were given ahead to another engine are called back for it. */
  balance(): void {
    if (this.#engines.size < 2) return;
    if (this.#keepsBooks) return this.#balanceByBooks();
    let idle = false;
    for (const engine of this.#engines.values()) idle ||= engine.freeSlots() > 0;
    if (!idle) return;
    for (const engine of this.#engines.values()) if (engine.isOver) this.recall(engine);
  }

  /** Nobody could do anything with what is called back unless it fits there. */
  #balanceByBooks(): void {
    for (const engine of this.#engines.values()) {
      if (!engine.isOver || engine.books === undefined) continue;
      const { lastDemand } = engine.books;
      for (const other of this.#engines.values()) {
        if (other.freeSlots(lastDemand) === 0) continue;
        this.recall(engine);
        break;
      }
    }
  }

  /**
   * Lets engines that others could use leave when they have nothing to run, now that there is nothing to assign to them any more.
   * None leaves while an engine may need help.
   *
   * @param mayUse whether something waits that the engine could run.
   */
  releaseIdle(mayUse: (engine: EngineLoad) => boolean): void {
    for (const engine of this.#engines.values()) if (engine.mayNeedHelp) return;
    for (const engine of this.#engines.values()) {
      const isIdle = engine.releasable && engine.state === "ready" && engine.held.size === 0;
      if (isIdle && !mayUse(engine)) this.dismiss(engine);
    }
  }

  /** How many tasks could be taken now, of those that take this; undefined when nobody takes any, nor is going to. */
  room(ahead: boolean, demand: Demand | undefined): number | undefined {
    let room = 0;
    let anyTakes = this.#expected > 0;
    for (const engine of this.#engines.values()) {
      room += engine.room(ahead, demand);
      anyTakes ||= engine.state !== "dismissed";
    }
    return anyTakes ? room : undefined;
  }

  #tellToLeave({ rank, drainTimeout }: EngineLoad): void {
    const within = drainTimeout === undefined ? {} : { within: drainTimeout };
    this.#tell({ type: "dismiss", engine: rank, ...within });
  }
}
