import { Fifo } from "../../domain/fifo.ts";
import type { Assignment } from "../../domain/task.ts";
import { type Demand, demandOf } from "./demand.ts";

/** A task that waits, and its place among all that do. */
interface Waiting {
  readonly assignment: Assignment;
  /** The lower, the earlier. */
  readonly place: number;
}

/** Tasks that take the same and have the same priority: if one of them cannot be started, none can. */
export class TaskQueue {
  readonly demand: Demand;
  readonly priority: number;
  /** Whether no engine has been looked at for these tasks yet. Otherwise they fit none, unless something becomes free. */
  isFresh = true;
  /** Whether no engine could run them as things are. */
  isAside = false;
  /** Tasks that were given out before come first. */
  readonly #returned = new Fifo<Waiting>();
  readonly #others = new Fifo<Waiting>();

  constructor(demand: Demand, priority: number) {
    this.demand = demand;
    this.priority = priority;
  }

  get size(): number {
    return this.#returned.size + this.#others.size;
  }

  get first(): Assignment | undefined {
    return this.#next.peek()?.assignment;
  }

  /** Place of the first task. */
  get place(): number {
    return this.#next.peek()?.place ?? Number.POSITIVE_INFINITY;
  }

  add(waiting: Waiting): void {
    if (waiting.place < 0) this.#returned.push(waiting);
    else this.#others.push(waiting);
  }

  shift(): Assignment | undefined {
    return this.#next.shift()?.assignment;
  }

  /** Takes out a task that was given out before. */
  withdraw(taskId: number): Assignment | undefined {
    let found: Assignment | undefined;
    this.#returned.remove(({ assignment }) => {
      if (assignment.task.id !== taskId) return false;
      found = assignment;
      return true;
    });
    return found;
  }

  get #next(): Fifo<Waiting> {
    return this.#returned.size > 0 ? this.#returned : this.#others;
  }
}

/** Tasks between two barriers that wait for engines, by what they take: the higher priority first, then the order of the source. */
export class WaitingTasks {
  /** Each with a task at least, in the order of their first tasks. */
  readonly #order: TaskQueue[] = [];
  /** Tasks that no engine could run as things are: they are in nobody's way. */
  readonly #aside: TaskQueue[] = [];
  readonly #queues = new Map<Demand, Map<number, TaskQueue>>();
  /** The last place that a task of the source has got, and one that was given out before: those come first. */
  #place = 0;
  #returnedPlace = Number.MIN_SAFE_INTEGER;
  #size = 0;
  #sizeAside = 0;
  /** Queues that nobody has looked at yet. */
  #new: TaskQueue[] = [];

  /** Tasks that engines may be given. */
  get size(): number {
    return this.#size;
  }

  /** Tasks that no engine could run. */
  get sizeAside(): number {
    return this.#sizeAside;
  }

  get order(): readonly TaskQueue[] {
    return this.#order;
  }

  get aside(): readonly TaskQueue[] {
    return this.#aside;
  }

  /** What every waiting task takes; undefined when they differ. */
  get commonDemand(): Demand | undefined {
    const demand = this.#order[0]?.demand;
    return this.#order.every((queue) => queue.demand === demand) ? demand : undefined;
  }

