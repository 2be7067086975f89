import type { ReadableStreamDefaultController, UnderlyingSource } from "node:stream/web";
import { type Clock, Deadline } from "./deadline.ts";
import type { EventHub } from "./event-hub.ts";
import { HEARTBEAT, PREAMBLE } from "./event-text.ts";

/** Readers at once, of all runs. */
export const MOST_READERS = 64;
/** A reader is told that the connection is there whenever it has heard nothing for so long. Milliseconds. */
const HEARTBEAT_MS = 15_000;
/**
 * A reader that takes nothing of what is there for it is let go after so long, whoever hands it on: it may call again. Milliseconds.
 * The server itself hangs up on it earlier, after `stalledMs` of its limits.
 */
const PATIENCE_MS = 120_000;

/** Told of readers as they come and go. */
export interface ReaderWatch {
  came(): void;
  went(): void;
}

/** All who read events of any run. */
export class EventReaders {
  readonly #clock: Clock;
  readonly #watch: ReaderWatch | undefined;
  #count = 0;

  constructor(clock: Clock, watch?: ReaderWatch) {
    this.#clock = clock;
    this.#watch = watch;
  }

  get isFull(): boolean {
    return this.#count >= MOST_READERS;
  }

  /** One more reader, of this hub. @param first what it is told at once. */
  open(hub: EventHub, first: string): ReadableStream<Uint8Array> {
    this.#count++;
    this.#watch?.came();
    const reader = new EventReader(hub, this.#clock, first, () => {
      this.#count--;
      this.#watch?.went();
    });
    // Nothing is made ready beforehand: a reader that is slow is told less often, and always the newest.
    return new ReadableStream(reader, { highWaterMark: 0 });
  }
}

/** A connection of a reader: it is handed the next text when it has taken the last one. */
class EventReader implements UnderlyingSource<Uint8Array> {
  readonly #hub: EventHub;
  readonly #deadline: Deadline;
  readonly #closed: () => void;
  readonly #encoder = new TextEncoder();
  /** What it is told next, whatever has happened. */
  #first: string | undefined;
  /** What it knows once it has taken what it was given. */
  #known: EventHub["told"];
  #sequence: number;
  #leave: () => void = () => {};
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(hub: EventHub, clock: Clock, first: string, closed: () => void) {
    this.#hub = hub;
    this.#deadline = new Deadline(clock);
    this.#first = PREAMBLE + first;
    this.#closed = closed;
    this.#known = hub.told;
    this.#sequence = hub.sequence;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#leave = this.#hub.attend(() => this.#wake?.());
    this.#deadline.set(PATIENCE_MS, () => this.#letGo(controller));
  }

  /** The reader has taken all that it was given. */
  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const text = this.#next() ?? (await this.#somethingNew());
    if (this.#isClosed) return;
    controller.enqueue(this.#encoder.encode(text));
    if (this.#hub.isOver && this.#sequence === this.#hub.sequence) return this.#letGo(controller);
    this.#deadline.set(PATIENCE_MS, () => this.#letGo(controller));
  }

  cancel(): void {
    this.#end();
  }

  #next(): string | undefined {
    const first = this.#first;
    if (first !== undefined) {
      this.#first = undefined;
      return first;
    }
    const { sequence } = this.#hub;
    if (sequence === this.#sequence) return undefined;
    const text = this.#hub.catchUp(this.#known, this.#sequence);
    this.#known = this.#hub.told;
    this.#sequence = sequence;
    // What has changed may be again as it was.
    return text === "" ? undefined : text;
  }

  async #somethingNew(): Promise<string> {
    for (;;) {
      const isQuiet = await new Promise<boolean>((resolve) => {
        this.#wake = () => resolve(false);
        this.#deadline.set(HEARTBEAT_MS, () => resolve(true));
      });
      this.#wake = undefined;
      if (isQuiet || this.#isClosed) return HEARTBEAT;
      const text = this.#next();
      if (text !== undefined) return text;
    }
  }

  #letGo(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (this.#isClosed) return;
    this.#end();
    controller.close();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#deadline.clear();
    this.#leave();
    this.#wake?.();
    this.#closed();
  }
}
