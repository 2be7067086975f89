import type { RunEnd } from "../../../../src/domain/events.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import type { AssignmentOutcome, SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";
import { Quota } from "../../../../src/core/scheduler/quota.ts";
import { Scheduler, type SchedulerOptions } from "../../../../src/core/scheduler/scheduler.ts";
import { type LostWords, PretendedEngine } from "./pretended-engine.ts";

export interface ModelEngine {
  readonly slots: number;
  readonly quota?: number;
}

export interface ModelRunOptions extends Partial<SchedulerOptions> {
  readonly items: readonly StreamItem[];
  readonly engines: readonly ModelEngine[];
  readonly failing: ReadonlySet<number>;
  /** By task id: so many tries of it fail that are followed by another. */
  readonly flaky?: ReadonlyMap<number, number>;
  /** Seconds each task takes; decides how many are assigned ahead. */
  readonly elapsed: number;
  /** Whole numbers that decide what happens next whenever several things may. */
  readonly choices: readonly number[];
  /** Called before each choice; may interfere. */
  readonly interfere?: (run: ModelRun, step: number) => void;
}

const NOTHING_LOST: LostWords = { assignments: 0, welcome: false };

/**
 * A driver, engines and a source that only pretend: everything that real ones would do is one of a few next steps, chosen by
 * the caller's numbers. It notes what happened in what order, and throws at once when a task is given out that somebody
 * still has, or with an attempt that has been used up.
 */
export class ModelRun {
  readonly scheduler: Scheduler;
  readonly log: string[] = [];
  /** Ids of tasks in the order of their outcomes. */
  readonly finished: number[] = [];
  readonly engines = new Map<number, PretendedEngine>();
  end: RunEnd | undefined;
  mostHeld = 0;
  readonly #options: ModelRunOptions;
  /** By task id: attempts below this one have been used up. */
  readonly #leastAttempt = new Map<number, number>();
  /** Tasks that wait for their next try. */
  readonly waiting = new Set<number>();
  #position = 0;
  #pullLimit = 0;
  #launching: ModelEngine[] = [];
  #started = false;
  #nextRank = 0;

  constructor(options: ModelRunOptions) {
    this.#options = options;
    this.scheduler = new Scheduler(options);
  }

  run(): this {
    this.apply(this.scheduler.start());
    for (let step = 0; this.end === undefined; step++) {
      if (step > 20_000) throw new Error(`the run does not end: ${this.log.slice(-20).join(" ")}`);
      this.#options.interfere?.(this, step);
      if (this.end !== undefined) break;
      const steps = this.#possibleSteps();
      const choice = this.#options.choices[step % this.#options.choices.length] ?? 0;
      const next = steps[choice % steps.length];
      if (next === undefined) throw new Error(`nothing can happen any more: ${this.log.slice(-20).join(" ")}`);
      next();
    }
    return this;
  }

  /** Somebody wants the engine to leave. */
  stop(rank: number): void {
    this.log.push(`stop:${rank}`);
    this.apply(this.scheduler.stopEngine(rank));
  }

  /** Somebody wants the task to be ended. @returns whether an engine holds it. */
  stopTask(id: number): boolean {
    if (this.scheduler.holderOf(id) === undefined) return false;
    this.apply(this.scheduler.stopTask(id));
    return true;
  }

  /** Somebody adds an engine; it joins when its turn comes. */
  add(engine: ModelEngine): void {
    this.#launching.push(engine);
    this.#started = true;
    this.apply(this.scheduler.enginesStarted(1));
  }

  /** The engine disappears with whatever it holds. */
  lose(rank: number): void {
    const engine = this.engines.get(rank);
    if (engine === undefined) return;
    this.#usedUp(engine);
    this.engines.delete(rank);
    this.log.push(`lost:${rank}`);
    this.apply(this.scheduler.engineGone(rank));
  }

  /** Its link breaks; it comes back when its turn comes. */
  cut(rank: number, lost: LostWords = NOTHING_LOST): void {
    const engine = this.engines.get(rank);
    if (engine?.linked !== true) return;
    engine.cut(lost);
    this.log.push(`cut:${rank}`);
    this.apply(this.scheduler.engineSilent(rank));
  }

  /** It says nothing for a while. */
  hush(rank: number): void {
    const engine = this.engines.get(rank);
    if (engine?.linked !== true || engine.hushed) return;
    engine.hushed = true;
    this.log.push(`hush:${rank}`);
    this.apply(this.scheduler.engineSilent(rank));
  }

