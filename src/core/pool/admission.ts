import type { Duplex } from "node:stream";
import type { CallsFrom, Invitation } from "../../domain/launcher.ts";
import type { Closing } from "../../wire/connection.ts";
import { type EngineMessage, PROTOCOL } from "../../wire/messages.ts";
import type { CallerRole } from "../../wire/names.ts";
import type { Contexts } from "./contexts.ts";
import { EngineConnection, type Hello } from "./engine-connection.ts";
import { EngineHandle } from "./engine-handle.ts";
import type { EngineEntry, EngineRegistry } from "./engine-registry.ts";

/** Where the run can be called. */
export interface Switchboard {
  /** Begins to listen. @throws Error when it cannot. */
  listen(): Promise<void>;
  /** What an engine that calls from there needs to know. */
  invite(from: CallsFrom): Promise<Invitation>;
  close(): void;
}

/**
 * @param accept told of each caller that has shown its certificate.
 * @param warn told what the user should know, in one line.
 */
export type OpenSwitchboard = (
  accept: (socket: Duplex, role: CallerRole) => void,
  warn: (message: string) => void,
) => Switchboard;

export interface AdmissionEvents {
  /** An engine was let in; it has its rank. */
  joined(engine: EngineHandle, hello: Hello, entry: EngineEntry): void;
  message(engine: EngineHandle, message: EngineMessage): void;
  /** The engine has called again, and is going to say where it stands: what it is given before that it may not know of. */
  calledAgain(engine: EngineHandle): void;
  /** The connection of an engine has closed that had not left. */
  hungUp(engine: EngineHandle, closing: Closing): void;
  /** Somebody calls to look at the run, or to add engines. */
  controller(socket: Duplex): void;
  warning(message: string): void;
}

/** Who is let in: whoever names what was started for it. */
export class Admission {
  readonly #registry: EngineRegistry;
  readonly #contexts: Contexts;
  readonly #events: AdmissionEvents;
  readonly #switchboard: Switchboard;
  #nextRank = 0;
  #closed = false;

  constructor(openSwitchboard: OpenSwitchboard, registry: EngineRegistry, contexts: Contexts, events: AdmissionEvents) {
    this.#registry = registry;
    this.#contexts = contexts;
    this.#events = events;
    this.#switchboard = openSwitchboard(
      (socket, role) => this.#accept(socket, role),
      (message) => events.warning(message),
    );
  }

  /** @throws Error when nobody can call. */
  listen(): Promise<void> {
    return this.#switchboard.listen();
  }

  invite(from: CallsFrom): Promise<Invitation> {
    return this.#switchboard.invite(from);
  }

  /** Ranks below this have been given by an earlier driver. */
  beginRanksAt(rank: number): void {
    this.#nextRank = Math.max(this.#nextRank, rank);
  }

  /** Lets no engine in any more. */
  stop(): void {
    this.#closed = true;
  }

  /** Hangs up on everybody. */
  close(): void {
    this.#switchboard.close();
  }

  #accept(socket: Duplex, role: CallerRole): void {
    if (role === "controller") return this.#events.controller(socket);
    void new EngineConnection(socket, {
      hello: (connection, hello) => this.#admit(connection, hello),
      message: (engine, message) => this.#events.message(engine, message),
      closed: (connection, closing) => this.#hungUp(connection, closing),
    });
  }

  #admit(connection: EngineConnection, hello: Hello): void {
    const { protocol, engineId } = hello;
    if (protocol !== PROTOCOL) return connection.destroy(`it speaks protocol ${protocol}, not ${PROTOCOL}`);
    const entry = this.#registry.find(engineId);
    if (entry?.handle !== undefined) return this.#letIn(connection, entry.handle, hello);
    if (entry === undefined || entry.missing === true || this.#closed || !this.#isOfContext(entry)) {
      this.#events.warning(`an engine on ${hello.node} is not expected, and is sent away`);
      return connection.sendAway();
    }
    const { node, slots, id } = entry.process;
    const { capacity } = hello;
    const context = entry.launcher.context.label;
    const engine = new EngineHandle({ id, rank: this.#nextRank++, node, slots, context, capacity });
    engine.noteTimeLeft(hello.secondsLeft);
    entry.handle = engine;
    entry.joined = performance.now();
    connection.identify(engine);
    // It may have fewer than it was given, for want of resources, but not more.
    this.#events.joined(engine, { ...hello, slots: Math.min(hello.slots, slots) }, entry);
  }

  #isOfContext({ launcher }: EngineEntry): boolean {
    return this.#contexts.has(launcher.context.label);
  }

  /** The engine has been here before. */
  #letIn(connection: EngineConnection, engine: EngineHandle, { again, secondsLeft }: Hello): void {
    if (!again) return connection.destroy("it is in the run already");
    if (engine.isGone) {
      // What it has to say comes too late, and is taken note of.
      connection.engine = engine;
      return connection.sendAway();
    }
    engine.noteTimeLeft(secondsLeft);
    engine.mayRepeat = true;
    this.#events.calledAgain(engine);
    connection.identify(engine);
  }

  #hungUp(connection: EngineConnection, closing: Closing): void {
    const { engine } = connection;
    if (engine === undefined) {
      // Whoever hangs up without a word has found a better way to call.
      if (closing.refusal !== undefined) this.#events.warning(`an engine that did not join: ${closing.refusal}`);
    } else if (engine.hungUp(connection) && !engine.isGone) this.#events.hungUp(engine, closing);
  }
}
