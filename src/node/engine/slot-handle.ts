import type { Duplex } from "node:stream";
import type { Environment } from "../../domain/environment.ts";
import { signal } from "../process/process-table.ts";
import { Connection } from "../../wire/connection.ts";
import { parseSlotMessage, type SlotMessage, type SlotOrder } from "../../wire/slot-messages.ts";
import { variablesOf } from "./environment.ts";
import type { Share } from "./shares.ts";
import { keptOfText, partOfText } from "./output-text.ts";
import type {
  CommandDone,
  Given,
  HeardPart,
  Printed,
  Running,
  SlotProcess,
  StartItem,
  StreamPositions,
} from "./workplace.ts";

/** A slot process that has not said by then that it starts nothing more is killed, so that it does not. Milliseconds. */
const ABANDON_MS = 500;

export interface SlotHandleEvents {
  /** The slot process has said who it is. Called once, before the other. */
  joined(handle: SlotHandle): void;
  /** The slot process is gone, though nobody has let it go. Called once at most. */
  died(handle: SlotHandle): void;
  /** Something that the user should know, in one line. */
  warned(message: string): void;
}

/** One slot process, as the engine sees it. */
export class SlotHandle implements SlotProcess {
  /** -1 until it has said so. */
  slot = -1;
  share: Share = { affinity: "", env: {} };
  /** Resolves when the connection is closed. */
  readonly closed: Promise<void>;
  #pid: number | undefined;
  readonly #connection: Connection<SlotMessage, SlotOrder>;
  readonly #events: SlotHandleEvents;
  /** What runs there, or is about to, by the numbers that it is told. */
  readonly #commands = new Map<number, RemoteCommand>();
  /** Commands whose output is heard, until they are let go. */
  readonly #heard = new Map<number, RemoteCommand>();
  #lastNumber = 0;
  #isClosed = false;
  #released = false;
  /** To be told that what it was to start before is started, or is not going to be. */
  #abandoned: (() => void)[] = [];

  constructor(stream: Duplex, events: SlotHandleEvents) {
    this.#events = events;
    let close: () => void = () => undefined;
    this.closed = new Promise((resolve) => (close = resolve));
    this.#connection = new Connection<SlotMessage, SlotOrder>(stream, parseSlotMessage, {
      message: (message) => this.#receive(message),
      closed: () => {
        this.#isClosed = true;
        this.#noteAbandoned();
        close();
        if (this.slot >= 0 && !this.#released) this.#events.died(this);
      },
    });
  }

  furnish(engine: number, env: Environment): StartItem {
    this.#connection.send({ type: "furnish", engine, env: variablesOf(env) });
    return (item, { attempt, failures, lastEnding }, done, given, started) => {
      const number = ++this.#lastNumber;
      const order = { type: "run", number, item, attempt, failures, lastEnding } as const;
      this.#connection.send({ ...order, given: given && sendable(given) });
      const command = new RemoteCommand(done, {
        abandon: (patient) => this.#abandon(number, patient),
        print: (from, most) => this.#connection.send({ type: "print", number, ...from, most }),
        hear: (from, safe, most) => this.#connection.send({ type: "hear", number, from, safe, most }),
        letGo: () => {
          this.#heard.delete(number);
          this.#connection.send({ type: "let-go", number });
        },
        started,
      });
      this.#commands.set(number, command);
      if (item.kind === "task" && item.setting?.isHeard === true) this.#heard.set(number, command);
      return command;
    };
  }

  /** @param bootSeconds when what runs is to end; missing when there is no such time. */
  keepUntil(bootSeconds?: number): void {
    this.#connection.send({ type: "keep", until: bootSeconds });
  }

  /** Lets it go. */
  release(): void {
    this.#released = true;
    this.#connection.send({ type: "goodbye" });
    this.#connection.close();
  }

  /** Will have nothing to do with it. */
  refuse(why: string): void {
    this.#released = true;
    this.#connection.destroy(why);
  }

  #receive(message: SlotMessage): void {
    switch (message.type) {
      case "hello":
        return this.#meet(message);
      case "started":
        return this.#commands.get(message.number)?.noteStarted(message.pid, message.start);
      case "ended": {
        const command = this.#commands.get(message.number);
        this.#commands.delete(message.number);
        return command?.noteEnded(message);
      }
      case "printed":
        return this.#commands.get(message.number)?.notePrinted(message);
      case "heard":
        return this.#heard.get(message.number)?.noteHeard(message.stdout);
      case "warning":
        return this.#events.warned(message.message);
      case "abandoned":
        return this.#noteAbandoned();
      default:
        return message satisfies never;
    }
  }

  #meet({ slot, pid, affinity, env }: Extract<SlotMessage, { type: "hello" }>): void {
    if (this.slot >= 0) return this.#connection.destroy("it has said hello before");
    this.slot = slot;
    this.#pid = pid;
    this.share = { affinity, env };
    this.#events.joined(this);
  }

  /** What it was told before it has heard before, so its answer means that the process of its command is known, or that there will be none. */
  #abandon(number: number, patient: boolean): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isClosed) return resolve();
      const kill = (): void => {
        if (this.#pid !== undefined) signal(this.#pid, "SIGKILL");
        resolve();
      };
      const late = patient ? undefined : setTimeout(kill, ABANDON_MS);
      this.#abandoned.push(() => {
        clearTimeout(late);
        resolve();
      });
      this.#connection.send({ type: "abandon", number });
    });
  }

  /** Each answer is to all that has been asked: what comes later was asked before it could be started. */
  #noteAbandoned(): void {
    for (const told of this.#abandoned.splice(0)) told();
  }
}

