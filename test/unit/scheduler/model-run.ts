import type { RunEnd } from "../../../src/domain/events.ts";
import type { Assignment, StreamItem } from "../../../src/domain/task.ts";
import type { SchedulerCommand } from "../../../src/scheduler/commands.ts";
import { Quota } from "../../../src/scheduler/quota.ts";
import { Scheduler } from "../../../src/scheduler/scheduler.ts";

export interface ModelEngine {
  readonly slots: number;
  readonly quota?: number;
}

export interface ModelRunOptions {
  readonly items: readonly StreamItem[];
  readonly engines: readonly ModelEngine[];
  readonly failing: ReadonlySet<number>;
  readonly failFast?: boolean;
  readonly waitForEngines?: boolean;
  /** Seconds each task takes; decides how many are assigned ahead. */
  readonly elapsed: number;
  /** Whole numbers that decide what happens next whenever several things may. */
  readonly choices: readonly number[];
  /** Called before each choice; may interfere. */
  readonly interfere?: (run: ModelRun, step: number) => void;
}

interface Held extends Assignment {
  started: boolean;
}

interface PretendedEngine {
  readonly slots: number;
  readonly held: Held[];
  admitted: boolean;
  ready: boolean;
  dismissed: boolean;
}

/**
 * A driver, engines and a source that only pretend: everything that real ones would do is one of a few next steps, chosen by
 * the caller's numbers. It notes what happened in what order.
 */
export class ModelRun {
  readonly scheduler: Scheduler;
  readonly log: string[] = [];
  readonly finished: number[] = [];
  readonly starts = new Map<number, number>();
  readonly engines = new Map<number, PretendedEngine>();
  end: RunEnd | undefined;
  mostHeld = 0;
  readonly #options: ModelRunOptions;
  #position = 0;
  #pullLimit = 0;
  #recalled = new Set<number>();
  #launching: ModelEngine[] = [];
  #started = false;
  #nextRank = 0;
  #terminated = new Set<number>();

  constructor(options: ModelRunOptions) {
    this.#options = options;
    this.scheduler = new Scheduler({
      failFast: options.failFast ?? false,
      waitForEngines: options.waitForEngines ?? false,
    });
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

  /** Somebody adds an engine; it joins when its turn comes. */
  add(engine: ModelEngine): void {
    this.#launching.push(engine);
    this.#started = true;
    this.apply(this.scheduler.enginesStarted(1));
  }

  /** The engine disappears with whatever it holds. */
  lose(rank: number): void {
    if (!this.engines.delete(rank)) return;
    this.log.push(`lost:${rank}`);
    this.apply(this.scheduler.engineGone(rank));
  }

  apply(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) this.#execute(command);
  }

  get live(): number {
    let live = 0;
    for (const engine of this.engines.values()) live += engine.held.length;
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
    if (this.#started && this.#launching.length > 0) steps.push(() => this.#joinNext());
    for (const [rank, engine] of this.engines) {
      if (this.#terminated.has(rank)) steps.push(() => this.#leave(rank));
      else if (this.#recalled.has(rank)) steps.push(() => this.#giveBack(rank));
      else if (!engine.admitted && engine.dismissed) steps.push(() => this.#leave(rank));
      else if (!engine.admitted) continue;
      else if (!engine.ready) steps.push(() => this.#makeReady(rank));
      else if (engine.held.length > 0) steps.push(() => this.#finishOne(rank));
      else if (engine.dismissed) steps.push(() => this.#leave(rank));
    }
    return steps;
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
    this.engines.set(rank, { slots: engine.slots, held: [], admitted: false, ready: false, dismissed: false });
    const quota = new Quota(engine.quota ?? Number.POSITIVE_INFINITY);
    this.apply(this.scheduler.engineJoined(rank, engine.slots, quota));
  }

  #makeReady(rank: number): void {
    this.#engine(rank).ready = true;
    this.apply(this.scheduler.engineReady(rank));
  }

  #finishOne(rank: number): void {
    const assignment = this.#engine(rank).held.shift();
    if (assignment === undefined) return;
    const { id } = assignment.task;
    this.finished.push(id);
    this.log.push(`finish:${id}`);
    const failed = this.#options.failing.has(id);
    this.apply(this.scheduler.settled(rank, [{ taskId: id, failed, elapsed: this.#options.elapsed }]));
  }

  #giveBack(rank: number): void {
    this.#recalled.delete(rank);
    const engine = this.engines.get(rank);
    const back = engine?.held.splice(engine.slots) ?? [];
    for (const { task } of back) this.starts.set(task.id, (this.starts.get(task.id) ?? 0) - 1);
    this.apply(
      this.scheduler.returned(
        rank,
        back.map(({ task }) => task.id),
      ),
    );
  }

  #leave(rank: number): void {
    this.engines.delete(rank);
    this.apply(this.scheduler.engineGone(rank));
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
        this.#engine(command.engine).admitted = true;
        this.log.push(`admit:${command.engine}:${command.start.length}:${command.stop.length}`);
        return;
      case "assign": {
        const engine = this.engines.get(command.engine);
        if (engine === undefined) throw new Error("assigned to an engine that is not there");
        if (!engine.ready || engine.dismissed) throw new Error("assigned to an engine that takes no tasks");
        for (const assignment of command.assignments) {
          engine.held.push({ ...assignment, started: false });
          this.starts.set(assignment.task.id, (this.starts.get(assignment.task.id) ?? 0) + 1);
          this.log.push(`assign:${assignment.task.id}`);
        }
        this.mostHeld = Math.max(this.mostHeld, engine.held.length - engine.slots);
        return;
      }
      case "recall":
        this.#recalled.add(command.engine);
        return;
      case "dismiss":
        this.#engine(command.engine).dismissed = true;
        return;
      case "draining":
      case "terminating":
        return;
      case "terminate":
        this.#terminated.add(command.engine);
        return;
      case "skip":
        this.finished.push(command.skipped.task.id);
        this.log.push(`finish:${command.skipped.task.id}`);
        return;
      case "await-engines":
        this.log.push("await-engines");
        return;
      case "meet-barrier":
        this.log.push(`meet:${command.barrier.id}`);
        return;
      case "pass-barrier":
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
