import type { EngineCapacity } from "../../../../src/domain/engine.ts";
import type { RunEnd } from "../../../../src/domain/events.ts";
import type { Assignment, StreamItem, Task } from "../../../../src/domain/task.ts";
import { type TaskTerms, termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import type { SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";
import { Quota } from "../../../../src/core/scheduler/quota.ts";
import { Scheduler, type SchedulerOptions } from "../../../../src/core/scheduler/scheduler.ts";

/** Seconds that tasks take, unless a test says otherwise: nothing is given ahead of need. */
const AN_HOUR = 3600;

export interface NeedsEngine {
  readonly slots: number;
  readonly capacity?: Partial<EngineCapacity>;
  readonly context?: string;
  /** Only tasks that name its context may run there. */
  readonly isReserved?: boolean;
  readonly quota?: number;
  readonly releasable?: boolean;
  /** Seconds until its machine is taken away. */
  readonly timeLeft?: number;
}

/** An engine as the test knows it, with tasks in the order in which it was given them. */
interface Pretended {
  readonly capacity: EngineCapacity;
  readonly context: string | undefined;
  readonly isReserved: boolean;
  readonly held: Map<number, Assignment>;
  /** Ids of those that have ended and are not settled. */
  readonly ended: Set<number>;
  isReady: boolean;
  isLeaving: boolean;
  isRecalled: boolean;
  timeLeft: number;
  isHeldBack: boolean;
}

/** A task with terms. */
export function needing(id: number, terms: string): Task {
  return {
    kind: "task",
    id,
    line: id + 1,
    repeatIndex: -1,
    command: `task ${id}`,
    terms: terms === "" ? undefined : termsOfText(terms),
  };
}

export function plain(id: number): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command: `task ${id}` };
}

export function barrierAt(id: number): StreamItem {
  return { kind: "barrier", id, line: id + 1, check: false, text: "#DISBATCH BARRIER" };
}

/**
 * A run of engines with capacities. The source answers at once, and the engines do what the test says. After each step it checks by
 * sums of its own that nothing is over, and that the first task that waits fits nowhere.
 */
export class NeedsRun {
  readonly scheduler: Scheduler;
  readonly engines = new Map<number, Pretended>();
  /** Ids of tasks as they were given out, and as they had their outcomes. */
  readonly given: number[] = [];
  readonly done: number[] = [];
  readonly unmet: number[] = [];
  readonly told: Extract<SchedulerCommand, { type: "tell-unmet" }>[] = [];
  readonly elapsed: number;
  end: RunEnd | undefined;
  readonly #items: StreamItem[];
  readonly #first: readonly NeedsEngine[];
  readonly #pool: Readonly<Record<string, number>>;
  /** What the scheduler knows of and no engine holds, in the order of the source. */
  readonly known = new Map<number, Assignment>();
  #nextRank = 0;
  readonly #commands: SchedulerCommand[] = [];
  #isObeying = false;
  #anySuspect = false;
  /** What the scheduler has been given, from the next barrier on. */
  readonly #pulled: StreamItem[] = [];

  constructor(
    items: readonly StreamItem[],
    engines: readonly NeedsEngine[],
    options: Partial<SchedulerOptions> & { readonly elapsed?: number } = {},
  ) {
    this.#items = [...items];
    this.#first = engines;
    this.#pool = options.runResources ?? {};
    this.elapsed = options.elapsed ?? AN_HOUR;
    this.scheduler = new Scheduler({ ...options });
    this.#obey(this.scheduler.start());
    this.check();
  }

  /** Tasks that run, each with its engine. */
  running(): readonly (readonly [rank: number, id: number])[] {
    return [...this.engines].flatMap(([rank, { held, ended }]) =>
      [...held.keys()].filter((id) => !ended.has(id)).map((id) => [rank, id] as const),
    );
  }

  /** Ids of tasks that this engine has. */
  on(rank: number): number[] {
    return [...(this.engines.get(rank)?.held.keys() ?? [])];
  }

  /** A task ends; its result comes at once, or later. */
  finish(id: number, isSettled = true, failed = false): this {
    for (const [rank, { held, ended }] of this.engines) {
      if (!held.has(id)) continue;
      if (!ended.has(id)) {
        ended.add(id);
        this.do((scheduler) => scheduler.finished(rank, [{ taskId: id, failed }]));
      }
      if (isSettled) this.settle(rank, [id], failed);
      return this;
    }
    throw new Error(`nobody has task ${id}`);
  }

