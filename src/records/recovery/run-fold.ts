import { type Ending, isSuccess } from "../../domain/ending.ts";
import type { Engine } from "../../domain/engine.ts";
import type { RunEvent } from "../../domain/events.ts";
import { NO_LEAK, type TaskResult } from "../../domain/result.ts";
import { retryDelay } from "../../domain/retry-delay.ts";
import type { MadeFile } from "../../domain/task-files.ts";
import { type Assignment, type Barrier, type SkippedTask, unknownTask } from "../../domain/task.ts";
import type { JournalEntry, TaskFinished } from "../journal/entry.ts";
import { IdSet } from "../../domain/id-set.ts";
import { isStopping } from "../state/availability.ts";
import { isPresent, isReady } from "../state/engine-roll.ts";
import { RunState } from "../state/run-state.ts";
import { Holdings } from "./holdings.ts";
import type { JournaledContext, JournaledRun, RunStarted } from "./journaled-run.ts";

/** What a status file says of tasks, by their ids. */
export interface Recorded {
  /** Whether the task has an outcome in the lines of this run. */
  now(id: number): boolean;
  /** Whether the task has an outcome in the lines before those, of earlier runs. */
  before(id: number): boolean;
}

/** A task that has no outcome, and the engine that holds it; none when the task waits for its next start. */
interface OpenTask {
  readonly assignment: Assignment;
  readonly engine: Engine | undefined;
  /** Attempt of its last failed try that another one follows; 0 before any. */
  readonly failedAttempt: number;
}

/**
 * Folds the entries of one run into what the run had come to: its state, as a live run has it, and beside it what is known of each
 * task. Its memory does not grow with the number of entries, but for those of tasks that have made files.
 */
export class RunFold {
  readonly #recorded: Recorded;
  readonly #state = new RunState();
  readonly #holdings = new Holdings();
  readonly #settled = new IdSet();
  /** By task id; of those that have made files. */
  readonly #made = new Map<number, readonly MadeFile[]>();
  /** By task id: rank of the engine that held it when somebody had it stopped. */
  readonly #stopped = new Map<number, number>();
  /** Ranks of engines that leave for a reason of their own: nobody has wanted that. */
  readonly #leaving = new Set<number>();
  /** Barriers with a key that were passed. */
  readonly #passed: Barrier[] = [];
  #started: RunStarted | undefined;
  #largestId = -1;
  #anyUnmet = false;
  #time = 0;

  constructor(recorded: Recorded) {
    this.#recorded = recorded;
  }

  /** Time of the latest entry, Unix time in seconds. */
  get time(): number {
    return this.#time;
  }

  get failedSinceBarrier(): number {
    return this.#state.failedSinceBarrier;
  }

  /** Whether the task has an outcome, or the barrier was passed. */
  settled(id: number): boolean {
    return this.#settled.has(id);
  }

