import type { Assignment, PerEngineCommand } from "../../domain/task.ts";
import type { AwaitedEngine, EngineReport, SchedulerCommand } from "./commands.ts";
import { EngineLoad } from "./engine-load.ts";
import type { Quota } from "./quota.ts";
import type { Suspicion } from "./suspicion.ts";

/** The engines of a run: who is expected, who is there, and what each of them has been told. */
export class Roster {
  readonly #engines = new Map<number, EngineLoad>();
  readonly #tell: (command: SchedulerCommand) => void;
  readonly #suspicion: Suspicion;
  /** Engines that were started and have not joined yet. */
  #expected = 0;
  #anyStarted = false;

  constructor(suspicion: Suspicion, tell: (command: SchedulerCommand) => void) {
    this.#suspicion = suspicion;
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

  expect(count: number): void {
    this.#expected += count;
    this.#anyStarted = true;
  }

  /** An engine that was expected will not join. */
  missed(): void {
    this.#expected--;
  }

  join(rank: number, slots: number, quota: Quota, releasable: boolean): EngineLoad {
    this.#expected--;
    const engine = new EngineLoad(rank, slots, quota, releasable, this.#suspicion);
    this.#engines.set(rank, engine);
    return engine;
  }

  /** An engine of an earlier driver is out of touch until it calls. */
  restore({ rank, slots, quota, ready, stopping = false, held, releasable, node }: AwaitedEngine): void {
    const engine = new EngineLoad(rank, slots, quota, releasable ?? false, this.#suspicion);
    engine.node = node;
    engine.silent = true;
    if (ready) engine.state = "ready";
    for (const assignment of held) engine.give(assignment);
    if (stopping) {
      engine.state = "dismissed";
      engine.recalled = held.length > 0;
    }
    this.#engines.set(rank, engine);
  }

  /** An engine is gone. @returns what it held, for others. */
  remove(rank: number, how: "left" | "lost"): Assignment[] {
    const engine = this.#engines.get(rank);
    this.#engines.delete(rank);
    return engine?.abandon(how) ?? [];
  }

  /** An engine is heard of again, and says where it stands. What it was told meanwhile is told again. */
  resume(engine: EngineLoad, { welcomed, ready, leaving }: EngineReport): void {
    engine.silent = false;
    if (ready && engine.state === "joined") engine.state = "ready";
    if (!welcomed) engine.admitted = false;
    if (leaving) engine.state = "dismissed";
    else if (engine.state === "dismissed") this.#tellToLeave(engine);
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
    let idle = false;
    for (const engine of this.#engines.values()) idle ||= engine.freeSlots() > 0;
    if (!idle) return;
    for (const engine of this.#engines.values()) if (engine.unfinished > engine.slots) this.recall(engine);
  }

  /**
   * Lets engines that others could use leave when they have nothing to run, now that there is nothing to assign any more.
   * None leaves while an engine may need help.
   */
  releaseIdle(): void {
    for (const engine of this.#engines.values()) if (engine.mayNeedHelp) return;
    for (const engine of this.#engines.values()) {
      if (engine.releasable && engine.state === "ready" && engine.held.size === 0) this.dismiss(engine);
    }
  }

  /** How many tasks could be taken now; undefined when nobody takes any, nor is going to. */
  room(ahead: boolean): number | undefined {
    let room = 0;
    let anyTakes = this.#expected > 0;
    for (const engine of this.#engines.values()) {
      room += engine.room(ahead);
      anyTakes ||= engine.state !== "dismissed";
    }
    return anyTakes ? room : undefined;
  }

  #tellToLeave({ rank, drainTimeout }: EngineLoad): void {
    const within = drainTimeout === undefined ? {} : { within: drainTimeout };
    this.#tell({ type: "dismiss", engine: rank, ...within });
  }
}
