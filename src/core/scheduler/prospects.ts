import type { Backlog } from "./backlog.ts";
import type { SchedulerCommand } from "./commands.ts";
import { counted, type Demand, demandOf, describeDemand, describeParts, PARTS } from "./demand.ts";
import type { EngineLoad } from "./engine-load.ts";
import { limitText } from "../../domain/limits.ts";
import { exactSize, roundSize } from "../../domain/terms/amounts.ts";
import type { Roster } from "./roster.ts";
import type { SharedPool } from "./shared-pool.ts";
import type { TaskQueue, WaitingTasks } from "./waiting-tasks.ts";

/** Why no engine could run a task. */
interface Lack {
  /** The same for all tasks of which one need be told. */
  readonly kind: string;
  /** For people: `needs 64 cores; the largest engine has 8`. */
  readonly why: string;
}

/** What becomes of tasks that no engine of the run could run, however much of it were free. */
export class Prospects {
  readonly #backlog: Backlog;
  readonly #roster: Roster;
  readonly #pool: SharedPool;
  readonly #waits: boolean;
  readonly #tell: (command: SchedulerCommand) => void;
  /** Kinds of lacks that have been told of. */
  readonly #told = new Set<string>();
  #seen = -1;

  /** @param waits whether such a task waits for an engine that may be added. */
  constructor(
    backlog: Backlog,
    roster: Roster,
    pool: SharedPool,
    waits: boolean,
    tell: (command: SchedulerCommand) => void,
  ) {
    this.#backlog = backlog;
    this.#roster = roster;
    this.#pool = pool;
    this.#waits = waits;
    this.#tell = tell;
  }

  /** Whether an engine could run what takes this, or may join that can: as long as engines are expected, nobody knows. */
  couldRun(demand: Demand): boolean {
    if (this.#pool.lacking(demand) !== undefined) return false;
    if (this.#roster.expected > 0 || this.#waits) return true;
    const engines = this.#roster.staying();
    return engines.length === 0 || engines.some((engine) => engine.couldRun(demand));
  }

  /** Looks at tasks that are new, and at all of them when engines have come or gone. @returns how many have been settled. */
  sortOut(): number {
    const { waiting } = this.#backlog;
    if (waiting === undefined) return 0;
    const isNews = this.#seen !== this.#roster.changes;
    const fresh = waiting.takeNew();
    if (!isNews && fresh.length === 0) return 0;
    this.#seen = this.#roster.changes;
    const engines = this.#roster.staying();
    let settled = 0;
    for (const queue of isNews ? [...waiting.order, ...waiting.aside] : fresh)
      settled += this.#see(waiting, queue, engines);
    if (isNews && this.#backlog.hasSuspect) settled += this.#seeSuspects(engines);
    return settled;
  }

  #see(waiting: WaitingTasks, queue: TaskQueue, engines: readonly EngineLoad[]): number {
    if (queue.first === undefined) return 0;
    const lack = this.#lackOf(queue.demand, engines);
    if (lack === undefined) {
      if (queue.isAside) waiting.takeUp(queue);
      return 0;
    }
    const isFinal = this.#pool.lacking(queue.demand) !== undefined || (this.#roster.expected === 0 && !this.#waits);
    if (isFinal || this.#roster.expected === 0) this.#tellOnce(queue.first.task.id, lack, !isFinal);
    if (!isFinal) {
      if (!queue.isAside) waiting.setAside(queue);
      return 0;
    }
    const unmet = waiting.drop(queue);
    for (const assignment of unmet) this.#tell({ type: "settle-unmet", assignment, why: lack.why });
    return unmet.length;
  }

  #seeSuspects(engines: readonly EngineLoad[]): number {
    if (this.#roster.expected > 0 || this.#waits) return 0;
    const unmet = this.#backlog.dropSuspects((suspect) => this.#lackOf(demandOf(suspect), engines) !== undefined);
    for (const assignment of unmet) {
      const lack = this.#lackOf(demandOf(assignment), engines);
      this.#tell({ type: "settle-unmet", assignment, why: lack?.why ?? "" });
    }
    return unmet.length;
  }

  /** One line for all that lack the same: there may be a million of them. */
  #tellOnce(taskId: number, { kind, why }: Lack, waits: boolean): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#tell({ type: "tell-unmet", taskId, why, waits });
  }

  /** @param engines those that stay; without any nobody knows. */
  #lackOf(demand: Demand, engines: readonly EngineLoad[]): Lack | undefined {
    const shared = this.#pool.lacking(demand);
    if (shared !== undefined) {
      const need = demand.named.find(({ name }) => name === shared)?.amount ?? 0;
      const [needs, has] = [describeParts(need), describeParts(this.#pool.total(shared))];
      return { kind: `run ${shared} ${has}`, why: `needs ${shared}=${needs}; the run has ${has}` };
    }
    if (engines.length === 0 || engines.some((engine) => engine.couldRun(demand))) return undefined;
    return lackOfAll(demand, engines, this.#pool);
  }
}

/** What none of these engines has enough of. */
function lackOfAll(demand: Demand, engines: readonly EngineLoad[], pool: SharedPool): Lack {
  const { context } = demand;
  const there = context === undefined ? engines : engines.filter((engine) => engine.context === context);
  if (there.length === 0)
    return { kind: `context ${context}`, why: `may run in context ${context} only, of which there is no engine` };
  if (context === undefined && there.every(({ isReserved }) => isReserved))
    return { kind: "no context", why: "names no context, and all engines that there are only take tasks that do" };
  const longest = Math.max(...there.map(({ timeLeft }) => timeLeft));
  if (longest < demand.minTime) {
    const why = `needs ${limitText(demand.minTime)}; the most that is left to an engine is ${Math.floor(longest)} s`;
    return { kind: `time ${demand.minTime}`, why };
  }
  const where = context === undefined ? "" : ` of context ${context}`;
  for (const { what, amount, words } of needsOf(demand, pool)) {
    const most = Math.max(...there.map((engine) => engine.books?.total(what) ?? 0));
    if (most >= amount) continue;
    const isClose = words(most) === words(amount);
    const [needed, held] =
      isClose && what === "memory" ? [exactSize(amount), exactSize(most)] : [words(amount), words(most)];
    const has = most === 0 && what !== "cores" ? `no engine${where} has any` : `the largest engine${where} has ${held}`;
    return { kind: `${what} ${most} ${where}`, why: `needs ${needed}${unitOf(what)}; ${has}` };
  }
  return { kind: `together ${where}`, why: `needs ${describeDemand(demand)}; no engine has all of that` };
}

interface Need {
  readonly what: string;
  readonly amount: number;
  readonly words: (amount: number) => string;
}

function needsOf({ cores, memory, gpus, named }: Demand, pool: SharedPool): Need[] {
  return [
    { what: "cores", amount: cores, words: (amount) => counted(amount / PARTS, "core") },
    { what: "memory", amount: memory, words: (amount) => roundSize(amount) },
    { what: "gpus", amount: gpus, words: (amount) => counted(amount, "GPU") },
    ...named
      .filter(({ name }) => !pool.has(name))
      .map(({ name, amount }) => ({ what: name, amount, words: (parts: number) => `${name}=${describeParts(parts)}` })),
  ];
}

function unitOf(what: string): string {
  return what === "memory" ? " of memory" : "";
}