  /** A task that was assigned and has no outcome. */
  openTask(id: number): OpenTask | undefined {
    const holding = this.#holdings.of(id);
    if (holding === undefined) return undefined;
    const { assignment, rank } = holding;
    const engine = rank === undefined ? undefined : this.#state.engines[rank]?.engine;
    return { assignment, engine, failedAttempt: this.#holdings.failedAttempt(id) };
  }

  /** The entry for a result that nobody has taken note of: the task's outcome, or a try that is followed by another. */
  entryOf(result: TaskResult): JournalEntry {
    const { taskId, ending, finish } = result;
    const time = Math.max(this.#time, finish);
    const assignment = this.#stopped.has(taskId) ? undefined : this.#holdings.of(taskId)?.assignment;
    const failures = (assignment?.failures ?? 0) + 1;
    const delay = isSuccess(ending) ? undefined : retryDelay(assignment?.task.terms?.retry, failures, ending);
    if (delay === undefined) return { type: "task-finished", time, result };
    return { type: "task-retrying", time, result, failures, delay };
  }

  /** Whether an engine of this id has ever joined. */
  knowsEngine(id: string): boolean {
    return this.#state.engines.some(({ engine }) => engine.id === id);
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
    if (entry.type === "run-started") this.#started = entry;
    const event = this.#news(entry);
    if (event === undefined) return undefined;
    this.#state.handle(event);
    return isOfTheEnd(event) ? undefined : event;
  }

  /** What the run has come to. */
  result(): JournaledRun {
    const state = this.#state;
    const engines = state.engines.filter(isPresent).map((tally) => {
      const { held = new Map<number, Assignment>(), commandsRun = [] } =
        this.#holdings.ofEngine(tally.engine.rank) ?? {};
      const stopping = isStopping(tally, state.contexts) && !this.#leaving.has(tally.engine.rank);
      return { engine: tally.engine, ready: isReady(tally), stopping, held: [...held.values()], commandsRun };
    });
    const contexts = state.contexts.map(({ context, later, stopped, settled }): JournaledContext => {
      const held = engines.filter(({ engine }) => engine.context === context.label);
      return { context, later, stopped, taken: held.reduce((sum, engine) => sum + engine.held.length, settled) };
    });
    return {
      state,
      started: this.#started,
      contexts,
      engines,
      nextRank: state.engines.length,
      returned: this.#holdings.waiting(),
      retries: this.#holdings.retries(),
      failedTries: this.#holdings.failedTries(),
      stopped: this.#stopped,
      failedSinceBarrier: state.failedSinceBarrier,
      lastBarrier: state.lastBarrier,
      passed: this.#passed,
      largestId: this.#largestId,
      checkFailed: state.checkFailed,
      anySkipped: state.skipped > 0,
      anyUnmet: this.#anyUnmet,
      runEnd: state.reason,
      ended: state.phase === "ended" ? state.reason : undefined,
      settled: (id) => this.#settled.has(id),
      claimed: (id) => this.#holdings.of(id) !== undefined,
      made: (id) => this.#made.get(id),
    };
  }

  /** @returns the event as it was, or undefined when it is none that counts. */
  #news(entry: JournalEntry): RunEvent | undefined {
    switch (entry.type) {
      case "task-assigned":
        if (this.#settled.has(entry.task.id)) return undefined;
        this.#holdings.assign(entry.engine, entry);
        return entry;
      case "task-started":
        return this.#startedTask(entry);
      case "task-finished":
        return this.#finished(entry);
      case "task-retrying": {
        const task = this.#settled.has(entry.result.taskId) ? undefined : this.#holdings.retry(entry);
        return task === undefined ? undefined : { ...entry, task };
      }
      case "task-stopping":
        this.#stopped.set(entry.taskId, entry.engine);
        return entry;
      case "task-returned":
        return this.#holdings.giveBack(entry.taskId, false) ? entry : undefined;
      case "task-interrupted": {
        const { taskId, engine, attempt } = entry.result;
        // A task that waited for its next try when the run was about to end waits still.
        if (this.#holdings.of(taskId)?.assignment.attempt !== attempt) return undefined;
        if (!this.#holdings.giveBack(taskId, true)) return undefined;
        return { type: "task-returned", time: entry.time, taskId, engine };
      }
      case "task-skipped":
        return this.#skipped(entry);
      case "per-engine-finished":
        return this.#holdings.commandRun(entry.result.engine, entry.command) ? entry : undefined;
      case "barrier-passed":
        if (this.#settled.has(entry.barrier.id)) return undefined;
        this.#settle(entry.barrier.id);
        if (entry.barrier.key !== undefined) this.#passed.push(entry.barrier);
        return entry;
      case "engine-joined":
        this.#gone(entry.engine.rank, true);
        this.#holdings.join(entry.engine.rank);
        return entry;
      case "engine-stopping":
        if (entry.reason !== undefined) this.#leaving.add(entry.engine);
        return entry;
      case "engine-left":
        this.#gone(entry.engine, false);
        return entry;
      case "engine-lost":
        this.#gone(entry.engine, entry.crashed);
        return entry;
      default:
        return entry;
    }
  }

  #gone(rank: number, crashed: boolean): void {
    const tally = this.#state.engines[rank];
    if (tally !== undefined) this.#holdings.gone(rank, { crashed, wasReady: isReady(tally) });
  }

  #settle(id: number): void {
    this.#settled.add(id);
    this.#largestId = Math.max(this.#largestId, id);
  }

  /** Only an engine that holds the task can have started it. */
  #startedTask(entry: Extract<JournalEntry, { readonly type: "task-started" }>): RunEvent | undefined {
    const { time, taskId, attempt, engine, slot, start } = entry;
    const holding = this.#holdings.of(taskId);
    if (holding?.rank !== engine || holding.assignment.attempt !== attempt) return undefined;
    return { type: "task-started", time, task: holding.assignment.task, attempt, engine, slot, start };
  }

  #finished({ time, result, task }: TaskFinished): RunEvent | undefined {
    const { taskId } = result;
    if (this.#settled.has(taskId)) return undefined;
    const holding = this.#holdings.settle(taskId);
    // Without its assignment nobody knows what it was, and without a record of it it has to be run again.
    if (holding === undefined && !this.#recorded.now(taskId)) return undefined;
    this.#settle(taskId);
    if (result.ending.type === "unmet") this.#anyUnmet = true;
    if (result.made !== undefined) this.#made.set(taskId, result.made);
    return { type: "task-finished", time, task: holding?.assignment.task ?? task ?? unknownTask(taskId), result };
  }

  /** A skipped task that has no record, here or in the file's lines of earlier runs, is to be skipped once more. */
  #skipped(entry: Extract<JournalEntry, { readonly type: "task-skipped" }>): RunEvent | undefined {
    const { time, taskId, ending } = entry;
    if (this.#settled.has(taskId)) return undefined;
    if (!this.#recorded.now(taskId) && !this.#recorded.before(taskId)) return undefined;
    this.#settle(taskId);
    return { type: "task-skipped", time, skipped: skippedTask(taskId, ending) };
  }
}

/** The end of a run that is taken up again is known to its state, and told to nobody. */
function isOfTheEnd({ type }: RunEvent): boolean {
  return type === "run-draining" || type === "run-terminating" || type === "run-ended";
}

function skippedTask(id: number, ending: Ending): SkippedTask {
  const outcome = { pid: -1, ending, start: 0, finish: 0, output: NO_LEAK, error: NO_LEAK };
  return { kind: "skipped", task: unknownTask(id), previous: { ...outcome, node: "", alreadyRecorded: true } };
}