function sendable({ variables, before }: Given): { variables: Record<string, string>; before: string[] } {
  return { variables: variablesOf(variables), before: [...before] };
}

/** What a command may want of the slot process that runs it. */
interface RemoteOrders {
  abandon(patient: boolean): Promise<void>;
  print(from: StreamPositions, most: number): void;
  hear(from: number, safe: number, most: number): void;
  letGo(): void;
  /** Told of its process. */
  readonly started: ((pid: number) => void) | undefined;
}

/** What runs in a slot process, or is about to. */
class RemoteCommand implements Running {
  pid = -1;
  start: number | undefined;
  readonly #done: CommandDone;
  readonly #orders: RemoteOrders;
  /** Those who wait to be told what it has printed. */
  #readers: { readonly from: StreamPositions; readonly told: (printed: Printed) => void }[] = [];

  /** Callbacks that wait for the next part of what is heard. */
  readonly #hearers: ((part: HeardPart) => void)[] = [];

  constructor(done: CommandDone, orders: RemoteOrders) {
    this.#done = done;
    this.#orders = orders;
  }

  noteStarted(pid: number, start: number): void {
    this.pid = pid;
    this.start = start;
    this.#orders.started?.(pid);
  }

  abandon(patient: boolean): Promise<void> {
    return this.#orders.abandon(patient);
  }

  printed(from: StreamPositions, most: number): Promise<Printed> {
    return new Promise((told) => {
      this.#readers.push({ from, told });
      this.#orders.print(from, most);
    });
  }

  notePrinted({ stdout, stderr }: Extract<SlotMessage, { type: "printed" }>): void {
    this.#readers.shift()?.told({ stdout: partOfText(stdout), stderr: partOfText(stderr) });
  }

  heard(from: number, safe: number, most: number): Promise<HeardPart> {
    return new Promise((told) => {
      this.#hearers.push(told);
      this.#orders.hear(from, safe, most);
    });
  }

  noteHeard({ from, data, bytes }: Extract<SlotMessage, { type: "heard" }>["stdout"]): void {
    this.#hearers.shift()?.({ from, data: Buffer.from(data, "base64"), bytes });
  }

  letGo(): void {
    this.#orders.letGo();
  }

  /** What comes after its end is no answer any more. */
  noteEnded({ outcome, kept }: Extract<SlotMessage, { type: "ended" }>): void {
    const nothing = (from: number): Printed["stdout"] => ({ from, data: Buffer.alloc(0) });
    for (const { from, told } of this.#readers.splice(0))
      told({ stdout: nothing(from.stdout), stderr: nothing(from.stderr) });
    this.#done(outcome, kept === undefined ? undefined : keptOfText(kept));
  }

  /** The slot process sees to that. */
  boundOutput(): Promise<void> {
    return Promise.resolve();
  }
}
