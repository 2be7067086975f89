import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";
import { Scheduler } from "../../../../src/core/scheduler/scheduler.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { type Ending, GIVEN_UP, SUCCESS } from "../../../../src/domain/ending.ts";
import { NO_LEAK, type TaskResult } from "../../../../src/domain/result.ts";
import type { Assignment, Task } from "../../../../src/domain/task.ts";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import { entryOf } from "../../../../src/records/journal/schema.ts";
import { RunFold } from "../../../../src/records/recovery/run-fold.ts";

const TASKS = 40;
const SLOTS = 3;
const NOTHING = { now: () => false, before: () => false };

/** What an engine does, or what becomes of it. */
type Deed = "finish" | "return" | "leave" | "crash" | "end-itself" | "join";

/**
 * A scheduler, and a recovery that reads the journal of what happens, line by line. Whatever the scheduler gives out has to be what a
 * recovery at that moment would have started.
 */
class TwoMinds {
  readonly fold = new RunFold(NOTHING);
  /** By rank: tasks that the engine holds, by id, as the scheduler gave them out. */
  readonly held = new Map<number, Map<number, Assignment>>();
  readonly outcomes = new Map<number, Ending>();
  /** Starts that were not the first ones. */
  restarts = 0;
  readonly #scheduler: Scheduler;
  #next = 0;
  #joined = 0;

  constructor(crashLimit: number) {
    this.#scheduler = new Scheduler({ waitForEngines: true, crashLimit });
    this.#obey(this.#scheduler.start());
  }

  do(deed: Deed, choice: number): void {
    if (deed === "join") return this.#join();
    const ranks = [...this.held.keys()];
    const rank = ranks[choice % Math.max(1, ranks.length)];
    if (rank === undefined) return this.#join();
    const ids = [...(this.held.get(rank)?.keys() ?? [])];
    const id = ids[choice % Math.max(1, ids.length)];
    if (deed === "finish" && id !== undefined) this.#finish(rank, id);
    if (deed === "return") this.#giveBack(rank, ids.slice(SLOTS));
    if (deed === "leave" || deed === "crash" || deed === "end-itself") this.#go(rank, deed);
  }

  /** Both know the same of every task. */
  compare(): void {
    const { engines, returned } = this.fold.result();
    const known = new Map(
      engines.map(({ engine, held }) => [engine.rank, new Map(held.map((one) => [one.task.id, one]))]),
    );
    agree(bare(known), bare(this.held));
    agree(
      returned.filter(({ task }) => this.outcomes.has(task.id)),
      [],
    );
  }

  #tell(event: RunEvent): void {
    const entry = entryOf(JSON.parse(formatEvent(event)));
    if (entry === undefined) throw new Error(`no entry: ${formatEvent(event)}`);
    this.fold.take(entry);
  }

  #join(): void {
    const rank = this.#joined++;
    const engine = { id: `id-${rank}`, rank, node: "n", pid: 1, slots: SLOTS, context: "SSH0" };
    this.held.set(rank, new Map());
    this.#tell({ type: "engine-joined", time: 1, engine });
    this.#obey(this.#scheduler.enginesStarted(1));
    this.#obey(this.#scheduler.engineJoined(rank, SLOTS));
    this.#tell({ type: "engine-ready", time: 1, engine: rank });
    this.#obey(this.#scheduler.engineReady(rank));
  }

  #finish(rank: number, id: number): void {
    const assignment = this.held.get(rank)?.get(id);
    if (assignment === undefined) return;
    this.held.get(rank)?.delete(id);
    this.#settle(assignment, rank, SUCCESS);
    this.#obey(this.#scheduler.settled(rank, [{ taskId: id, failed: false, elapsed: 0.01 }]));
  }

  #settle({ task, attempt }: Assignment, engine: number, ending: Ending): void {
    this.outcomes.set(task.id, ending);
    const outcome = { pid: 1, ending, start: 1, finish: 2, output: NO_LEAK, error: NO_LEAK };
    const result: TaskResult = { taskId: task.id, attempt, node: "n", engine, slot: 0, ...outcome };
    this.#tell({ type: "task-finished", time: 2, task, result });
  }

  #giveBack(rank: number, ids: readonly number[]): void {
    for (const taskId of ids) {
      this.held.get(rank)?.delete(taskId);
      this.#tell({ type: "task-returned", time: 2, taskId, engine: rank });
    }
    this.#obey(this.#scheduler.returned(rank, ids));
  }

  #go(rank: number, how: "leave" | "crash" | "end-itself"): void {
    this.held.delete(rank);
    const crashed = how === "crash";
    if (how === "leave") this.#tell({ type: "engine-left", time: 3, engine: rank });
    else this.#tell({ type: "engine-lost", time: 3, engine: rank, reason: "gone", crashed });
    this.#obey(this.#scheduler.engineGone(rank, crashed ? "lost" : "left"));
  }

  #obey(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) {
      if (command.type === "assign") for (const given of command.assignments) this.#assign(command.engine, given);
      if (command.type === "give-up") this.#giveUp(command.assignment);
    }
    for (const command of commands) if (command.type === "pull") this.#answer(command.limit);
  }

  #assign(engine: number, given: Assignment): void {
    const open = this.fold.openTask(given.task.id);
    agree(open?.engine, undefined);
    const { attempt, crashes } = open?.assignment ?? { attempt: 1, crashes: 0 };
    agree([given.task.id, given.attempt, given.crashes], [given.task.id, attempt, crashes]);
    if (attempt > 1) this.restarts++;
    this.held.get(engine)?.set(given.task.id, given);
    this.#tell({ type: "task-assigned", time: 1, ...given, engine });
  }

  #giveUp(given: Assignment): void {
    const open = this.fold.openTask(given.task.id)?.assignment;
    // The recovery has it as the next attempt, which there is none of.
    agree([open?.attempt, open?.crashes], [given.attempt + 1, given.crashes]);
    this.#settle(given, -1, GIVEN_UP);
  }

  #answer(limit: number): void {
    const items = Array.from({ length: Math.min(limit, TASKS - this.#next) }, (_, i) => taskOf(this.#next + i));
    this.#next += items.length;
    this.#obey(this.#scheduler.pulled(items));
  }
}

function agree(one: unknown, other: unknown): void {
  expect(one).toEqual(other);
}

function taskOf(id: number): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command: `run ${id}` };
}

function bare(held: ReadonlyMap<number, ReadonlyMap<number, Assignment>>): object {
  return Array.from(held, ([rank, tasks]) => [
    rank,
    Array.from(tasks.values(), ({ task, attempt, crashes }) => [task.id, attempt, crashes]),
  ]);
}

const deed = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Deed>("finish") },
  { weight: 4, arbitrary: fc.constantFrom<Deed>("crash", "join") },
  { weight: 2, arbitrary: fc.constantFrom<Deed>("return", "leave", "end-itself") },
);

test("scheduler and recovery agree, after every event, on who holds what, and how it is started next", () => {
  let restarts = 0;
  let givenUp = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(deed, fc.nat(1000)), { minLength: 20, maxLength: 120 }),
      fc.constantFrom(1, 2, 3, Infinity),
      (deeds, crashLimit) => {
        const minds = new TwoMinds(crashLimit);
        for (const [what, choice] of deeds) {
          minds.do(what, choice);
          minds.compare();
        }
        restarts += minds.restarts;
        for (const ending of minds.outcomes.values()) if (ending === GIVEN_UP) givenUp++;
      },
    ),
  );
  expect(restarts).toBeGreaterThan(100);
  expect(givenUp).toBeGreaterThan(0);
});