  settle(rank: number, ids: readonly number[], failed = false): void {
    const engine = this.engines.get(rank);
    for (const id of ids) {
      engine?.held.delete(id);
      engine?.ended.delete(id);
      this.done.push(id);
    }
    this.do((scheduler) =>
      scheduler.settled(
        rank,
        ids.map((taskId) => ({ taskId, failed, elapsed: this.elapsed })),
      ),
    );
    this.#leaveIfDone(rank);
  }

  add(engine: NeedsEngine): void {
    this.do((scheduler) => scheduler.enginesStarted(1));
    this.#join(engine);
    this.check();
  }

  /** The engine is gone with what it held. @param how lost through one of its tasks, perhaps: then those run apart, even where they fit. */
  lose(rank: number, how: "left" | "lost"): void {
    this.#anySuspect ||= how === "lost";
    const engine = this.engines.get(rank);
    if (engine === undefined) return;
    this.engines.delete(rank);
    for (const [id, assignment] of engine.held) this.known.set(id, assignment);
    this.do((scheduler) => scheduler.engineGone(rank, how));
  }

  /** The engine starts nothing for now, or does again. */
  setHeldBack(rank: number, isHeldBack: boolean): this {
    const engine = this.engines.get(rank);
    if (engine !== undefined) engine.isHeldBack = isHeldBack;
    return this.do((scheduler) => scheduler.engineHeldBack(rank, isHeldBack));
  }

  /** So many seconds go by for engines whose machines are taken away. */
  passTime(seconds: number): this {
    for (const engine of this.engines.values()) engine.timeLeft -= seconds;
    const ending = [...this.engines].filter(([, { timeLeft }]) => Number.isFinite(timeLeft));
    const left = new Map(ending.map(([rank, { timeLeft }]) => [rank, timeLeft]));
    return this.do((scheduler) => scheduler.timeLeft(left));
  }

  stop(rank: number): void {
    this.do((scheduler) => scheduler.stopEngine(rank));
    this.#leaveIfDone(rank);
  }

  do(what: (scheduler: Scheduler) => SchedulerCommand[]): this {
    this.#obey(what(this.scheduler));
    this.check();
    return this;
  }

  /** Everything that runs ends, the task of the lowest id first, until nothing runs any more. */
  drain(): this {
    for (let steps = 0; this.end === undefined; steps++) {
      const [next = this.#ended()[0]] = this.running();
      if (next === undefined) return this;
      if (steps > 100_000) throw new Error("the run does not end");
      this.finish(next[1]);
    }
    return this;
  }

  #ended(): readonly (readonly [rank: number, id: number])[] {
    return [...this.engines].flatMap(([rank, { ended }]) => [...ended].map((id) => [rank, id] as const));
  }

