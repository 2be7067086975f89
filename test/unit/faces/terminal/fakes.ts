import type { Clock } from "../../../../src/faces/terminal/clock.ts";
import type { TerminalOutput } from "../../../../src/faces/terminal/terminal.ts";

/** A clock whose hands the test turns. */
export class VirtualClock implements Clock {
  readonly #timers = new Set<{ interval: number; next: number; action: () => void }>();
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  /** How many timers run. */
  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  every(seconds: number, action: () => void): () => void {
    const timer = { interval: seconds, next: this.#now + seconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, timer by timer. */
  advance(seconds: number): void {
    const until = this.#now + seconds;
    for (;;) {
      // A hair of tolerance: ten times 0.2 is not quite 2.
      const due = [...this.#timers].filter((timer) => timer.next <= until + 1e-6);
      const first = due.toSorted((a, b) => a.next - b.next)[0];
      if (first === undefined) break;
      this.#now = first.next;
      first.next += first.interval;
      first.action();
    }
    this.#now = until;
  }
}

/** Keeps what was written, piece by piece. */
export class FakeOutput implements TerminalOutput {
  columns: number | undefined;
  readonly writes: string[] = [];

  constructor(columns?: number) {
    this.columns = columns;
  }

  get text(): string {
    return this.writes.join("");
  }

  /** What was written since the last call. */
  take(): string {
    return this.writes.splice(0).join("");
  }

  write(text: string): void {
    this.writes.push(text);
  }
}