  apply(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) this.#execute(command);
  }

  /** Tasks that engines have and nobody knows the outcome of. */
  get live(): number {
    let live = 0;
    for (const { held, unreported } of this.engines.values()) live += held.length + unreported.length;
    return live;
  }

  #engine(rank: number): PretendedEngine {
    const engine = this.engines.get(rank);
    if (engine === undefined) throw new Error(`engine ${rank} is not there`);
    return engine;
  }

  #possibleSteps(): Array<() => void> {
    const steps: Array<() => void> = [];
    if (this.#pullLimit > 0) steps.push(() => this.#answerPull());
    for (const id of this.waiting) steps.push(() => this.#retryNow(id));
    if (this.#started && this.#launching.length > 0) steps.push(() => this.#joinNext());
    for (const [rank, engine] of this.engines) {
      if (engine.hushed) steps.push(() => this.#speakAgain(rank, engine));
      else if (engine.linked) steps.push(...this.#stepsOf(rank, engine));
      else {
        steps.push(() => this.#comeBack(rank, engine));
        if (engine.admitted && !engine.ready) steps.push(() => (engine.ready = true));
        if (engine.ready && engine.held.length > 0) steps.push(() => this.#finishUnheard(engine));
      }
    }
    return steps;
  }

  #stepsOf(rank: number, engine: PretendedEngine): Array<() => void> {
    if (engine.terminated) return [() => this.#leave(rank, engine)];
    // What it was told first it answers first.
    const [unstarted] = engine.unstarted;
    if (unstarted !== undefined) return [() => this.#sayNotStarted(rank, engine, unstarted)];
    if (engine.recalled) return [() => this.#giveBack(rank, engine)];
    if (!engine.admitted) return engine.dismissed ? [() => this.#leave(rank, engine)] : [];
    if (!engine.ready) return [() => this.#makeReady(rank, engine)];
    if (engine.held.length > 0) return [() => this.#finishOne(rank, engine)];
    return engine.dismissed ? [() => this.#leave(rank, engine)] : [];
  }

  #answerPull(): void {
    const items = this.#options.items.slice(this.#position, this.#position + this.#pullLimit);
    this.#position += items.length;
    this.#pullLimit = 0;
    this.apply(this.scheduler.pulled(items));
  }

  #joinNext(): void {
    const engine = this.#launching.shift();
    if (engine === undefined) return;
    const rank = this.#nextRank++;
    this.engines.set(rank, new PretendedEngine(engine.slots));
    const quota = new Quota(engine.quota ?? Number.POSITIVE_INFINITY);
    this.apply(this.scheduler.engineJoined(rank, engine.slots, { quota }));
  }

  #makeReady(rank: number, engine: PretendedEngine): void {
    engine.ready = true;
    this.apply(this.scheduler.engineReady(rank));
  }

  #finishOne(rank: number, engine: PretendedEngine): void {
    const id = engine.finishOne();
    if (id !== undefined) this.#settle(rank, [id]);
  }

  #finishUnheard(engine: PretendedEngine): void {
    const id = engine.finishOne();
    if (id !== undefined) engine.unreported.push(id);
  }

  #settle(rank: number, ids: readonly number[]): void {
    const { failing, elapsed } = this.#options;
    for (const id of ids) {
      if (this.scheduler.heldBy(rank, id) === undefined) throw new Error(`engine ${rank} ended task ${id} in vain`);
      if (this.#retryOf(rank, id) === undefined) this.#note(id);
    }
    this.apply(
      this.scheduler.settled(
        rank,
        ids.map((taskId) => {
          const retry = this.#retryOf(rank, taskId);
          return { taskId, failed: retry !== undefined || failing.has(taskId), elapsed, retry };
        }),
      ),
    );
  }

  #retryOf(rank: number, id: number): AssignmentOutcome["retry"] {
    const held = this.scheduler.heldBy(rank, id);
    const { failures = 0 } = held ?? {};
    if (held === undefined || this.scheduler.isStopped(id) || failures >= (this.#options.flaky?.get(id) ?? 0))
      return undefined;
    const assignment = { ...held, attempt: held.attempt + 1, failures: failures + 1 };
    this.#leastAttempt.set(id, assignment.attempt);
    // Some wait, and some do not.
    return { assignment, delay: (id + failures) % 2 };
  }

  #retryNow(id: number): void {
    this.waiting.delete(id);
    this.apply(this.scheduler.retryDue([id]));
  }

  #note(id: number): void {
    this.finished.push(id);
    this.log.push(`finish:${id}`);
  }

  #giveBack(rank: number, engine: PretendedEngine): void {
    this.apply(this.scheduler.returned(rank, engine.giveBack()));
  }

  #sayNotStarted(rank: number, engine: PretendedEngine, id: number): void {
    engine.unstarted.shift();
    this.apply(this.scheduler.notStarted(rank, id));
  }

  #comeBack(rank: number, engine: PretendedEngine): void {
    engine.linked = true;
    this.log.push(`back:${rank}`);
    const { unreported } = engine;
    engine.unreported = [];
    if (unreported.length > 0) this.#settle(rank, unreported);
    this.apply(this.scheduler.engineBack(rank, engine.report()));
  }

  #speakAgain(rank: number, engine: PretendedEngine): void {
    engine.hushed = false;
    this.apply(this.scheduler.engineHeard(rank));
  }

  #leave(rank: number, engine: PretendedEngine): void {
    this.#usedUp(engine);
    this.engines.delete(rank);
    this.apply(this.scheduler.engineGone(rank, "left"));
  }

  /** It has had these, and nobody may get the same attempt. */
  #usedUp(engine: PretendedEngine): void {
    for (const { task, attempt } of engine.held) this.#leastAttempt.set(task.id, attempt + 1);
  }

  #checkAssigned({ engine: rank, assignments }: Extract<SchedulerCommand, { type: "assign" }>): void {
    const engine = this.#engine(rank);
    if (!engine.ready || engine.dismissed) throw new Error("assigned to an engine that takes no tasks");
    if (!engine.linked || engine.hushed) throw new Error("assigned to an engine that is out of touch");
    for (const { task, attempt } of assignments) {
      for (const { held, unreported } of this.engines.values()) {
        const hasIt = unreported.includes(task.id) || held.some((other) => other.task.id === task.id);
        if (hasIt) throw new Error(`task ${task.id} is given out twice: ${this.log.slice(-20).join(" ")}`);
      }
      const least = this.#leastAttempt.get(task.id) ?? 1;
      if (attempt < least) throw new Error(`task ${task.id} is given out as attempt ${attempt}, not ${least}`);
      this.#leastAttempt.set(task.id, attempt);
      this.log.push(`assign:${task.id}`);
    }
    this.mostHeld = Math.max(this.mostHeld, engine.held.length + assignments.length - engine.slots);
  }

  #execute(command: SchedulerCommand): void {
    switch (command.type) {
      case "pull":
        if (this.#pullLimit > 0) throw new Error("pulled twice at a time");
        this.#pullLimit = command.limit;
        return;
      case "need-engines":
        this.#started = true;
        this.#launching.push(...this.#options.engines);
        return this.apply(this.scheduler.enginesStarted(this.#options.engines.length));
      case "admit":
        this.log.push(`admit:${command.engine}:${command.start.length}:${command.stop.length}`);
        return this.#engine(command.engine).hear(command);
      case "assign":
        this.#checkAssigned(command);
        return this.#engine(command.engine).hear(command);
      case "recall":
      case "dismiss":
      case "terminate":
        return this.#engine(command.engine).hear(command);
      case "stop-task":
        this.log.push(`stop-task:${command.taskId}`);
        return this.#engine(command.engine).hear(command);
      case "settle-stopped":
        this.log.push(`stopped:${command.assignment.task.id}`);
        return this.#note(command.assignment.task.id);
      case "draining":
      case "terminating":
        return;
      case "give-up":
        this.log.push(`give-up:${command.assignment.task.id}`);
        return this.#note(command.assignment.task.id);
      case "await-retry":
        this.log.push(`wait:${command.taskId}`);
        return void this.waiting.add(command.taskId);
      case "drop-retries":
        return this.waiting.clear();
      case "retire-engine":
        return this.stop(command.engine);
      case "settle-unmet":
        this.log.push(`unmet:${command.assignment.task.id}`);
        return this.#note(command.assignment.task.id);
      case "tell-unmet":
        return;
      case "skip":
        return this.#note(command.skipped.task.id);
      case "await-engines":
        this.log.push("await-engines");
        return;
      case "meet-barrier":
        this.log.push(`meet:${command.barrier.id}`);
        return;
      case "pass-barrier":
        if (this.waiting.size > 0) throw new Error("a barrier was passed while tasks waited for their next try");
        if (this.live > 0) throw new Error("a barrier was passed while tasks ran");
        this.log.push(`pass:${command.barrier.id}`);
        return;
      case "end":
        this.end = command.reason;
        return;
      default:
        command satisfies never;
    }
  }
}