  check(): void {
    for (const [rank, engine] of this.engines) this.#checkEngine(rank, engine);
    for (const [name, total] of Object.entries(this.#pool)) {
      const taken = sum(
        [...this.engines.values()].flatMap(runningOn).map((task) => needsOf(task).named.get(name) ?? 0),
      );
      if (taken > total + 1e-6) throw new Error(`${taken} of ${total} ${name} are taken`);
    }
    const head = this.head();
    if (head === undefined || this.#anySuspect) return;
    for (const [rank, engine] of this.engines) {
      if (this.#fits(head, engine)) throw new Error(`task ${head.task.id} waits, and fits on engine ${rank}`);
    }
  }

  /** The task that is to be started first. */
  head(): Assignment | undefined {
    let head: Assignment | undefined;
    for (const next of this.known.values()) {
      if (![...this.engines.values()].some((engine) => couldRun(next, engine, this.#pool))) continue;
      if (head === undefined || priorityOf(next) > priorityOf(head)) head = next;
    }
    return head;
  }

  #checkEngine(rank: number, engine: Pretended): void {
    const tasks = runningOn(engine);
    const kinds = new Set(tasks.map((task) => termsOfNeeds(task)));
    const { cores, memory = Number.POSITIVE_INFINITY, gpus, named, mostTasks } = engine.capacity;
    const isOver =
      tasks.length > mostTasks ||
      sum(tasks.map((task) => coresOf(task, engine))) > cores + 1e-6 ||
      sum(tasks.map((task) => needsOf(task).memory ?? 0)) > memory ||
      sum(tasks.map((task) => needsOf(task).gpus)) > gpus ||
      Object.entries(named).some(
        ([name, total]) => sum(tasks.map((task) => needsOf(task).named.get(name) ?? 0)) > total + 1e-6,
      );
    // Tasks ahead of need wait there.
    if (isOver && (kinds.size > 1 || this.elapsed >= 1))
      throw new Error(`engine ${rank} has too much: ${this.on(rank).join(" ")}`);
  }

  #fits(next: Assignment, engine: Pretended): boolean {
    if (
      !engine.isReady ||
      engine.isHeldBack ||
      engine.isLeaving ||
      engine.isRecalled ||
      !couldRun(next, engine, this.#pool)
    )
      return false;
    const tasks = [...runningOn(engine), next];
    const { cores, memory = Number.POSITIVE_INFINITY, gpus, named, mostTasks } = engine.capacity;
    const everywhere = [...[...this.engines.values()].flatMap(runningOn), next];
    return (
      tasks.length <= mostTasks &&
      sum(tasks.map((task) => coresOf(task, engine))) <= cores + 1e-9 &&
      sum(tasks.map((task) => needsOf(task).memory ?? 0)) <= memory &&
      sum(tasks.map((task) => needsOf(task).gpus)) <= gpus &&
      Object.entries(named).every(
        ([name, total]) => sum(tasks.map((task) => needsOf(task).named.get(name) ?? 0)) <= total + 1e-9,
      ) &&
      Object.entries(this.#pool).every(
        ([name, total]) => sum(everywhere.map((task) => needsOf(task).named.get(name) ?? 0)) <= total + 1e-9,
      )
    );
  }

  #join({ slots, capacity = {}, context, isReserved = false, quota, releasable = false, timeLeft }: NeedsEngine): void {
    const rank = this.#nextRank++;
    const whole = { cores: slots, coresPerSlot: 1, gpus: 0, named: {}, mostTasks: slots * 4, ...capacity };
    const isFlagless = { isReady: false, isLeaving: false, isRecalled: false, isHeldBack: false };
    this.engines.set(rank, {
      capacity: whole,
      context,
      isReserved,
      held: new Map(),
      ended: new Set(),
      timeLeft: timeLeft ?? Infinity,
      ...isFlagless,
    });
    this.#obey(
      this.scheduler.engineJoined(rank, slots, {
        quota: new Quota(quota ?? Number.POSITIVE_INFINITY),
        context,
        isReserved,
        capacity: whole,
        releasable,
        timeLeft,
      }),
    );
  }

  #leaveIfDone(rank: number): void {
    const engine = this.engines.get(rank);
    if (engine?.isLeaving !== true || engine.held.size > 0) return;
    this.engines.delete(rank);
    this.do((scheduler) => scheduler.engineGone(rank, "left"));
  }

  /** In order, as a driver does: what comes of a command comes after all that has been said before. */
  #obey(commands: readonly SchedulerCommand[]): void {
    this.#commands.push(...commands);
    if (this.#isObeying) return;
    this.#isObeying = true;
    for (let next = this.#commands.shift(); next !== undefined; next = this.#commands.shift()) this.#execute(next);
    this.#isObeying = false;
  }

  #execute(command: SchedulerCommand): void {
    switch (command.type) {
      case "pull": {
        const items = this.#items.splice(0, command.limit);
        this.#pulled.push(...items);
        this.#noteKnown();
        return this.#obey(this.scheduler.pulled(items));
      }
      case "need-engines":
        this.#obey(this.scheduler.enginesStarted(this.#first.length));
        for (const engine of this.#first) this.#join(engine);
        return;
      case "admit": {
        const engine = this.engines.get(command.engine);
        if (engine !== undefined) engine.isReady = true;
        return this.#obey(this.scheduler.engineReady(command.engine));
      }
      case "assign":
        return this.#give(command.engine, command.assignments);
      case "recall":
        return this.#giveBack(command.engine);
      case "dismiss": {
        const engine = this.engines.get(command.engine);
        if (engine !== undefined) engine.isLeaving = true;
        if (engine?.held.size !== 0) return;
        this.engines.delete(command.engine);
        return this.#obey(this.scheduler.engineGone(command.engine, "left"));
      }
      case "settle-unmet":
        this.known.delete(command.assignment.task.id);
        this.unmet.push(command.assignment.task.id);
        return;
      case "give-up":
        this.known.delete(command.assignment.task.id);
        this.done.push(command.assignment.task.id);
        return;
      case "tell-unmet":
        this.told.push(command);
        return;
      case "pass-barrier":
        if (this.running().length > 0 || this.known.size > 0) throw new Error("a barrier was passed too early");
        this.#pulled.shift();
        return this.#noteKnown();
      case "end":
        this.end = command.reason;
        return;
      default:
        return undefined;
    }
  }

  /** Tasks up to the next barrier may be started. */
  #noteKnown(): void {
    for (let item = this.#pulled[0]; item?.kind === "task"; item = this.#pulled[0]) {
      this.#pulled.shift();
      this.known.set(item.id, { task: item, attempt: 1, crashes: 0 });
    }
  }

  #give(rank: number, assignments: readonly Assignment[]): void {
    const engine = this.engines.get(rank);
    if (engine === undefined || !engine.isReady) throw new Error(`engine ${rank} takes no tasks`);
    for (const assignment of assignments) {
      const { id } = assignment.task;
      if (!this.known.delete(id)) throw new Error(`task ${id} is given out, and was not waiting`);
      engine.held.set(id, assignment);
      this.given.push(id);
    }
  }

  /** What it could not start yet it gives back. */
  #giveBack(rank: number): void {
    const engine = this.engines.get(rank);
    if (engine === undefined) return;
    const back: number[] = [];
    const kept = new Map<number, Assignment>();
    for (const [id, assignment] of engine.held) {
      const isStarted = engine.ended.has(id) || fitsWith([...kept.values()], assignment, engine);
      if (isStarted && back.length === 0) kept.set(id, assignment);
      else back.push(id);
    }
    for (const id of back) {
      const assignment = engine.held.get(id);
      if (assignment !== undefined) this.known.set(id, assignment);
      engine.held.delete(id);
    }
    this.#obey(this.scheduler.returned(rank, back));
  }
}

