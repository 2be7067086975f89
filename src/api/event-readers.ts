import type { RunEvent, RunObserver } from "../domain/events.ts";
import { Fifo } from "../domain/fifo.ts";
import { type Deferred, deferred } from "./deferred.ts";
import type { MissedEvents } from "./missed-events.ts";

/** Events that wait for one reader, at most. */
const MOST_WAITING = 10_000;

/** Tells programs of the events of a run, each at its own pace. */
export class EventReaders implements RunObserver {
  readonly name = "events()";
  readonly #most: number;
  readonly #readers = new Set<EventReader>();
  #isClosed = false;

  /** @param most events that wait for one reader. */
  constructor(most = MOST_WAITING) {
    this.#most = most;
  }

  observe(event: RunEvent): void {
    for (const reader of this.#readers) reader.add(event);
  }

  /** The run is over: readers get what waits for them, and then come to the end. */
  async close(): Promise<void> {
    this.end();
  }

  /** The same, when the run has never begun. */
  end(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  /** All events from now on. */
  open(): AsyncIterableIterator<RunEvent | MissedEvents> {
    const reader = new EventReader(this.#most, () => this.#readers.delete(reader));
    if (this.#isClosed) reader.end();
    else this.#readers.add(reader);
    return reader;
  }
}

/** One who reads events. The oldest ones are dropped, and counted, when too many wait. */
class EventReader implements AsyncIterableIterator<RunEvent | MissedEvents> {
  readonly #most: number;
  readonly #leave: () => void;
  readonly #waiting = new Fifo<RunEvent>();
  readonly #asked = new Fifo<Deferred<IteratorResult<RunEvent | MissedEvents>>>();
  #missed = 0;
  #missedUntil = 0;
  #isEnded = false;

  constructor(most: number, leave: () => void) {
    this.#most = most;
    this.#leave = leave;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  add(event: RunEvent): void {
    const asked = this.#asked.shift();
    if (asked !== undefined) return asked.resolve({ done: false, value: event });
    this.#waiting.push(event);
    if (this.#waiting.size <= this.#most) return;
    this.#missedUntil = this.#waiting.shift()?.time ?? 0;
    this.#missed++;
  }

  end(): void {
    this.#isEnded = true;
    for (let asked = this.#asked.shift(); asked !== undefined; asked = this.#asked.shift())
      asked.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<RunEvent | MissedEvents>> {
    if (this.#missed > 0) {
      const missed = { type: "events-missed", time: this.#missedUntil, count: this.#missed } as const;
      this.#missed = 0;
      return Promise.resolve({ done: false, value: missed });
    }
    const event = this.#waiting.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    const asked = deferred<IteratorResult<RunEvent | MissedEvents>>();
    this.#asked.push(asked);
    return asked.promise;
  }

  /** The reader wants no more. */
  return(): Promise<IteratorResult<RunEvent | MissedEvents>> {
    this.#leave();
    this.#waiting.remove(() => true);
    this.#missed = 0;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }
}
