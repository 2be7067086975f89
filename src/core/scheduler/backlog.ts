import { isSuspect } from "../../domain/loss.ts";
import type { Assignment, PerEngineCommand, StreamItem } from "../../domain/task.ts";
import { Fifo } from "../../domain/fifo.ts";
import { Elsewhere } from "./elsewhere.ts";

/** What the source has yielded and no engine holds. */
export class Backlog {
  /** Per-engine commands in order of appearance; all of them stand before the first task. */
  readonly perEngine: Record<PerEngineCommand["when"], PerEngineCommand[]> = { start: [], stop: [] };
  /** Whether the source was asked and has not answered yet. */
  pulling = false;
  sourceEnded = false;
  /** Whether the last items that the source yielded were all skipped tasks. */
  onlySkipped = false;
  /** Whether no more per-engine commands are to come: something else has, or the source has said so. */
  hasBegun = false;
  readonly #pending = new Fifo<Exclude<StreamItem, PerEngineCommand>>();
  /** Tasks of engines that are gone or gave them back; they come before anything else. */
  readonly #returned = new Fifo<Assignment>();
  /** Tasks that are to be tried on another node than before; they come before those. */
  readonly elsewhere = new Elsewhere();
  /** Returned tasks that engines may have died of, by how many engines. */
  readonly #suspects = new Map<number, Fifo<Assignment>>();
  #suspectCount = 0;

  /** The source's answer; no items means its end. */
  add(items: readonly StreamItem[]): void {
    this.pulling = false;
    if (items.length === 0) this.sourceEnded = true;
    this.onlySkipped = items.length > 0;
    for (const item of items) {
      this.onlySkipped &&= item.kind === "skipped";
      if (item.kind === "per-engine") this.perEngine[item.when].push(item);
      else {
        this.#pending.push(item);
        this.hasBegun = true;
      }
    }
  }

  giveBack(assignment: Assignment): void {
    if (!isSuspect(assignment)) {
      if (assignment.avoid !== undefined) return this.elsewhere.add(assignment);
      return this.#returned.push(assignment);
    }
    const { crashes } = assignment;
    const alike = this.#suspects.get(crashes) ?? new Fifo();
    alike.push(assignment);
    this.#suspects.set(crashes, alike);
    this.#suspectCount++;
  }

  /** Drops a task that was given back. @returns it, if it was there. */
  withdraw(taskId: number): Assignment | undefined {
    let found: Assignment | undefined;
    const isIt = (assignment: Assignment): boolean => {
      if (assignment.task.id !== taskId) return false;
      found = assignment;
      return true;
    };
    this.elsewhere.remove(isIt);
    this.#returned.remove(isIt);
    this.#suspectCount = 0;
    for (const alike of this.#suspects.values()) {
      alike.remove(isIt);
      this.#suspectCount += alike.size;
    }
    return found;
  }

  get size(): number {
    return this.unsuspected + this.#suspectCount + this.elsewhere.size;
  }

  /** Items that any engine may be given, whatever it holds. */
  get unsuspected(): number {
    return this.#pending.size + this.#returned.size;
  }

  get hasSuspect(): boolean {
    return this.#suspectCount > 0;
  }

  get hasReturned(): boolean {
    return this.#returned.size + this.#suspectCount + this.elsewhere.size > 0;
  }

  get hasTask(): boolean {
    return this.hasReturned || this.#pending.peek()?.kind === "task";
  }

  get hasPerEngineCommands(): boolean {
    return this.perEngine.start.length + this.perEngine.stop.length > 0;
  }

  /** The next item in the order of the source. */
  peek(): Exclude<StreamItem, PerEngineCommand> | undefined {
    return this.#pending.peek();
  }

  /** Drops the item that `peek` shows. */
  drop(): void {
    this.#pending.shift();
  }

  /** The largest number of crashes that a suspect has; 0 without any. */
  get mostCrashes(): number {
    let most = 0;
    for (const [crashes, { size }] of this.#suspects) if (size > 0) most = Math.max(most, crashes);
    return most;
  }

  /** The first of the most suspect tasks that may be assigned. */
  takeSuspect(mayTake: (crashes: number) => boolean): Assignment | undefined {
    const fitting = [...this.#suspects].filter(([crashes, { size }]) => size > 0 && mayTake(crashes));
    const [first] = fitting.toSorted(([a], [b]) => b - a);
    if (first === undefined) return undefined;
    this.#suspectCount--;
    return first[1].shift();
  }

  /** The next task to assign that nobody suspects, unless something else comes before it. */
  takeTask(): Assignment | undefined {
    const returned = this.#returned.shift();
    if (returned !== undefined) return returned;
    const item = this.#pending.peek();
    if (item?.kind !== "task") return undefined;
    this.#pending.shift();
    return { task: item, attempt: 1, crashes: 0 };
  }

  /** All per-engine commands stand before whatever else there is. */
  get knowsPerEngineCommands(): boolean {
    return this.sourceEnded || this.hasBegun;
  }

  /** Whether nothing can be pulled now: the source has ended, or what it yields next would wait behind a barrier. */
  get closed(): boolean {
    return this.sourceEnded || this.#pending.peek()?.kind === "barrier";
  }
}
