import type { Duplex } from "node:stream";
import type { Context } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";
import type { Invitation, CallsFrom, Launcher } from "../domain/launcher.ts";
import { someOf } from "../domain/some-of.ts";
import { Quota } from "../scheduler/engine-load.ts";
import { type EngineMessage, PROTOCOL } from "../wire/messages.ts";
import type { CallerRole } from "../wire/names.ts";
import { HELLO_MS } from "./controller-handle.ts";
import { EngineHandle, type EngineHandleEvents } from "./engine-handle.ts";
import { EngineRegistry, type Killed } from "./engine-registry.ts";
import { Reception, type ReceptionOptions } from "./reception.ts";

/** Hosts that are named before the rest is only counted. */
const NAMED = 8;

export interface EngineGateEvents extends EngineHandleEvents {
  /** An engine was let in; it has its rank. */
  joined(engine: EngineHandle, hello: Hello, place: EnginePlace): void;
  /** The process of an engine has ended before the engine joined. */
  missing(node: string, reason: string): void;
  /** Somebody calls to look at the run, or to add engines. */
  controller(socket: Duplex): void;
  warning(message: string): void;
}

export type Hello = Extract<EngineMessage, { type: "hello" }>;

/** A context and what its engines share. */
export interface EnginePlace {
  readonly context: Context;
  readonly quota: Quota;
  /** Its engines are to leave. */
  stopped: boolean;
}

/** How engines come into the run: they are started, they call, and who names what was started for it is let in. */
export class EngineGate {
  readonly #events: EngineGateEvents;
  readonly #registry: EngineRegistry;
  readonly #reception: Reception;
  readonly #places = new Map<string, EnginePlace>();
  #nextRank = 0;
  #closed = false;

  constructor(options: ReceptionOptions, events: EngineGateEvents) {
    this.#events = events;
    this.#registry = new EngineRegistry({
      missing: (node, reason) => events.missing(node, reason),
      late: (message) => events.warning(message),
    });
    this.#reception = new Reception(options, (socket, role) => this.#accept(socket, role));
  }

  /** @throws Error when nobody can call. */
  listen(): Promise<void> {
    return this.#reception.listen();
  }

  /** For engines that are started by somebody else. */
  invite(from: CallsFrom): Promise<Invitation> {
    return this.#reception.invite(from);
  }

  /** Takes note of a context, whose engines are going to be started. @throws UserError when its label is taken. */
  addContext(context: Context): void {
    const { label, taskLimit } = context;
    if (this.#places.has(label)) {
      throw new UserError("label-in-use", `-l ${label}: this run has a context of that name; choose another`);
    }
    const quota = new Quota(taskLimit > 0 ? taskLimit : Number.POSITIVE_INFINITY);
    this.#places.set(label, { context, quota, stopped: false });
  }

  /** Forgets a context that has no engines. */
  dropContext(label: string): void {
    this.#places.delete(label);
  }

  /** An engine of this id has been started. */
  knows(engineId: string): boolean {
    return this.#registry.knows(engineId);
  }

  /** A label that no context has. */
  freeLabel(): string {
    for (let i = this.#places.size; ; i++) if (!this.#places.has(`SSH${i}`)) return `SSH${i}`;
  }

  /**
   * Starts the engines of a context that has been added. Should they have no way to call, `failed` is told why.
   *
   * @returns how many.
   */
  launch(launcher: Launcher, failed: (error: unknown) => void): number {
    return this.#registry.launch(launcher, async (from) => {
      try {
        return await this.invite(from);
      } catch (error) {
        failed(error);
        throw error;
      }
    });
  }

  /** Its engines that have not joined are ended; those that join yet find it stopped. @returns false when there is none. */
  stopContext(label: string): boolean {
    const place = this.#places.get(label);
    if (place === undefined) return false;
    place.stopped = true;
    this.#registry.endMissing(label);
    return true;
  }

  /** Ends what is left of an engine. */
  kill(engine: EngineHandle): Promise<Killed> {
    return this.#registry.kill(engine);
  }

  /** What to tell the user of engines that have not joined; nothing when there is none. */
  latecomers(): string[] {
    const nodes = this.#registry.awaited();
    if (nodes.length === 0) return [];
    return [`the run ended before engines on these hosts had joined it: ${someOf(nodes, NAMED)}`];
  }

  /** What to tell the user of contexts that may take no more tasks. */
  exhausted(): string[] {
    return [...this.#places.values()]
      .filter(({ quota }) => quota.isUsedUp)
      .map(({ context }) => `context ${context.label} has taken the ${context.taskLimit} tasks that -C allows it`);
  }

  /** Lets no engine in any more, and waits until no engine process is left. */
  async endEngines(): Promise<void> {
    this.#closed = true;
    await this.#registry.close();
  }

  /** Hangs up on everybody. */
  close(): void {
    this.#reception.close();
  }

  #accept(socket: Duplex, role: CallerRole): void {
    if (role === "controller") return this.#events.controller(socket);
    const handle = new EngineHandle(socket, {
      message: (engine, message) => {
        clearTimeout(timer);
        if (engine.rank !== -1 && message.type !== "hello") this.#events.message(engine, message);
        else this.#admit(engine, message);
      },
      closed: (engine, closing) => {
        clearTimeout(timer);
        this.#events.closed(engine, closing);
      },
    });
    const timer = setTimeout(() => handle.refuse("it did not say hello"), HELLO_MS);
  }

  #admit(engine: EngineHandle, hello: EngineMessage): void {
    if (this.#closed) return;
    if (hello.type !== "hello") return engine.refuse("its first words were not hello");
    if (hello.protocol !== PROTOCOL) return engine.refuse(`it speaks protocol ${hello.protocol}, not ${PROTOCOL}`);
    if (engine.rank !== -1) return engine.refuse("it has said hello before");
    engine.id = hello.engineId;
    const started = this.#registry.join(engine);
    const place = started === undefined ? undefined : this.#places.get(started.launcher.context.label);
    if (started === undefined || place === undefined) return engine.refuse("it is not expected");
    engine.rank = this.#nextRank++;
    // It may have fewer than it was given, for want of resources, but not more.
    const slots = Math.min(hello.slots, started.process.slots);
    this.#events.joined(engine, { ...hello, slots }, place);
  }
}
