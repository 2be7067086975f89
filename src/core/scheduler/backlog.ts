import { isSuspect } from "../../domain/loss.ts";
import type { Assignment, PerEngineCommand, SkippedTask, StreamItem } from "../../domain/task.ts";
import { Fifo } from "../../domain/fifo.ts";
import { type Demand, isParticular } from "./demand.ts";
import { Elsewhere } from "./elsewhere.ts";
import { WaitingTasks } from "./waiting-tasks.ts";

/**
 * Tasks that are known ahead once one of them cannot be treated like any other: among these the next one is looked for that fits.
 * Engines of 4,096 cores together run about 900 at a time that need 1 to 8 cores each.
 */
export const LOOK_AHEAD = 2048;
/** Tasks that may wait aside beyond these for an engine that could run them, before the source is asked for no more. */
const MOST_ASIDE = 65_536;
const FEWEST_ASKED = 256;

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
  /** Tasks by what they take, from the first one on that cannot be treated like any other; they stand before what `#pending` has. */
  #waiting: WaitingTasks | undefined;
  /** Tasks of earlier runs that stood among those. */
  readonly #skipped = new Fifo<SkippedTask>();

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
        if (item.kind === "task" && item.terms !== undefined && isParticular(item.terms)) this.lookAhead();
      }
    }
    if (this.#waiting !== undefined) this.#sort(this.#waiting);
  }

  /** Tasks by what they take; undefined as long as all of them are treated alike. */
  get waiting(): WaitingTasks | undefined {
    return this.#waiting;
  }

  /** From now on tasks are sorted by what they take. */
  lookAhead(): WaitingTasks {
    if (this.#waiting !== undefined) return this.#waiting;
    this.#waiting = new WaitingTasks();
    for (let next = this.#returned.shift(); next !== undefined; next = this.#returned.shift()) this.giveBack(next);
    this.#sort(this.#waiting);
    return this.#waiting;
  }

  /** How many items are wanted of the source. @param room for so many more tasks, as long as all of them are treated alike. */
  wanted(room: number): number {
    if (this.#waiting === undefined) return room - this.unsuspected;
    const most = LOOK_AHEAD - Math.max(0, this.#waiting.sizeAside - MOST_ASIDE);
    const missing = most - this.unsuspected;
    // The source is asked once for many.
    return missing >= FEWEST_ASKED ? missing : 0;
  }

  /** Whether something waits that could be run by an engine which can run what takes this. */
  hasWorkFor(couldRun: (demand: Demand) => boolean): boolean {
    if (this.#waiting === undefined) return this.size > 0;
    if (this.#suspectCount + this.elsewhere.size > 0) return true;
    return this.#waiting.order.some(({ demand }) => couldRun(demand));
  }

  giveBack(assignment: Assignment): void {
    if (isParticular(assignment.task.terms)) this.lookAhead();
    if (!isSuspect(assignment)) {
      if (assignment.avoid !== undefined) this.elsewhere.add(assignment);
      else if (this.#waiting === undefined) this.#returned.push(assignment);
      else this.#waiting.add(assignment, true);
      return;
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
    found ??= this.#waiting?.withdraw(taskId);
    this.#suspectCount = 0;
    for (const alike of this.#suspects.values()) {
      alike.remove(isIt);
      this.#suspectCount += alike.size;
    }
    return found;
  }

  get size(): number {
    return this.unsuspected + this.#suspectCount + this.elsewhere.size + (this.#waiting?.sizeAside ?? 0);
  }

  /** Items that any engine may be given, whatever it holds. */
  get unsuspected(): number {
    return this.#pending.size + this.#returned.size + this.#skipped.size + (this.#waiting?.size ?? 0);
  }

  get hasSuspect(): boolean {
    return this.#suspectCount > 0;
  }

  /** Whether tasks wait that come before whatever `peek` shows. */
  get hasTaskBefore(): boolean {
    const sorted = this.#waiting === undefined ? 0 : this.#waiting.size + this.#waiting.sizeAside;
    return this.#returned.size + this.#suspectCount + this.elsewhere.size + sorted > 0;
  }

  /** Whether there is a task that some engine could run, as far as is known. */
  get hasTask(): boolean {
    if (this.#returned.size + this.#suspectCount + this.elsewhere.size > 0) return true;
    return this.#waiting === undefined ? this.#pending.peek()?.kind === "task" : this.#waiting.size > 0;
  }

  get hasPerEngineCommands(): boolean {
    return this.perEngine.start.length + this.perEngine.stop.length > 0;
  }

  /** The next item in the order of the source. A task comes before those that have been sorted; what was skipped comes at once. */
  peek(): Exclude<StreamItem, PerEngineCommand> | undefined {
    return this.#skipped.peek() ?? this.#waiting?.first?.task ?? this.#pending.peek();
  }

  /** Drops the item that `peek` shows, which is no task. */
  drop(): void {
    if (this.#skipped.shift() === undefined) this.#pending.shift();
    if (this.#waiting !== undefined) this.#sort(this.#waiting);
  }

  /** The largest number of crashes that a suspect has; 0 without any. */
  get mostCrashes(): number {
    let most = 0;
    for (const [crashes, { size }] of this.#suspects) if (size > 0) most = Math.max(most, crashes);
    return most;
  }

  /** The first of the most suspect tasks that may be assigned. */
  takeSuspect(mayTake: (suspect: Assignment) => boolean): Assignment | undefined {
    for (const alike of this.#bySuspicion()) {
      const first = alike.peek();
      if (first === undefined || !mayTake(first)) continue;
      this.#suspectCount--;
      return alike.shift();
    }
    return undefined;
  }

  /** The first of the most suspect tasks. */
  get firstSuspect(): Assignment | undefined {
    return this.#suspectCount === 0 ? undefined : this.#bySuspicion()[0]?.peek();
  }

  /** Takes out suspects for which this says yes. */
  dropSuspects(isUnwanted: (suspect: Assignment) => boolean): Assignment[] {
    const dropped: Assignment[] = [];
    for (const alike of this.#suspects.values()) {
      alike.remove((suspect) => {
        const unwanted = isUnwanted(suspect);
        if (unwanted) dropped.push(suspect);
        return unwanted;
      });
    }
    this.#suspectCount -= dropped.length;
    return dropped;
  }

  /** Suspects that are there, the most suspect ones first. */
  #bySuspicion(): Fifo<Assignment>[] {
    const there = [...this.#suspects].filter(([, { size }]) => size > 0);
    return there.toSorted(([a], [b]) => b - a).map(([, alike]) => alike);
  }

  /** The next task to assign that nobody suspects, unless something else comes before it. */
  takeTask(): Assignment | undefined {
    if (this.#waiting !== undefined) return this.#waiting.take(0);
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

  /** Sorts what stands before the next barrier. */
  #sort(waiting: WaitingTasks): void {
    for (let item = this.#pending.peek(); item !== undefined && item.kind !== "barrier"; item = this.#pending.peek()) {
      this.#pending.shift();
      if (item.kind === "task") waiting.add({ task: item, attempt: 1, crashes: 0 }, false);
      else this.#skipped.push(item);
    }
  }
}
