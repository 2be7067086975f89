import type { Timers } from "../pool/timers.ts";

/** A timer takes no more than 24 days; it is set again then. Milliseconds. */
const LONGEST_TIMER_MS = 86_400_000;

export interface RetryClockOptions {
  /** Seconds, by a clock that never goes back. */
  readonly now: () => number;
  readonly timers: Pick<Timers, "after">;
  /** Told of tasks whose time has come. */
  readonly due: (taskIds: readonly number[]) => void;
}

interface Entry {
  readonly taskId: number;
  /** On the clock of `now`. */
  readonly due: number;
}

/** Waits for the time of all retries, however many there are, with one timer. */
export class RetryClock {
  readonly #options: RetryClockOptions;
  /** A binary heap: the entry at `i` is due no later than those at `2i + 1` and `2i + 2`. */
  readonly #heap: Entry[] = [];
  #stopTimer: (() => void) | undefined;
  /** What the timer waits for. */
  #armedFor = Number.POSITIVE_INFINITY;

  constructor(options: RetryClockOptions) {
    this.#options = options;
  }

  /** Tells of the task in so many seconds. One that is added again is told of twice. */
  add(taskId: number, delay: number): void {
    const entry = { taskId, due: this.#options.now() + delay };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    this.#arm();
  }

  #arm(): void {
    const [first] = this.#heap;
    if (first === undefined || first.due >= this.#armedFor) return;
    this.#stopTimer?.();
    this.#armedFor = first.due;
    const ms = Math.ceil((first.due - this.#options.now()) * 1000);
    this.#stopTimer = this.#options.timers.after(Math.min(Math.max(0, ms), LONGEST_TIMER_MS), () => this.#ring());
  }

  #ring(): void {
    this.#stopTimer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    const now = this.#options.now();
    const due: number[] = [];
    for (let [first] = this.#heap; first !== undefined && first.due <= now; [first] = this.#heap) {
      due.push(first.taskId);
      this.#dropFirst();
    }
    this.#arm();
    if (due.length > 0) this.#options.due(due);
  }

  #dropFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (this.#dueAt(parent) <= this.#dueAt(at)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      const left = 2 * at + 1;
      const child = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (this.#dueAt(at) <= this.#dueAt(child)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #dueAt(at: number): number {
    return this.#heap[at]?.due ?? Number.POSITIVE_INFINITY;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