function fitsWith(tasks: readonly Assignment[], next: Assignment, engine: Pretended): boolean {
  const all = [...tasks, next];
  const { cores, memory = Number.POSITIVE_INFINITY } = engine.capacity;
  const isRoom = sum(all.map((task) => coresOf(task, engine))) <= cores + 1e-9;
  return isRoom && sum(all.map((task) => needsOf(task).memory ?? 0)) <= memory;
}

function couldRun(next: Assignment, engine: Pretended, pool: Readonly<Record<string, number>>): boolean {
  const { cores, memory = Number.POSITIVE_INFINITY, gpus, named } = engine.capacity;
  const context = next.task.terms?.context;
  const needs = needsOf(next);
  return (
    !engine.isLeaving &&
    (context === undefined ? !engine.isReserved : context === engine.context) &&
    (next.task.terms?.minTime ?? 0) <= engine.timeLeft &&
    coresOf(next, engine) <= cores &&
    (needs.memory ?? 0) <= memory &&
    needs.gpus <= gpus &&
    [...needs.named].every(([name, amount]) => amount <= (pool[name] ?? named[name] ?? 0))
  );
}

function runningOn({ held, ended }: Pretended): Assignment[] {
  return [...held.values()].filter(({ task }) => !ended.has(task.id));
}

function needsOf({ task }: Assignment): TaskTerms["needs"] {
  return task.terms?.needs ?? { cores: undefined, memory: undefined, gpus: 0, named: new Map() };
}

function coresOf(assignment: Assignment, { capacity }: Pretended): number {
  return needsOf(assignment).cores ?? capacity.coresPerSlot;
}

function priorityOf({ task }: Assignment): number {
  return task.terms?.priority ?? 0;
}

function termsOfNeeds({ task }: Assignment): string {
  return task.terms?.text.replace(/ ?priority=\S+/, "") ?? "";
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
