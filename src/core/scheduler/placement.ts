import type { Assignment } from "../../domain/task.ts";
import type { Backlog } from "./backlog.ts";
import { type Demand, demandOf } from "./demand.ts";
import { Batches, distribute, giveSuspects, withoutReserved } from "./distribute.ts";
import type { EngineLoad } from "./engine-load.ts";
import type { Roster } from "./roster.ts";
import type { SharedPool } from "./shared-pool.ts";
import type { Suspicion } from "./suspicion.ts";
import type { WaitingTasks } from "./waiting-tasks.ts";

/** More than any engine has, in hundredths: an engine without GPUs comes before one with them. */
const MANY_CORES = 1e9;

/** What is kept for a task that fits nowhere yet. */
interface Reservation {
  readonly demand: Demand;
  /** Undefined while the run itself lacks something for the task: till then no engine is kept free. */
  readonly engine: EngineLoad | undefined;
}

/**
 * Chooses engines for tasks. As long as all tasks are alike they are spread over the engines, and some are given ahead of need. Where
 * they differ, each goes where it leaves least free:
 *
 * - Tasks are looked at in order: the higher priority first, then the order of the source. Each one is started that fits.
 * - For the first one that fits nowhere an engine is kept free, the one that lacks least for it. Tasks that take nothing of what it
 *   needs may still start there. It starts when enough has ended there, or sooner elsewhere; then the next one has its turn. So
 *   each one starts at last, and no more than one engine is kept waiting.
 * - Tasks that take the same stand in one queue. What did not fit before fits only where something has become free, so only such
 *   engines are looked at, but for queues that are new.
 */
export class Placement {
  readonly #backlog: Backlog;
  readonly #roster: Roster;
  readonly #suspicion: Suspicion;
  readonly #pool: SharedPool;
  #reserved: Reservation | undefined;
  /** Whether any engine may have room for what did not fit before. */
  #isAllNews = true;

  constructor(backlog: Backlog, roster: Roster, suspicion: Suspicion, pool: SharedPool) {
    this.#backlog = backlog;
    this.#roster = roster;
    this.#suspicion = suspicion;
    this.#pool = pool;
  }

