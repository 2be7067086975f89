import type { Duplex } from "node:stream";
import type { Assignment, PerEngineCommand } from "../domain/task.ts";
import { type Closing, Connection } from "../wire/connection.ts";
import { type DriverMessage, type EngineMessage, parseEngineMessage } from "../wire/messages.ts";

/** Characters of commands that travel in one message; a longer list is sent in several. */
const MESSAGE_CHARACTERS = 1024 * 1024;

export interface EngineHandleEvents {
  message(engine: EngineHandle, message: EngineMessage): void;
  closed(engine: EngineHandle, closing: Closing): void;
}

/** The driver's half of an engine: what is known of it, and how to tell it something. */
export class EngineHandle {
  /** Given when it says hello; -1 until then. */
  rank = -1;
  /** The id it named. */
  id = "";
  /** Label of its context, once it has joined. */
  context = "";
  /** It has said goodbye: that its connection closes is no loss. */
  left = false;
  /** For looking up what a per-engine result is about. */
  perEngine: Readonly<Record<PerEngineCommand["when"], readonly PerEngineCommand[]>> = { start: [], stop: [] };
  readonly #connection: Connection<EngineMessage, DriverMessage>;

  constructor(stream: Duplex, events: EngineHandleEvents) {
    this.#connection = new Connection(stream, parseEngineMessage, {
      message: (message) => events.message(this, message),
      closed: (closing) => events.closed(this, closing),
    });
  }

  welcome(
    env: Readonly<Record<string, string>>,
    start: readonly PerEngineCommand[],
    stop: readonly PerEngineCommand[],
  ) {
    this.perEngine = { start, stop };
    this.send({ type: "welcome", engine: this.rank, env: { ...env }, start: [...start], stop: [...stop] });
  }

  assign(assignments: readonly Assignment[]): void {
    let batch: Assignment[] = [];
    let characters = 0;
    for (const assignment of assignments) {
      batch.push(assignment);
      characters += assignment.task.command.length;
      if (characters < MESSAGE_CHARACTERS) continue;
      this.send({ type: "assign", assignments: batch });
      batch = [];
      characters = 0;
    }
    if (batch.length > 0) this.send({ type: "assign", assignments: batch });
  }

  send(message: DriverMessage): void {
    this.#connection.send(message);
  }

  close(): void {
    this.#connection.close();
  }

  /** Closes at once, saying why. */
  refuse(reason: string): void {
    this.#connection.destroy(reason);
  }
}
