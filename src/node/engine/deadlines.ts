/** Timers take no longer than three weeks; whoever has a later deadline is looked at again by then. Milliseconds. */
const LONGEST_WAIT_MS = 1_000_000_000;

/**
 * Deadlines of many holders on one timer, by a clock that nobody sets. A deadline that is dropped costs nothing: the timer looks
 * who is left when it goes off, at the earliest deadline that it has heard of.
 */
export class Deadlines<Holder> {
  /** On the clock of `performance.now`. */
  readonly #deadlines = new Map<Holder, number>();
  readonly #reached: (holder: Holder) => void;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off. */
  #due = Number.POSITIVE_INFINITY;

  /** @param reached told of each holder whose deadline has come, once. */
  constructor(reached: (holder: Holder) => void) {
    this.#reached = reached;
  }

  /** Sets the holder's deadline, in place of an earlier one. @param ms from now. */
  set(holder: Holder, ms: number): void {
    const at = performance.now() + ms;
    this.#deadlines.set(holder, at);
    if (at < this.#due) this.#wake(at);
  }

  drop(holder: Holder): void {
    this.#deadlines.delete(holder);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#deadlines.clear();
    this.#due = Number.POSITIVE_INFINITY;
  }

  #wake(at: number): void {
    clearTimeout(this.#timer);
    this.#due = at;
    this.#timer = setTimeout(() => this.#listen(), Math.min(LONGEST_WAIT_MS, Math.max(0, at - performance.now())));
  }

  /** A process that was busy or frozen hears of time before it hears of what has ended: that goes first. */
  #listen(): void {
    const now = performance.now();
    this.#timer = setTimeout(() => this.#look(now), 0);
  }

  #look(now: number): void {
    this.#due = Number.POSITIVE_INFINITY;
    const reached = [...this.#deadlines].filter(([, at]) => at <= now);
    for (const [holder] of reached) this.#deadlines.delete(holder);
    for (const [holder] of reached) this.#reached(holder);
    let next = Number.POSITIVE_INFINITY;
    for (const at of this.#deadlines.values()) next = Math.min(next, at);
    if (next < this.#due) this.#wake(next);
  }
}