  /** @param isReturned it was given out before. */
  add(assignment: Assignment, isReturned: boolean): void {
    const demand = demandOf(assignment);
    const priority = assignment.task.terms?.priority ?? 0;
    const queue = this.#queueOf(demand, priority);
    const before = queue.place;
    queue.add({ assignment, place: isReturned ? this.#returnedPlace++ : this.#place++ });
    if (queue.isAside) {
      this.#sizeAside++;
      return;
    }
    this.#size++;
    if (queue.size === 1) this.#insert(queue, 0);
    else if (queue.place !== before) this.#move(queue);
    // Whoever gives a task back may have made room for it elsewhere.
    if (isReturned) for (const other of this.#order) other.isFresh = true;
  }

  /** Queues that have come since this was last asked. */
  takeNew(): TaskQueue[] {
    const fresh = this.#new;
    if (fresh.length > 0) this.#new = [];
    return fresh;
  }

  /** The first of all, in the order in which they are started when all of them fit. */
  get first(): Assignment | undefined {
    return this.#order[0]?.first;
  }

  /** Takes the first task of this queue. @param index of the queue in `order`. */
  take(index: number): Assignment | undefined {
    const queue = this.#order[index];
    const assignment = queue?.shift();
    if (queue === undefined || assignment === undefined) return undefined;
    this.#size--;
    if (queue.size === 0) {
      this.#order.splice(index, 1);
      this.#forget(queue);
    } else {
      const next = this.#order[index + 1];
      if (next !== undefined && isAfter(queue, next)) {
        this.#order.splice(index, 1);
        this.#insert(queue, index);
      }
    }
    return assignment;
  }

  /** No engine could run these: they wait aside. */
  setAside(queue: TaskQueue): void {
    this.#order.splice(this.#order.indexOf(queue), 1);
    this.#aside.push(queue);
    queue.isAside = true;
    this.#size -= queue.size;
    this.#sizeAside += queue.size;
  }

  /** Some engine could run these after all. */
  takeUp(queue: TaskQueue): void {
    this.#aside.splice(this.#aside.indexOf(queue), 1);
    this.#sizeAside -= queue.size;
    this.#size += queue.size;
    queue.isFresh = true;
    queue.isAside = false;
    this.#insert(queue, 0);
  }

  /** Takes out all tasks of a queue, aside or not. */
  drop(queue: TaskQueue): Assignment[] {
    if (!queue.isAside) this.setAside(queue);
    this.#aside.splice(this.#aside.indexOf(queue), 1);
    this.#sizeAside -= queue.size;
    this.#forget(queue);
    const all: Assignment[] = [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) all.push(next);
    return all;
  }

  /** Takes out a task that was given out before. */
  withdraw(taskId: number): Assignment | undefined {
    for (const queue of [...this.#order, ...this.#aside]) {
      const found = queue.withdraw(taskId);
      if (found === undefined) continue;
      this.#recount();
      return found;
    }
    return undefined;
  }

  #queueOf(demand: Demand, priority: number): TaskQueue {
    let alike = this.#queues.get(demand);
    if (alike === undefined) this.#queues.set(demand, (alike = new Map<number, TaskQueue>()));
    let queue = alike.get(priority);
    if (queue === undefined) {
      alike.set(priority, (queue = new TaskQueue(demand, priority)));
      this.#new.push(queue);
    }
    return queue;
  }

  #forget({ demand, priority }: TaskQueue): void {
    const alike = this.#queues.get(demand);
    alike?.delete(priority);
    if (alike?.size === 0) this.#queues.delete(demand);
  }

  /** @param from no task before this one in `order` comes after it. */
  #insert(queue: TaskQueue, from: number): void {
    let low = from;
    let high = this.#order.length;
    // What is new comes last, nearly always.
    const last = this.#order.at(-1);
    if (last === undefined || isAfter(queue, last)) low = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#order[middle];
      if (other !== undefined && isAfter(queue, other)) low = middle + 1;
      else high = middle;
    }
    this.#order.splice(low, 0, queue);
  }

  /** Its first task is another one. */
  #move(queue: TaskQueue): void {
    this.#order.splice(this.#order.indexOf(queue), 1);
    this.#insert(queue, 0);
  }

  #recount(): void {
    for (const queues of [this.#order, this.#aside]) {
      for (const queue of queues.filter(({ size }) => size === 0)) {
        queues.splice(queues.indexOf(queue), 1);
        this.#forget(queue);
      }
    }
    this.#order.sort((a, b) => (isAfter(a, b) ? 1 : -1));
    this.#size = this.#order.reduce((sum, { size }) => sum + size, 0);
    this.#sizeAside = this.#aside.reduce((sum, { size }) => sum + size, 0);
  }
}

function isAfter(a: TaskQueue, b: TaskQueue): boolean {
  return a.priority === b.priority ? a.place > b.place : a.priority < b.priority;
}
