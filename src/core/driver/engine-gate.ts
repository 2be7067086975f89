import type { Duplex } from "node:stream";
import type { Context, Engine, NodeSlots } from "../../domain/engine.ts";
import { UserError } from "../../domain/errors.ts";
import type { CallsFrom, Invitation, Launcher } from "../../domain/launcher.ts";
import { someOf } from "../../domain/some-of.ts";
import { Quota } from "../scheduler/quota.ts";
import type { Closing } from "../../wire/connection.ts";
import { type EngineMessage, PROTOCOL } from "../../wire/messages.ts";
import type { CallerRole } from "../../wire/names.ts";
import { EngineCaller, type Hello } from "./engine-caller.ts";
import { EngineHandle } from "./engine-handle.ts";
import { type EngineEntry, EngineRegistry, type Killed } from "./engine-registry.ts";
import { EngineRestarts } from "./engine-restarts.ts";

/** Hosts that are named before the rest is only counted. */
const NAMED = 8;

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
type OpenSwitchboard = (
  accept: (socket: Duplex, role: CallerRole) => void,
  warn: (message: string) => void,
) => Switchboard;

export interface EngineGateOptions {
  readonly openSwitchboard: OpenSwitchboard;
  /** How often engines that died are started again, on each host. */
  readonly engineRestarts: number;
}

export interface EngineGateEvents {
  /** An engine was let in; it has its rank. */
  joined(engine: EngineHandle, hello: Hello, place: EnginePlace, node: NodeSlots): void;
  message(engine: EngineHandle, message: EngineMessage): void;
  /** It has called again, and is going to say where it stands: what it is given before that it may not know of. */
  calledAgain(engine: EngineHandle): void;
  /** The connection of an engine has closed that had not left. */
  hungUp(engine: EngineHandle, closing: Closing): void;
  /** The process of an engine that had joined has ended. */
  ended(engine: EngineHandle): void;
  /** The process of an engine has ended before the engine joined. */
  missing(entry: EngineEntry, reason: string): void;
  /** Somebody calls to look at the run, or to add engines. */
  controller(socket: Duplex): void;
  warning(message: string): void;
}

/** A context and what its engines share. */
export interface EnginePlace {
  readonly context: Context;
  readonly quota: Quota;
  /** Its engines are to leave. */
  stopped: boolean;
}

/** Another start of an engine, in place of one that has died. */
export interface Restart {
  readonly node: NodeSlots;
  readonly label: string;
  readonly restart: number;
  /** Seconds. */
  readonly delay: number;
  /** @returns false when it cannot be done. */
  readonly begin: () => boolean;
}

/** How engines come into the run: they are started, they call, and who names what was started for it is let in. */
export class EngineGate {
  readonly #events: EngineGateEvents;
  readonly #registry: EngineRegistry;
  readonly #switchboard: Switchboard;
  readonly #restarts: EngineRestarts;
  readonly #places = new Map<string, EnginePlace>();
  #nextRank = 0;
  #closed = false;

