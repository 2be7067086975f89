import type { Duplex } from "node:stream";
import type { Assignment } from "../../domain/task.ts";
import { Connection } from "../../wire/connection.ts";
import { type DriverMessage, type EngineMessage, parseDriverMessage } from "../../wire/messages.ts";
import { Lease } from "./lease.ts";
import { Unacknowledged } from "./unacknowledged.ts";

/** How often it is looked whether the lease has ended or a sign of life is due; a second of LEASE_MARGIN is for this. */
const LOOK_MS = 500;
/** Waits between two calls of a driver that cannot be reached; the last one from then on. */
const CALL_AGAIN_MS = [50, 100, 200, 400, 800, 1_000] as const;

/** The first call is made again, so often, for as long as this. */
const FIRST_CALL_MS = 3_000;
const FIRST_CALL_AGAIN_MS = 500;

export interface DriverLinkOptions {
  /** Calls the driver; gives up when the signal says so. @throws Error when it cannot be reached. */
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  /** Seconds. */
  readonly lease: number;
  readonly bootSeconds: () => number;
  /** The first words; `again` when it is not the first call. */
  readonly hello: (again: boolean) => EngineMessage;
  /** Where the engine stands, to be said after `hello` when it is not the first call. */
  readonly report: () => readonly EngineMessage[];
}

export interface DriverLinkEvents {
  message(message: DriverMessage): void;
  /** The lease is good until then, on the boot clock. */
  renewed(ends: number): void;
  /** The lease has ended; said again as long as it has. @returns false to listen on all the same. */
  ended(why: string): boolean;
}

/** An engine's way to its driver: it is found again when it is lost, and nothing that has to arrive is lost with it. */
export class DriverLink {
  readonly #options: DriverLinkOptions;
  readonly #events: DriverLinkEvents;
  /** From the first call on. */
  #lease: Lease;
  readonly #unacknowledged = new Unacknowledged();
  readonly #giveUp = new AbortController();
  #connection: Connection<DriverMessage, EngineMessage> | undefined;
  #looking: NodeJS.Timeout | undefined;
  #callingAgain: NodeJS.Timeout | undefined;
  #calls = 0;
  #closed = false;
  #why = "nothing has been heard of the driver";

  constructor(options: DriverLinkOptions, events: DriverLinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#lease = new Lease(options.lease, options.bootSeconds());
  }

  /** Calls the driver for the first time. @throws Error when it cannot be reached. */
  async open(): Promise<void> {
    const stream = await this.#callFirst();
    if (this.#closed) return void stream.destroy();
    this.#lease = new Lease(this.#options.lease, this.#options.bootSeconds());
    this.#begin(stream, false);
    this.#looking = setInterval(() => this.#look(), Math.min(LOOK_MS, (this.#options.lease * 1000) / 8));
  }

  /** Says something that need not be said again: what it means is in the next report. */
  say(message: EngineMessage): void {
    this.#connection?.send(message);
  }

  /** Says something that is said again until it is known to be safe. */
  sayForSure(message: Parameters<Unacknowledged["add"]>[0]): void {
    this.say(this.#unacknowledged.add(message));
  }

  /** A task has ended, and what became of it is going to be said for sure. */
  noteEnded(assignment: Assignment): void {
    this.#unacknowledged.noteEnded(assignment);
  }

  get undelivered(): Unacknowledged["results"] {
    return this.#unacknowledged.results;
  }

  /** The driver has had everything. */
  deliveredAll(): void {
    this.#unacknowledged.acknowledge(Number.POSITIVE_INFINITY);
  }

  /** When the lease ends unless something is heard, on the boot clock. */
  get leaseEnds(): number {
    return this.#lease.ends;
  }

  get hasEnded(): boolean {
    return this.#lease.hasEnded(this.#options.bootSeconds());
  }

  /** The lease has ended, which is said, and what the driver says does not count any more. */
  isOver(): boolean {
    return this.hasEnded && this.#events.ended(this.#why);
  }

  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  /** Hangs up, and calls no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#looking);
    clearTimeout(this.#callingAgain);
    this.#giveUp.abort();
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** A driver that has many callers may have had no room for this one. */
  async #callFirst(): Promise<Duplex> {
    const begun = performance.now();
    for (;;) {
      try {
        return await this.#options.connect(this.#giveUp.signal);
      } catch (error) {
        if (this.#closed || performance.now() - begun > FIRST_CALL_MS) throw error;
        await new Promise((resolve) => setTimeout(resolve, FIRST_CALL_AGAIN_MS));
      }
    }
  }

  #begin(stream: Duplex, again: boolean): void {
    const { hello, report } = this.#options;
    const connection = new Connection<DriverMessage, EngineMessage>(stream, parseDriverMessage, {
      message: (message) => this.#receive(message),
      closed: ({ refusal, failure }) => this.#lost(connection, refusal ?? failure),
    });
    this.#connection = connection;
    connection.trust();
    connection.send(hello(again));
    if (again) {
      // A driver that follows another may not know that it had them.
      const tasks = this.#unacknowledged.ended;
      if (tasks.length > 0) connection.send({ type: "ended", tasks });
      for (const message of this.#unacknowledged.messages) connection.send(message);
      for (const message of report()) connection.send(message);
    }
    this.#beat();
  }

  #receive(message: DriverMessage): void {
    // Whoever wakes from a freeze finds old messages, and may have had its day.
    if (this.isOver()) return;
    if (message.type === "ack") return this.#unacknowledged.acknowledge(message.sequence);
    if (message.type !== "beat") return this.#events.message(message);
    this.#calls = 0;
    if (this.#lease.answered(message.number)) this.#events.renewed(this.#lease.ends);
  }

  #look(): void {
    if (!this.isOver() && this.#lease.isDue(this.#options.bootSeconds())) this.#beat();
  }

  #beat(): void {
    this.say({ type: "beat", number: this.#lease.beat(this.#options.bootSeconds()) });
  }

  #lost(connection: Connection<DriverMessage, EngineMessage>, why: string): void {
    if (this.#closed || connection !== this.#connection) return;
    this.#connection = undefined;
    this.#lease.forgetSent();
    this.#why = why;
    this.#callAgain();
  }

  #callAgain(): void {
    const wait = CALL_AGAIN_MS[this.#calls] ?? CALL_AGAIN_MS[CALL_AGAIN_MS.length - 1];
    this.#calls++;
    this.#callingAgain = setTimeout(() => void this.#call(), wait);
  }

  async #call(): Promise<void> {
    try {
      const stream = await this.#options.connect(this.#giveUp.signal);
      if (this.#closed) stream.destroy();
      else this.#begin(stream, true);
    } catch {
      // Why the driver cannot be reached now is not why contact with it was lost.
      if (!this.#closed) this.#callAgain();
    }
  }
}
