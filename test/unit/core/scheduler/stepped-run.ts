import type { StreamItem } from "../../../../src/domain/task.ts";
import type { EarlierState, EngineReport, SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";
import { Scheduler, type SchedulerOptions } from "../../../../src/core/scheduler/scheduler.ts";

export interface SteppedRunOptions extends Partial<SchedulerOptions> {
  /** Slots of the engines that join as soon as engines are needed, and begin as soon as they may. */
  readonly engines?: readonly number[];
  /** Ranks of those whose nodes others can use. */
  readonly releasable?: readonly number[];
  /** Names of their nodes, by rank. */
  readonly nodes?: readonly string[];
}

/** A scheduler whose source answers at once and whose engines do what the test says. */
export class SteppedRun {
  readonly scheduler: Scheduler;
  readonly #items: StreamItem[];
  readonly #engines: readonly number[];
  readonly #releasable: readonly number[];
  readonly #nodes: readonly string[];
  #commands: SchedulerCommand[] = [];

  constructor(
    items: readonly StreamItem[],
    { engines = [], releasable = [], nodes = [], ...options }: SteppedRunOptions = {},
  ) {
    this.#items = [...items];
    this.#engines = engines;
    this.#releasable = releasable;
    this.#nodes = nodes;
    this.scheduler = new Scheduler(options);
  }

  /** Begins, and forgets what was said until the engines had their first tasks. */
  static begin(items: readonly StreamItem[], options: SteppedRunOptions): SteppedRun {
    const run = new SteppedRun(items, options);
    run.do((scheduler) => scheduler.start());
    return run;
  }

  /** Has the scheduler hear of something. @returns what it says to that, but for what the source and the engines see to. */
  do(what: (scheduler: Scheduler) => SchedulerCommand[]): SchedulerCommand[] {
    this.#commands = [];
    this.#obey(what(this.scheduler));
    return this.#commands;
  }

  /** Tasks have ended, each after an hour, so that nothing is assigned ahead. */
  settle(rank: number, taskIds: readonly number[], failed = false): SchedulerCommand[] {
    return this.do((scheduler) =>
      scheduler.settled(
        rank,
        taskIds.map((taskId) => ({ taskId, failed, elapsed: 3600 })),
      ),
    );
  }

  /** A try has failed, and another one is to follow in so many seconds. */
  fail(rank: number, taskId: number, delay: number, avoid?: string): SchedulerCommand[] {
    const held = this.scheduler.heldBy(rank, taskId);
    if (held === undefined) throw new Error(`engine ${rank} does not hold task ${taskId}`);
    const failures = (held.failures ?? 0) + 1;
    const assignment = { ...held, attempt: held.attempt + 1, failures, avoid };
    const outcome = { taskId, failed: true, elapsed: 3600, retry: { assignment, delay } };
    return this.do((scheduler) => scheduler.settled(rank, [outcome]));
  }

  /** An engine says where it stands; unless told otherwise it works, and has these tasks in the attempts that are known. */
  back(rank: number, taskIds: readonly number[], change: Partial<EngineReport> = {}): SchedulerCommand[] {
    const held = taskIds.map((id) => {
      const assignment = this.scheduler.heldBy(rank, id);
      if (assignment === undefined) throw new Error(`engine ${rank} does not hold task ${id}`);
      return assignment;
    });
    const report = { held, welcomed: true, ready: true, leaving: false, ...change };
    return this.do((scheduler) => scheduler.engineBack(rank, report));
  }

  #obey(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) {
      if (command.type === "pull") this.#obey(this.scheduler.pulled(this.#items.splice(0, command.limit)));
      else if (command.type === "need-engines") this.#startEngines();
      else this.#commands.push(command);
      if (command.type === "admit") this.#obey(this.scheduler.engineReady(command.engine));
    }
  }

  #startEngines(): void {
    this.#obey(this.scheduler.enginesStarted(this.#engines.length));
    for (const [rank, slots] of this.#engines.entries()) {
      const joining = { releasable: this.#releasable.includes(rank), node: this.#nodes[rank] };
      this.#obey(this.scheduler.engineJoined(rank, slots, joining));
    }
  }
}

/** What has been given out by these commands: engine, task, attempt, and engines that died of it. */
export function given(
  commands: readonly SchedulerCommand[],
): (readonly [engine: number, task: number, attempt: number, crashes: number])[] {
  return commands.flatMap((command) =>
    command.type === "assign"
      ? command.assignments.map(({ task, attempt, crashes }) => [command.engine, task.id, attempt, crashes] as const)
      : [],
  );
}

/** What else has been said, in order. */
export function said(commands: readonly SchedulerCommand[]): SchedulerCommand["type"][] {
  return commands.map(({ type }) => type);
}

/** A run of which nothing is known but this. */
export function earlierState(known: Partial<EarlierState>): EarlierState {
  return {
    engines: [],
    returned: [],
    stopped: new Map(),
    failedSinceBarrier: 0,
    anySkipped: false,
    anyUnmet: false,
    ...known,
  };
}
