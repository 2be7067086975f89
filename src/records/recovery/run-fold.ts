import type { Context } from "../../domain/engine.ts";
import type { RunEnd, RunEvent } from "../../domain/events.ts";
import { type Ending, isSuccess } from "../../domain/ending.ts";
import { NO_LEAK, type TaskResult } from "../../domain/result.ts";
import type { SkippedTask, Task } from "../../domain/task.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { IdSet } from "./id-set.ts";
import type { JournaledContext, JournaledRun, RunStarted } from "./journaled-run.ts";
import { type Lease, Leases } from "./leases.ts";

/** What a status file says of tasks, by their ids. */
export interface Recorded {
  /** It has an outcome in the lines of this run. */
  now(id: number): boolean;
  /** It has one in the lines before those, of earlier runs. */
  before(id: number): boolean;
}

/** Folds the entries of one run into what the run had come to. Its memory does not grow with their number. */
export class RunFold {
  readonly #recorded: Recorded;
  readonly #leases = new Leases();
  readonly #settled = new IdSet();
  readonly #engineIds = new Set<string>();
  readonly #contexts = new Map<string, { context: Context; later: boolean; stopped: boolean; settled: number }>();
  #started: RunStarted | undefined;
  #nextRank = 0;
  #failedSinceBarrier = 0;
  #lastBarrier = -1;
  #largestId = -1;
  #checkFailed = false;
  #anySkipped = false;
  #ending: RunEnd | undefined;
  #ended: RunEnd | undefined;
  #time = 0;

  constructor(recorded: Recorded) {
    this.#recorded = recorded;
  }

  /** Of the latest entry, Unix time in seconds. */
  get time(): number {
    return this.#time;
  }

  get failedSinceBarrier(): number {
    return this.#failedSinceBarrier;
  }

  /** Whether the task has an outcome, or the barrier was passed. */
  settled(id: number): boolean {
    return this.#settled.has(id);
  }

  leaseOf(id: number): Lease | undefined {
    return this.#leases.of(id);
  }

  /** Whether an engine of this id has ever joined. */
  knowsEngine(id: string): boolean {
    return this.#engineIds.has(id);
  }

