import type { Engine } from "../../domain/engine.ts";
import type { Assignment, PerEngineCommand } from "../../domain/task.ts";

/** An engine that has joined and neither left nor been lost. */
interface Holder {
  readonly engine: Engine;
  ready: boolean;
  /** By task id, in the order of their assignment. */
  readonly held: Map<number, Assignment>;
  readonly commandsRun: PerEngineCommand[];
}

/** A lease, and which engine holds it; none when the task waits for its next start. */
export interface Lease {
  readonly assignment: Assignment;
  readonly engine?: Engine;
}

/** Which engine holds which task, and which tasks wait to be started again. Its memory grows with what is going on now. */
export class Leases {
  readonly #holders = new Map<number, Holder>();
  /** By task id: rank of the engine that holds it. */
  readonly #rankOf = new Map<number, number>();
  /** By task id: how it is to be started next. */
  readonly #waiting = new Map<number, Assignment>();

  join(engine: Engine): void {
    this.gone(engine.rank, "lost");
    this.#holders.set(engine.rank, { engine, ready: false, held: new Map(), commandsRun: [] });
  }

  ready(rank: number): void {
    const holder = this.#holders.get(rank);
    if (holder !== undefined) holder.ready = true;
  }

  /** The engine has run this command. @returns false when that is no news. */
  commandRun(rank: number, command: PerEngineCommand): boolean {
    const known = this.#holders.get(rank)?.commandsRun ?? [];
    if (known.some(({ when, id }) => when === command.when && id === command.id)) return false;
    known.push(command);
    return true;
  }

  /** An engine that is not there holds nothing: the task waits. */
  assign(rank: number, assignment: Assignment): void {
    const { id } = assignment.task;
    this.settle(id);
    const holder = this.#holders.get(rank);
    if (holder === undefined) return void this.#waiting.set(id, assignment);
    holder.held.set(id, assignment);
    this.#rankOf.set(id, rank);
  }

  /** The task's lease, if it has ever been assigned and is not settled. */
  of(id: number): Lease | undefined {
    const holder = this.#holderOf(id);
    const assignment = holder?.held.get(id) ?? this.#waiting.get(id);
    if (assignment === undefined) return undefined;
    return holder === undefined ? { assignment } : { assignment, engine: holder.engine };
  }

  /** Forgets the task. @returns what its lease was. */
  settle(id: number): Lease | undefined {
    const lease = this.of(id);
    if (lease?.engine === undefined) this.#waiting.delete(id);
    else this.#release(id, lease.engine.rank);
    return lease;
  }

  /** It was handed back, and waits. @param started it has been started, so that its next start is another attempt. */
  giveBack(id: number, started: boolean): boolean {
    const { assignment, engine } = this.of(id) ?? {};
    if (assignment === undefined || engine === undefined) return false;
    this.#release(id, engine.rank);
    this.#waiting.set(id, started ? { ...assignment, attempt: assignment.attempt + 1 } : assignment);
    return true;
  }

  /** What the engine held waits for its next attempt, since it may have been started; and it may have died of any of it. */
  gone(rank: number, how: "left" | "lost"): void {
    const holder = this.#holders.get(rank);
    if (holder === undefined) return;
    this.#holders.delete(rank);
    const crashed = how === "lost" && holder.ready ? 1 : 0;
    for (const { task, attempt, crashes } of holder.held.values()) {
      this.#rankOf.delete(task.id);
      this.#waiting.set(task.id, { task, attempt: attempt + 1, crashes: crashes + crashed });
    }
  }

  /** In the order of their arrival. */
  get holders(): Iterable<Holder> {
    return this.#holders.values();
  }

  /** What waits, in the order of the task ids. */
  waiting(): Assignment[] {
    return [...this.#waiting.values()].toSorted((a, b) => a.task.id - b.task.id);
  }

  #holderOf(id: number): Holder | undefined {
    const rank = this.#rankOf.get(id);
    return rank === undefined ? undefined : this.#holders.get(rank);
  }

  #release(id: number, rank: number): void {
    this.#holders.get(rank)?.held.delete(id);
    this.#rankOf.delete(id);
  }
}
