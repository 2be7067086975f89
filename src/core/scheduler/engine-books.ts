import type { EngineCapacity } from "../../domain/engine.ts";
import { type Demand, ONE_SLOT, partsOf } from "./demand.ts";
import { amountOf, type SharedPool } from "./shared-pool.ts";

/** An engine of which nothing is known but its slots. */
export function capacityOf(slots: number): EngineCapacity {
  return { cores: slots, coresPerSlot: 1, gpus: 0, named: {}, mostTasks: slots };
}

/** The context of an engine: its label, and whether only tasks that name it may run there. */
interface BooksContext {
  readonly label: string | undefined;
  readonly isReserved: boolean;
}

/**
 * What the tasks of one engine take, and what is left. More may be taken than there is: by tasks that were given ahead of need, and by
 * those of an engine that has come back with less than it had.
 */
export class EngineBooks {
  readonly #capacity: EngineCapacity;
  readonly #context: BooksContext;
  readonly #pool: SharedPool;
  /** Seconds until its machine is taken away; it has no end where nobody knows of one. */
  timeLeft = Number.POSITIVE_INFINITY;
  /** Hundredths of cores that a task takes which says nothing of them. */
  readonly #slot: number;
  readonly #allCores: number;
  readonly #allMemory: number;
  /** What is left. Cores in hundredths, memory in bytes; it has no end where nobody knows how much there is. */
  #cores: number;
  #memory: number;
  #gpus: number;
  #tasks: number;
  /** Hundredths, of what is taken at all. */
  readonly #namedTaken = new Map<string, number>();
  /** What tasks take, by their ids, and how many take the same. */
  readonly #demands = new Map<number, Demand>();
  readonly #kinds = new Map<Demand, number>();
  #last = ONE_SLOT;

  constructor(capacity: EngineCapacity, context: BooksContext, pool: SharedPool) {
    this.#capacity = capacity;
    this.#context = context;
    this.#pool = pool;
    this.#slot = partsOf(capacity.coresPerSlot);
    this.#allCores = partsOf(capacity.cores);
    this.#allMemory = capacity.memory ?? Number.POSITIVE_INFINITY;
    this.#cores = this.#allCores;
    this.#memory = this.#allMemory;
    this.#gpus = capacity.gpus;
    this.#tasks = capacity.mostTasks;
  }

  /** Cores that nothing runs on, in hundredths. */
  get freeCores(): number {
    return this.#cores;
  }

  get hasGpus(): boolean {
    return this.#capacity.gpus > 0;
  }

  get knowsMemory(): boolean {
    return this.#capacity.memory !== undefined;
  }