  /**
   * The next entry of the journal.
   *
   * @returns the event as it was, for those who count; or undefined for what is not to be told again: an outcome that was
   *   told before, and the end, since the run goes on. A task that was cut short by that end counts as handed back. Of skipped tasks
   *   only id and ending are known.
   */
  take(entry: JournalEntry): RunEvent | undefined {
    this.#time = Math.max(this.#time, entry.time);
    if (entry.type === "task-assigned") this.#largestId = Math.max(this.#largestId, entry.task.id);
    switch (entry.type) {
      case "task-assigned":
        if (this.#settled.has(entry.task.id)) return undefined;
        this.#leases.assign(entry.engine, entry);
        return entry;
      case "task-started":
        return this.#startedTask(entry);
      case "task-finished":
        return this.#finished(entry.time, entry.result);
      case "task-returned":
        return this.#leases.giveBack(entry.taskId, false) ? entry : undefined;
      case "task-interrupted": {
        const { taskId, engine } = entry.result;
        if (!this.#leases.giveBack(taskId, true)) return undefined;
        return { type: "task-returned", time: entry.time, taskId, engine };
      }
      case "task-skipped":
        return this.#skipped(entry);
      case "per-engine-finished":
        if (!this.#leases.commandRun(entry.result.engine, entry.command)) return undefined;
        if (!isSuccess(entry.result.ending)) this.#failedSinceBarrier++;
        return entry;
      case "barrier-passed":
        if (this.#settled.has(entry.barrier.id)) return undefined;
        this.#settle(entry.barrier.id);
        this.#lastBarrier = entry.barrier.id;
        this.#checkFailed ||= entry.failed;
        this.#failedSinceBarrier = 0;
        return entry;
      case "engine-joined":
        this.#leases.join(entry.engine);
        this.#engineIds.add(entry.engine.id);
        this.#nextRank = Math.max(this.#nextRank, entry.engine.rank + 1);
        return entry;
      case "engine-ready":
        this.#leases.ready(entry.engine);
        return entry;
      case "engine-left":
        this.#leases.gone(entry.engine, "left");
        return entry;
      case "engine-lost":
        this.#leases.gone(entry.engine, entry.crashed ? "lost" : "left");
        return entry;
      case "context-added": {
        const { context, later } = entry;
        this.#contexts.set(context.label, { context, later, stopped: false, settled: 0 });
        return entry;
      }
      case "context-stopped": {
        const known = this.#contexts.get(entry.label);
        if (known !== undefined) known.stopped = true;
        return entry;
      }
      case "run-started":
        this.#started = entry;
        return entry;
      case "run-recovered":
        this.#ending = undefined;
        this.#ended = undefined;
        return entry;
      case "run-draining":
      case "run-terminating":
        this.#ending = entry.reason;
        return undefined;
      case "run-ended":
        this.#ended = entry.reason;
        return undefined;
      case "engines-awaited":
      case "engine-silent":
      case "engine-back":
      case "engine-failed":
      case "engine-restarting":
      case "task-superseded":
      case "note":
      case "warning":
        return entry;
      default:
        return entry satisfies never;
    }
  }

  /** What the run has come to. */
  result(): JournaledRun {
    const engines = Array.from(this.#leases.holders, ({ engine, ready, held, commandsRun }) => {
      return { engine, ready, held: [...held.values()], commandsRun };
    });
    const returned = this.#leases.waiting();
    const contexts = [...this.#contexts.values()].map(({ context, later, stopped, settled }): JournaledContext => {
      const held = engines.filter(({ engine }) => engine.context === context.label);
      return { context, later, stopped, taken: held.reduce((sum, engine) => sum + engine.held.length, settled) };
    });
    return {
      ...{ started: this.#started, contexts, engines, nextRank: this.#nextRank, returned },
      ...{ failedSinceBarrier: this.#failedSinceBarrier, lastBarrier: this.#lastBarrier, largestId: this.#largestId },
      ...{ checkFailed: this.#checkFailed, anySkipped: this.#anySkipped, ending: this.#ending, ended: this.#ended },
      settled: (id) => this.#settled.has(id),
      claimed: (id) => this.#leases.of(id) !== undefined,
    };
  }

  #settle(id: number): void {
    this.#settled.add(id);
    this.#largestId = Math.max(this.#largestId, id);
  }

  /** Only an engine that holds the task can have started it. */
  #startedTask(entry: Extract<JournalEntry, { readonly type: "task-started" }>): RunEvent | undefined {
    const { time, taskId, attempt, engine, slot, start } = entry;
    const lease = this.#leases.of(taskId);
    if (lease?.engine?.rank !== engine || lease.assignment.attempt !== attempt) return undefined;
    return { type: "task-started", time, task: lease.assignment.task, attempt, engine, slot, start };
  }

  #finished(time: number, result: TaskResult): RunEvent | undefined {
    const { taskId, ending } = result;
    if (this.#settled.has(taskId)) return undefined;
    const lease = this.#leases.settle(taskId);
    // Without its lease nobody knows what it was, and without a record of it it has to be run again.
    if (lease === undefined && !this.#recorded.now(taskId)) return undefined;
    this.#settle(taskId);
    if (!isSuccess(ending)) this.#failedSinceBarrier++;
    const context = lease?.engine === undefined ? undefined : this.#contexts.get(lease.engine.context);
    if (context !== undefined) context.settled++;
    return { type: "task-finished", time, task: lease?.assignment.task ?? unknownTask(taskId), result };
  }

  /** A skipped task that has no record, here or in the file's lines of earlier runs, is to be skipped once more. */
  #skipped(entry: Extract<JournalEntry, { readonly type: "task-skipped" }>): RunEvent | undefined {
    const { time, taskId, ending } = entry;
    if (this.#settled.has(taskId)) return undefined;
    if (!this.#recorded.now(taskId) && !this.#recorded.before(taskId)) return undefined;
    this.#settle(taskId);
    this.#anySkipped = true;
    if (!isSuccess(ending)) this.#failedSinceBarrier++;
    return { type: "task-skipped", time, skipped: skippedTask(taskId, ending) };
  }
}

function unknownTask(id: number): Task {
  return { kind: "task", id, line: 0, repeatIndex: -1, command: "" };
}

function skippedTask(id: number, ending: Ending): SkippedTask {
  const outcome = { pid: -1, ending, start: 0, finish: 0, output: NO_LEAK, error: NO_LEAK };
  return { kind: "skipped", task: unknownTask(id), previous: { ...outcome, node: "", alreadyRecorded: true } };
}
