import { afterDeparture, type Departure } from "../../domain/loss.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { Assignment, PerEngineCommand, Task } from "../../domain/task.ts";
import type { JournaledRetry } from "./journaled-run.ts";

/** A task that was given to an engine and has no outcome. */
export interface Holding {
  readonly assignment: Assignment;
  /** Rank of the engine that holds it; undefined when the task waits for its next start. */
  readonly rank: number | undefined;
}

/** The last try of a task that has failed, and is followed by another. */
interface LastTry {
  readonly task: Task;
  readonly result: TaskResult;
  /** When the next one is due, Unix time in seconds, and how long the task was to wait for it. */
  readonly due: number;
  readonly delay: number;
  /** An engine has been given the task since. */
  readonly isGivenAgain: boolean;
}

type FailedTry = Pick<Extract<RunEvent, { readonly type: "task-retrying" }>, "result" | "failures" | "time" | "delay">;

/** What one engine holds. */
export interface EngineHoldings {
  /** By task id, in the order of their assignment, which is the order in which it starts them. */
  readonly held: Map<number, Assignment>;
  /** Per-engine commands that it has run. */
  readonly commandsRun: PerEngineCommand[];
}

/**
 * Who holds which task, by its id, and which tasks wait to be started again: what `RunState` only counts. A live run does not pay for
 * it, since its scheduler knows already; so the recovery keeps it beside the run's state. Its memory grows with what is going on now.
 */
export class Holdings {
  readonly #engines = new Map<number, EngineHoldings>();
  /** By task id: rank of the engine that holds it. */
  readonly #rankOf = new Map<number, number>();
  /** By task id: how it is to be started next. */
  readonly #waiting = new Map<number, Assignment>();
  /** By task id. */
  readonly #lastTries = new Map<number, LastTry>();

  join(rank: number): void {
    this.#engines.set(rank, { held: new Map(), commandsRun: [] });
  }

  /** The engine has run this command. @returns false when that is no news. */
  commandRun(rank: number, command: PerEngineCommand): boolean {
    const known = this.#engines.get(rank)?.commandsRun ?? [];
    if (known.some(({ when, id }) => when === command.when && id === command.id)) return false;
    known.push(command);
    return true;
  }

  /** An engine that is not there holds nothing: the task waits. What came of tries before is known from them. */
  assign(rank: number, given: Pick<Assignment, "task" | "attempt" | "crashes" | "failures">): void {
    const { task, attempt, crashes, failures } = given;
    const { id } = task;
    const before = this.#drop(id)?.assignment;
    const { lastEnding, avoid } = before ?? {};
    const assignment = { task, attempt, crashes, failures: failures ?? before?.failures, lastEnding, avoid };
    const lastTry = this.#lastTries.get(id);
    if (lastTry !== undefined) this.#lastTries.set(id, { ...lastTry, isGivenAgain: true });
    const engine = this.#engines.get(rank);
    if (engine === undefined) return void this.#waiting.set(id, assignment);
    engine.held.set(id, assignment);
    this.#rankOf.set(id, rank);
  }

  /** The task's holding, if it has ever been assigned and is not settled. */
  of(id: number): Holding | undefined {
    const rank = this.#rankOf.get(id);
    const assignment = rank === undefined ? this.#waiting.get(id) : this.#engines.get(rank)?.held.get(id);
    return assignment === undefined ? undefined : { assignment, rank };
  }

  /** What the engine holds; undefined when it is not there. */
  ofEngine(rank: number): EngineHoldings | undefined {
    return this.#engines.get(rank);
  }

  /** Forgets the task. @returns who held it. */
  settle(id: number): Holding | undefined {
    this.#lastTries.delete(id);
    return this.#drop(id);
  }

  #drop(id: number): Holding | undefined {
    const holding = this.of(id);
    if (holding?.rank === undefined) this.#waiting.delete(id);
    else this.#release(id, holding.rank);
    return holding;
  }

  /** The task was handed back, and waits. @param started it has been started, so that its next start is another attempt. */
  giveBack(id: number, started: boolean): boolean {
    const holding = this.of(id);
    if (holding?.rank === undefined) return false;
    const { assignment, rank } = holding;
    this.#release(id, rank);
    this.#waiting.set(id, started ? { ...assignment, attempt: assignment.attempt + 1 } : assignment);
    return true;
  }

  /** A try has failed, and the task waits for the next one. @returns what the task was; undefined when that is no news. */
  retry({ result, failures, time, delay }: FailedTry): Task | undefined {
    const { taskId: id, attempt, ending: lastEnding } = result;
    const known = this.of(id)?.assignment;
    if (known === undefined || this.failedAttempt(id) >= attempt) return undefined;
    this.#drop(id);
    const { task, crashes } = known;
    const avoid = task.terms?.retry?.elsewhere === true ? result.node : undefined;
    const next = Math.max(known.attempt, attempt + 1);
    this.#waiting.set(id, { task, attempt: next, crashes, failures, lastEnding, avoid });
    this.#lastTries.set(id, { task, result, due: time + delay, delay, isGivenAgain: false });
    return task;
  }

  /** The engine is gone, and what it held waits. */
  gone(rank: number, departure: Departure): void {
    const engine = this.#engines.get(rank);
    if (engine === undefined) return;
    this.#engines.delete(rank);
    for (const assignment of engine.held.values()) {
      this.#rankOf.delete(assignment.task.id);
      this.#waiting.set(assignment.task.id, afterDeparture(assignment, departure));
    }
  }

  /** What waits, in the order of the task ids, but for those that wait for the time of their next try. */
  waiting(): Assignment[] {
    const waiting = [...this.#waiting.values()].filter(
      ({ task }) => this.#lastTries.get(task.id)?.isGivenAgain !== false,
    );
    return waiting.toSorted((a, b) => a.task.id - b.task.id);
  }

  /** Tasks that wait for the time of their next try, in the order of their ids. */
  retries(): JournaledRetry[] {
    const retries = [...this.#lastTries].flatMap(([id, { result, due, delay, isGivenAgain }]) => {
      const assignment = isGivenAgain ? undefined : this.#waiting.get(id);
      return assignment === undefined ? [] : { assignment, engine: result.engine, due, delay };
    });
    return retries.toSorted((a, b) => a.assignment.task.id - b.assignment.task.id);
  }

  /** Attempt of the task's last failed try that another one follows; 0 before any. */
  failedAttempt(id: number): number {
    return this.#lastTries.get(id)?.result.attempt ?? 0;
  }

  /** The last failed try of each task that has no outcome, where another one follows it. */
  failedTries(): readonly LastTry[] {
    return [...this.#lastTries.values()];
  }

  #release(id: number, rank: number): void {
    this.#engines.get(rank)?.held.delete(id);
    this.#rankOf.delete(id);
  }
}