  /** Whether tasks have been given to the engine that wait for others there. */
  get isOver(): boolean {
    if (this.#cores < 0 || this.#memory < 0 || this.#gpus < 0 || this.#tasks < 0) return true;
    for (const [name, taken] of this.#namedTaken) if (taken > this.#namedTotal(name)) return true;
    return false;
  }

  /** Whether the task can be started now. */
  fits(demand: Demand): boolean {
    return (
      (demand.cores === 0 ? this.#slot : demand.cores) <= this.#cores &&
      demand.memory <= this.#memory &&
      this.#tasks >= 1 &&
      (demand.gpus === 0 || demand.gpus <= this.#gpus) &&
      this.#isHere(demand) &&
      (demand.named.length === 0 || this.count(demand) >= 1)
    );
  }

  /** Whether the task can be started now and takes nothing that the other one needs, for which the engine is kept free. */
  fitsBeside(demand: Demand, kept: Demand): boolean {
    if (this.#cores - this.#coresOf(demand) < this.#coresOf(kept) || this.#tasks < 2) return false;
    if (demand.memory > 0 && this.#memory - demand.memory < kept.memory) return false;
    if (demand.gpus > 0 && this.#gpus - demand.gpus < kept.gpus) return false;
    return demand.named.every(
      ({ name, amount }) => this.#pool.has(name) || this.#namedFree(name) - amount >= amountOf(kept, name),
    );
  }

  /** How many such tasks can be started now. */
  count(demand: Demand): number {
    if (!this.#isHere(demand)) return 0;
    let most = Math.min(this.#tasks, Math.floor(this.#cores / this.#coresOf(demand)), this.#pool.count(demand));
    if (demand.memory > 0) most = Math.min(most, Math.floor(this.#memory / demand.memory));
    if (demand.gpus > 0) most = Math.min(most, Math.floor(this.#gpus / demand.gpus));
    for (const { name, amount } of demand.named) {
      if (!this.#pool.has(name)) most = Math.min(most, Math.floor(this.#namedFree(name) / amount));
    }
    return Math.max(0, most);
  }

  /** How many such tasks the engine runs at a time when it has nothing else; 0 when it can never run one. */
  most(demand: Demand): number {
    if (!this.#isHere(demand)) return 0;
    const { mostTasks, gpus } = this.#capacity;
    let most = Math.min(mostTasks, Math.floor(this.#allCores / this.#coresOf(demand)));
    if (demand.memory > 0) most = Math.min(most, Math.floor(this.#allMemory / demand.memory));
    if (demand.gpus > 0) most = Math.min(most, Math.floor(gpus / demand.gpus));
    for (const { name, amount } of demand.named) {
      if (!this.#pool.has(name)) most = Math.min(most, Math.floor(this.#namedTotal(name) / amount));
    }
    return most;
  }

  /** How many such tasks the resources of the run are enough for now. */
  shared(demand: Demand): number {
    return demand.named.length === 0 ? Number.POSITIVE_INFINITY : this.#pool.count(demand);
  }

  /** How much is missing that has to become free before the task can be started, as a share of what it needs: 0 to 1, or more. */
  shortage(demand: Demand): number {
    const cores = this.#coresOf(demand);
    let missing = Math.max((cores - this.#cores) / cores, 1 - this.#tasks, 0);
    if (demand.memory > 0) missing = Math.max(missing, (demand.memory - this.#memory) / demand.memory);
    if (demand.gpus > 0) missing = Math.max(missing, (demand.gpus - this.#gpus) / demand.gpus);
    for (const { name, amount } of demand.named) {
      if (!this.#pool.has(name)) missing = Math.max(missing, (amount - this.#namedFree(name)) / amount);
    }
    return missing;
  }

  /** How much the engine has in all of what can be named: `cores` in hundredths, `memory` in bytes, `gpus`, or a resource, in hundredths. */
  total(what: string): number {
    if (what === "cores") return this.#allCores;
    if (what === "memory") return this.#allMemory;
    return what === "gpus" ? this.#capacity.gpus : this.#namedTotal(what);
  }

  /** How much of the same is left; below 0 where more is taken than there is. Of what the run shares, what is left of that. */
  left(what: string): number {
    if (what === "cores") return this.#cores;
    if (what === "memory") return this.#memory;
    if (what === "gpus") return this.#gpus;
    return this.#pool.has(what) ? this.#pool.free(what) : this.#namedFree(what);
  }

  /** The engine is given the task. */
  enter(taskId: number, demand: Demand): void {
    this.#demands.set(taskId, demand);
    this.#kinds.set(demand, (this.#kinds.get(demand) ?? 0) + 1);
    this.#last = demand;
    this.#change(demand, -1);
    this.#pool.take(demand);
  }

  /** The task has ended there, and what it took is free. */
  release(taskId: number): void {
    const demand = this.#demands.get(taskId);
    if (demand === undefined) return;
    this.#change(demand, 1);
    this.#pool.giveBack(demand);
  }

  /** The engine does not have the task any more. @param isReleased what it took is free already. */
  strike(taskId: number, isReleased: boolean): void {
    const demand = this.#demands.get(taskId);
    if (demand === undefined) return;
    if (!isReleased) this.release(taskId);
    this.#demands.delete(taskId);
    const alike = (this.#kinds.get(demand) ?? 0) - 1;
    if (alike > 0) this.#kinds.set(demand, alike);
    else this.#kinds.delete(demand);
  }

  /** Whether all tasks that the engine has take this. */
  hasOnly(demand: Demand): boolean {
    return this.#kinds.size === 0 || (this.#kinds.size === 1 && this.#kinds.has(demand));
  }

  /** What the task takes that came last. */
  get lastDemand(): Demand {
    return this.#last;
  }

  #change(demand: Demand, sign: 1 | -1): void {
    this.#tasks += sign;
    this.#cores += sign * this.#coresOf(demand);
    this.#memory += sign * demand.memory;
    this.#gpus += sign * demand.gpus;
    for (const { name, amount } of demand.named) {
      if (!this.#pool.has(name)) this.#namedTaken.set(name, (this.#namedTaken.get(name) ?? 0) - sign * amount);
    }
  }

  #isHere({ context, minTime }: Demand): boolean {
    const { label, isReserved } = this.#context;
    return (context === undefined ? !isReserved : context === label) && minTime <= this.timeLeft;
  }

  #coresOf({ cores }: Demand): number {
    return cores === 0 ? this.#slot : cores;
  }

  #namedTotal(name: string): number {
    return partsOf(this.#capacity.named[name] ?? 0);
  }

  #namedFree(name: string): number {
    return this.#namedTotal(name) - (this.#namedTaken.get(name) ?? 0);
  }
}