  constructor({ openSwitchboard, engineRestarts }: EngineGateOptions, events: EngineGateEvents) {
    this.#events = events;
    this.#restarts = new EngineRestarts(engineRestarts);
    this.#registry = new EngineRegistry({
      missing: (entry, reason) => events.missing(entry, reason),
      ended: (engine) => events.ended(engine),
      late: (message) => events.warning(message),
    });
    this.#switchboard = openSwitchboard(
      (socket, role) => this.#accept(socket, role),
      (message) => events.warning(message),
    );
  }

  /** @throws Error when nobody can call. */
  listen(): Promise<void> {
    return this.#switchboard.listen();
  }

  /** For engines that are started by somebody else. */
  invite(from: CallsFrom): Promise<Invitation> {
    return this.#switchboard.invite(from);
  }

  /**
   * Takes note of a context, whose engines are going to be started.
   *
   * @param taken tasks that count for its limit already.
   * @throws UserError when its label is taken.
   */
  addContext(context: Context, taken = 0): EnginePlace {
    const { label, taskLimit } = context;
    if (this.#places.has(label)) {
      throw new UserError("label-in-use", `-l ${label}: this run has a context of that name; choose another`);
    }
    const quota = new Quota(taskLimit > 0 ? taskLimit - taken : Number.POSITIVE_INFINITY);
    const place = { context, quota, stopped: false };
    this.#places.set(label, place);
    return place;
  }

  /** A label that no context has. @param stem what it is to be, or at least to begin with. */
  freeLabel(stem?: string): string {
    if (stem !== undefined && !this.#places.has(stem)) return stem;
    const [beginning, from] = stem === undefined ? ["SSH", this.#places.size] : [`${stem}-`, 1];
    for (let i = from; ; i++) if (!this.#places.has(`${beginning}${i}`)) return `${beginning}${i}`;
  }

  /**
   * Starts engines of a context that has been added. Should they have no way to call, `failed` is told why.
   *
   * @returns how many.
   */
  launch(launcher: Launcher, nodes: readonly NodeSlots[], failed: (error: unknown) => void): number {
    return nodes.filter((node) => this.#start(launcher, node, failed, false)).length;
  }

  /** Takes up an engine of an earlier driver, which may call again. */
  adopt(launcher: Launcher, node: NodeSlots, engine: Engine): EngineHandle {
    const handle = new EngineHandle(engine);
    this.#nextRank = Math.max(this.#nextRank, engine.rank + 1);
    this.#registry.adopt(launcher, node, engine, handle);
    return handle;
  }

  /** Ranks below this have been given by an earlier driver. */
  beginRanksAt(rank: number): void {
    this.#nextRank = Math.max(this.#nextRank, rank);
  }

  /**
   * How to start another engine in place of this one; undefined when there have been enough, or none is wanted.
   *
   * @param anew it counts as the first one there.
   */
  restart({ id }: { readonly id: string }, failed: (error: unknown) => void, anew: boolean): Restart | undefined {
    const entry = this.#registry.find(id);
    if (entry === undefined || this.#closed) return undefined;
    const { launcher, node } = entry;
    const { label } = launcher.context;
    if (this.#places.get(label)?.stopped !== false) return undefined;
    const lived = entry.joined === undefined ? 0 : (performance.now() - entry.joined) / 1000;
    const next = anew ? { restart: 0, delay: 0 } : this.#restarts.next(node, lived);
    if (next === undefined) return undefined;
    return { ...next, node, label, begin: () => !this.#closed && this.#start(launcher, node, failed, true) };
  }

  /** Its engines that have not joined are ended; those that join yet find it stopped. @returns false when there is none. */
  stopContext(label: string): boolean {
    const place = this.#places.get(label);
    if (place === undefined) return false;
    place.stopped = true;
    this.#registry.endMissing(label);
    return true;
  }

  /** This engine is no more, and none is going to be started in its place. */
  over({ id }: { readonly id: string }): void {
    const entry = this.#registry.find(id);
    entry?.launcher.over?.(entry.process, entry.node);
  }

  /** Ends what is left of an engine. */
  kill(engine: EngineHandle): Promise<Killed> {
    return this.#registry.kill(engine);
  }

  /** The process of this engine is known to have ended. */
  hasEnded({ id }: EngineHandle): boolean {
    return this.#registry.find(id)?.end?.certain === true;
  }

  /** Slurm may have a say in what becomes of it. */
  isInSlurmJob({ id }: { readonly id: string }): boolean {
    return this.#registry.find(id)?.launcher.context.slurmJob !== undefined;
  }

  /** And neither well nor at the user's word. */
  hasCrashed({ id }: EngineHandle): boolean {
    const end = this.#registry.find(id)?.end;
    return end?.reason !== undefined && end.wanted !== true;
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
    this.#switchboard.close();
  }

  #start(launcher: Launcher, node: NodeSlots, failed: (error: unknown) => void, again: boolean): boolean {
    const invite = async (from: CallsFrom): Promise<Invitation> => {
      try {
        return await this.invite(from);
      } catch (error) {
        failed(error);
        throw error;
      }
    };
    return this.#registry.start(launcher, node, invite, again);
  }

  #accept(socket: Duplex, role: CallerRole): void {
    if (role === "controller") return this.#events.controller(socket);
    void new EngineCaller(socket, {
      hello: (caller, hello) => this.#admit(caller, hello),
      message: (engine, message) => this.#events.message(engine, message),
      closed: (caller, closing) => this.#hungUp(caller, closing),
    });
  }

  #admit(caller: EngineCaller, hello: Hello): void {
    const { protocol, engineId } = hello;
    if (protocol !== PROTOCOL) return caller.destroy(`it speaks protocol ${protocol}, not ${PROTOCOL}`);
    const entry = this.#registry.find(engineId);
    if (entry?.handle !== undefined) return this.#letIn(caller, entry.handle, hello);
    const place = entry === undefined ? undefined : this.#places.get(entry.launcher.context.label);
    if (entry === undefined || place === undefined || entry.missing === true || this.#closed) {
      this.#events.warning(`an engine on ${hello.node} is not expected, and is sent away`);
      return caller.sendAway();
    }
    const { node, slots, id } = entry.process;
    const engine = new EngineHandle({ id, rank: this.#nextRank++, node, slots, context: place.context.label });
    entry.handle = engine;
    entry.joined = performance.now();
    caller.identify(engine);
    // It may have fewer than it was given, for want of resources, but not more.
    this.#events.joined(engine, { ...hello, slots: Math.min(hello.slots, slots) }, place, entry.node);
  }

  /** It has been here before. */
  #letIn(caller: EngineCaller, engine: EngineHandle, { again }: Hello): void {
    if (!again) return caller.destroy("it is in the run already");
    if (engine.isGone) {
      // What it has to say comes too late, and is taken note of.
      caller.engine = engine;
      return caller.sendAway();
    }
    engine.mayRepeat = true;
    this.#events.calledAgain(engine);
    caller.identify(engine);
  }

  #hungUp(caller: EngineCaller, closing: Closing): void {
    const { engine } = caller;
    if (engine === undefined) {
      // Whoever hangs up without a word has found a better way to call.
      if (closing.refusal !== undefined) this.#events.warning(`an engine that did not join: ${closing.refusal}`);
    } else if (engine.hungUp(caller) && !engine.isGone) this.#events.hungUp(engine, closing);
  }
}
