import { afterDeparture, type Departure } from "../../domain/loss.ts";
import type { Assignment, PerEngineCommand } from "../../domain/task.ts";

/** A task that was given to an engine and has no outcome. */
export interface Holding {
  readonly assignment: Assignment;
  /** Rank of the engine that holds it; undefined when the task waits for its next start. */
  readonly rank: number | undefined;
}

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

  /** An engine that is not there holds nothing: the task waits. */
  assign(rank: number, assignment: Assignment): void {
    const { id } = assignment.task;
    this.settle(id);
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

  /** What waits, in the order of the task ids. */
  waiting(): Assignment[] {
    return [...this.#waiting.values()].toSorted((a, b) => a.task.id - b.task.id);
  }

  #release(id: number, rank: number): void {
    this.#engines.get(rank)?.held.delete(id);
    this.#rankOf.delete(id);
  }
}
