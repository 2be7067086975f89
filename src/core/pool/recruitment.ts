import type { Context, Engine, NodeSlots } from "../../domain/engine.ts";
import type { Invite, Launcher } from "../../domain/launcher.ts";
import type { PerEngineCommand } from "../../domain/task.ts";
import type { Contexts } from "./contexts.ts";
import { EngineHandle } from "./engine-handle.ts";
import type { EngineRegistry } from "./engine-registry.ts";
import { EngineRestarts, type Restart } from "./engine-restarts.ts";
import { Timers } from "./timers.ts";

/** What the pool of an earlier driver has left. */
export interface EarlierPool {
  readonly contexts: readonly {
    readonly context: Context;
    /** Undefined for a context that a controller had brought: it may be gone, and may come back. */
    readonly launcher: Launcher | undefined;
    readonly stopped: boolean;
  }[];
  /** Engines that may come back. */
  readonly engines: readonly EarlierMember[];
  /** Ranks below this have been given. */
  readonly nextRank: number;
}

interface EarlierMember {
  readonly engine: Engine;
  /** Its start commands were done. */
  readonly ready: boolean;
  /** Per-engine commands that are recorded as run there. */
  readonly commandsRun: readonly PerEngineCommand[];
}

/** An engine of an earlier driver that may come back. */
export interface Adopted {
  readonly engine: EngineHandle;
  readonly context: Context;
  readonly place: NodeSlots;
}

export interface RecruitmentOptions {
  /** How often engines that died are started again, on each host. */
  readonly engineRestarts: number;
  readonly registry: EngineRegistry;
  readonly contexts: Contexts;
  readonly invite: Invite;
  /** The time has come for another start. @param start returns false when it cannot be done. */
  readonly restartDue: (start: () => boolean) => void;
}

/** Gets engines: those of the contexts, those of an earlier driver, and others in place of those that died. */
export class Recruitment {
  readonly #options: RecruitmentOptions;
  readonly #restarts: EngineRestarts;
  readonly #timers = new Timers();
  /** Nodes whose engines, of an earlier driver, may come back. */
  readonly #occupied = new Set<NodeSlots>();
  /** No engine is started any more. */
  #stopped = false;

  constructor(options: RecruitmentOptions) {
    this.#options = options;
    this.#restarts = new EngineRestarts(options.engineRestarts);
  }

  /** Starts the engines of contexts that have been added. @returns how many. */
  launch(launchers: readonly Launcher[]): number {
    let started = 0;
    for (const launcher of launchers) {
      const nodes = launcher.context.nodes.filter((node) => !this.#occupied.has(node));
      started += nodes.filter((node) => this.#start(launcher, node, false)).length;
    }
    return started;
  }

  /** Takes up the contexts of an earlier driver, and those of its engines that may come back. */
  takeUp({ contexts: earlier, engines }: Pick<EarlierPool, "contexts" | "engines">): Adopted[] {
    const { contexts } = this.#options;
    const launchers = new Map<string, Launcher>();
    for (const { context, launcher, stopped } of earlier) {
      contexts.add(context, stopped);
      launchers.set(context.label, launcher ?? contexts.makeRemote(context));
    }
    return engines.map((member) => {
      const { context: label } = member.engine;
      const launcher = launchers.get(label) ?? this.#unknownContext(member.engine);
      launchers.set(label, launcher);
      return this.#adopt(launcher, member);
    });
  }

  /** Starts another engine in place of one that is gone, later; see `Pool.restart`. */
  restart(id: string, anew: boolean): Restart | undefined {
    const { registry, contexts, restartDue } = this.#options;
    const entry = registry.find(id);
    if (entry === undefined || this.#stopped) return undefined;
    const { launcher, node, joined } = entry;
    const { label } = launcher.context;
    if (!contexts.has(label) || contexts.isStopped(label)) return undefined;
    const lived = joined === undefined ? 0 : (performance.now() - joined) / 1000;
    const next = anew ? { restart: 0, delay: 0 } : this.#restarts.next(node, lived);
    if (next === undefined) return undefined;
    const start = (): boolean => !this.#stopped && this.#start(launcher, node, true);
    this.#timers.after(next.delay * 1000, () => restartDue(start));
    return { node: node.node, label, restart: next.restart, delay: next.delay };
  }

  /** Nobody waits for restarts any more. */
  rest(): void {
    this.#timers.clear();
  }

  /** Starts no engine any more. */
  stop(): void {
    this.#stopped = true;
  }

  #adopt(launcher: Launcher, { engine, ready, commandsRun }: EarlierMember): Adopted {
    const place = this.#placeOf(engine, launcher.context);
    const handle = new EngineHandle(engine);
    this.#options.registry.adopt(launcher, place, engine, handle);
    handle.isReady = ready;
    handle.commandsRun = commandsRun;
    handle.isAdopted = true;
    return { engine: handle, context: launcher.context, place };
  }

  #placeOf({ node, slots }: Engine, { nodes }: Context): NodeSlots {
    const own = nodes.find((one) => one.node === node && !this.#occupied.has(one));
    if (own !== undefined) this.#occupied.add(own);
    return own ?? { node, slots, coresPerSlot: 1 };
  }

  /** A context of which nothing is known but that it had this engine. */
  #unknownContext({ context: label, node, slots }: Engine): Launcher {
    const context = { label, nodes: [{ node, slots, coresPerSlot: 1 }], taskLimit: 0 };
    this.#options.contexts.add(context);
    return this.#options.contexts.makeRemote(context);
  }

  #start(launcher: Launcher, node: NodeSlots, again: boolean): boolean {
    const { registry, invite } = this.#options;
    return registry.start(launcher, node, invite, again);
  }
}
