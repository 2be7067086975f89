import type { Duplex } from "node:stream";
import { type Closing, Connection } from "../../wire/connection.ts";
import { MAX_FIRST_FRAME } from "../../wire/frames.ts";
import { type DriverMessage, type EngineMessage, parseEngineMessage } from "../../wire/messages.ts";
import type { EngineCall, EngineHandle } from "./engine-handle.ts";

/** Whoever has the right certificate still has to say hello within this time, in milliseconds. */
export const HELLO_MS = 20_000;

export type Hello = Extract<EngineMessage, { type: "hello" }>;

export interface EngineConnectionEvents {
  /** The engine says who it is. */
  hello(connection: EngineConnection, hello: Hello): void;
  /** The engine that it is says something. */
  message(engine: EngineHandle, message: EngineMessage): void;
  /** Called once. */
  closed(connection: EngineConnection, closing: Closing): void;
}

/** A connection with an engine's certificate behind it. It is pending until the engine has said hello. */
export class EngineConnection implements EngineCall {
  /** Who it is, once that is known. */
  engine: EngineHandle | undefined;
  readonly #connection: Connection<EngineMessage, DriverMessage>;
  readonly #events: EngineConnectionEvents;
  #timer: NodeJS.Timeout;
  /** Whether the engine is to go, and is only heard out. */
  #unwanted = false;

  constructor(stream: Duplex, events: EngineConnectionEvents) {
    this.#events = events;
    const handlers = {
      message: (message: EngineMessage): void => this.#receive(message),
      closed: (closing: Closing): void => {
        clearTimeout(this.#timer);
        events.closed(this, closing);
      },
    };
    this.#connection = new Connection(stream, parseEngineMessage, handlers, { maxFrame: MAX_FIRST_FRAME });
    this.#timer = setTimeout(() => this.destroy("it did not say hello"), HELLO_MS);
  }

  /** The caller is this engine, and may say more than a stranger. */
  identify(engine: EngineHandle): void {
    this.engine = engine;
    this.#connection.trust();
    engine.reach(this);
  }

  /** Tells the engine to end what it runs, and to go. */
  sendAway(): void {
    this.#unwanted = true;
    this.#connection.trust();
    this.send({ type: "terminate", grace: 0 });
    this.#timer = setTimeout(() => this.destroy("it does not go"), HELLO_MS);
  }

  send(message: DriverMessage): void {
    this.#connection.send(message);
  }

  close(): void {
    this.#connection.close();
  }

  destroy(reason?: string): void {
    this.#connection.destroy(reason);
  }

  #receive(message: EngineMessage): void {
    if (!this.#unwanted) clearTimeout(this.#timer);
    const { engine } = this;
    if (message.type === "hello") {
      if (engine !== undefined || this.#unwanted) return this.destroy("it has said hello before");
      return this.#events.hello(this, message);
    }
    if (engine === undefined && !this.#unwanted) return this.destroy("its first words were not hello");
    if (message.type === "goodbye" && (this.#unwanted || engine?.isGone === true)) {
      this.send({ type: "farewell" });
      return this.close();
    }
    if (engine === undefined || (!engine.isReachedBy(this) && !engine.isGone)) return;
    if (message.type === "beat" && !engine.isGone) this.send(message);
    this.#events.message(engine, message);
  }
}