  /** What engines are given now; they hold it from now on. @param ahead whether tasks may be given ahead of need. */
  distribute(ahead: boolean): ReadonlyMap<EngineLoad, Assignment[]> {
    const { all } = this.#roster;
    const waiting = this.#backlog.waiting;
    if (waiting === undefined) return distribute(this.#backlog, all, this.#suspicion, ahead);
    const common = this.#backlog.hasSuspect ? undefined : waiting.commonDemand;
    if (common === undefined) return this.#place(waiting);
    this.#reserved = undefined;
    this.#isAllNews = true;
    return distribute(this.#backlog, all, this.#suspicion, ahead, common);
  }

  #place(waiting: WaitingTasks): Batches["byEngine"] {
    const batches = new Batches();
    const open: EngineLoad[] = [];
    const news: EngineLoad[] = [];
    for (const engine of this.#roster.all) {
      const isNews = engine.takeNews();
      if (!engine.isOpen) continue;
      open.push(engine);
      if (isNews) news.push(engine);
    }
    const { elsewhere } = this.#backlog;
    const fits = (engine: EngineLoad, of: Demand): boolean => engine.isOpen && engine.fits(of);
    if (elsewhere.size > 0) elsewhere.distribute(open, fits, (engine, assignment) => batches.give(engine, assignment));
    const isAllNews = this.#isAllNews;
    this.#isAllNews = this.#backlog.hasSuspect;
    if (this.#reserved?.engine !== undefined && !open.includes(this.#reserved.engine)) this.#reserved = undefined;
    if (this.#backlog.hasSuspect) this.#placeWithSuspects(waiting, open, batches);
    else this.#walk(waiting, open, isAllNews ? [...open] : news, false, batches);
    this.#pool.hasNews = false;
    return batches.byEngine;
  }

  /** Suspects come first, and what they need is kept for them. */
  #placeWithSuspects(waiting: WaitingTasks, able: readonly EngineLoad[], batches: Batches): void {
    const emptiestFirst = able.toSorted((a, b) => b.freeSlots() - a.freeSlots());
    giveSuspects(this.#backlog, emptiestFirst, false, (engine, assignment) => batches.give(engine, assignment));
    // One that runs alone has its engine for itself.
    const open = able.filter((engine) => engine.isOpen);
    const suspect = this.#backlog.firstSuspect;
    // Any engine may have been passed over for suspects before.
    if (suspect === undefined) return this.#walk(waiting, [...open], [...open], false, batches);
    const demand = demandOf(suspect);
    if (this.#suspicion.runsAlone(suspect.crashes)) {
      const others = withoutReserved(emptiestFirst, demand).filter((engine) => engine.isOpen);
      return this.#walk(waiting, others, [...others], false, batches);
    }
    const lacksRoom = !open.some((engine) => engine.fits(demand));
    if (lacksRoom) this.#reserve(demand, open);
    this.#walk(waiting, open, [...open], lacksRoom, batches);
  }

  /**
   * Goes through all queues once, in order.
   *
   * @param open engines that take tasks.
   * @param news those of them where something has become free.
   * @param isKept something is kept already, for a task that comes before all of these.
   */
  #walk(
    waiting: WaitingTasks,
    open: readonly EngineLoad[],
    news: EngineLoad[],
    isKept: boolean,
    batches: Batches,
  ): void {
    const { order } = waiting;
    const { hasNews } = this.#pool;
    let hasHead = isKept;
    let index = 0;
    for (let queue = order[0]; queue !== undefined; queue = order[index]) {
      const { demand } = queue;
      const isHead = !hasHead && this.#couldKeepFor(demand, open);
      if (isHead && this.#reserved !== undefined && this.#reserved.demand !== demand) this.#letGo(news);
      const isNew = queue.isFresh || (hasNews && this.#pool.isUsedBy(demand));
      const engine = this.#tightest(demand, isNew ? open : news, isHead);
      if (engine === undefined) {
        queue.isFresh = false;
        if (isHead) this.#reserve(demand, open);
        hasHead ||= isHead;
        index++;
        continue;
      }
      const assignment = waiting.take(index);
      if (assignment !== undefined) batches.give(engine, assignment);
      if (isHead) this.#letGo(news);
    }
    if (!hasHead) this.#reserved = undefined;
  }

  /** The engine that has room for such a task and least room beside it; of those without GPUs, for a task that needs none. */
  #tightest(demand: Demand, engines: readonly EngineLoad[], isHead: boolean): EngineLoad | undefined {
    const kept = isHead ? undefined : this.#reserved;
    let best: EngineLoad | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const engine of engines) {
      if (!engine.fits(demand) || engine.books === undefined) continue;
      if (kept !== undefined && !this.#isLeftBy(demand, engine, kept)) continue;
      const { freeCores, hasGpus } = engine.books;
      const room = hasGpus && demand.gpus === 0 ? freeCores + MANY_CORES : freeCores;
      if (room >= least) continue;
      best = engine;
      least = room;
    }
    return best;
  }

  /** Whether a task may start on this engine without taking what is kept for another. */
  #isLeftBy(demand: Demand, engine: EngineLoad, kept: Reservation): boolean {
    if (demand.named.length > 0 && this.#pool.count(demand, kept.demand) < 1) return false;
    return kept.engine !== engine || engine.books?.fitsBeside(demand, kept.demand) === true;
  }

  /** Whether it makes sense to keep something for such a task: otherwise what comes after it is next. */
  #couldKeepFor(demand: Demand, open: readonly EngineLoad[]): boolean {
    return this.#reserved?.demand === demand || open.some((engine) => engine.couldRun(demand));
  }

  /** Keeps something for a task that does not fit anywhere. What is kept already stays the same. */
  #reserve(demand: Demand, open: readonly EngineLoad[]): void {
    if (this.#reserved?.demand === demand && this.#reserved.engine !== undefined) return;
    let engine: EngineLoad | undefined;
    let least = Number.POSITIVE_INFINITY;
    if (this.#pool.count(demand) >= 1) {
      for (const candidate of open) {
        const shortage = candidate.couldRun(demand) ? candidate.books?.shortage(demand) : undefined;
        if (shortage === undefined || shortage >= least) continue;
        engine = candidate;
        least = shortage;
      }
    }
    this.#reserved = { demand, engine };
  }

  /** Nothing is kept any more, and others may have it. */
  #letGo(news: EngineLoad[]): void {
    const engine = this.#reserved?.engine;
    if (engine !== undefined && !news.includes(engine)) news.push(engine);
    this.#reserved = undefined;
  }
}
