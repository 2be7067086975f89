import type { Engine, NodeSlots } from "../../domain/engine.ts";
import { type EngineProcess, type Invite, type Launcher, type ProcessEnd, REASON_MS } from "../../domain/launcher.ts";
import { within } from "../../domain/time-limit.ts";
import type { EngineHandle } from "./engine-handle.ts";

export interface EngineRegistryEvents {
  /** The process of an engine has ended before the engine joined. */
  missing(entry: EngineEntry, reason: string): void;
  /** The process of an engine that has joined is known to have ended. */
  ended(engine: EngineHandle): void;
  /** An engine takes long to join; a message for the user. */
  late(message: string): void;
}

/** An engine process that was started, or taken up from an earlier driver. */
export interface EngineEntry {
  readonly process: EngineProcess;
  readonly launcher: Launcher;
  readonly node: NodeSlots;
  /** Once it has joined. */
  handle?: EngineHandle;
  /** When that was, by `performance.now()`. */
  joined?: number;
  /** How its process has ended, when it has. */
  end?: ProcessEnd;
  /** Whether the engine was started in place of another. */
  readonly again?: boolean;
  /** Whether the engine has been reported as missing: should it call after all, it is too late. */
  missing?: true;
}

/** What came of ending an engine. */
export interface Killed {
  /** False when its tasks may still run, since its host cannot be reached. */
  readonly certain: boolean;
  /** Why its process ended, if it says so. */
  readonly reason?: string | undefined;
}

/** An engine process that has ended well before that has this long to be gone from the system. */
const FAREWELL_MS = 5_000;

/** An engine that has not joined by then is worth a word. */
const LATE_MS = 60_000;

/** The engine processes of the run, from their start to their end. */
export class EngineRegistry {
  readonly #entries = new Map<string, EngineEntry>();
  readonly #events: EngineRegistryEvents;
  #closing = false;

  constructor(events: EngineRegistryEvents) {
    this.#events = events;
  }

  /** Starts an engine, in place of another if said so. @returns false when none can be started there. */
  start(launcher: Launcher, node: NodeSlots, invite: Invite, again: boolean): boolean {
    const process = launcher.start(node, invite);
    if (process === undefined) return false;
    void this.#watch(this.#enter({ process, launcher, node, again }));
    return true;
  }

  /** Takes up an engine of an earlier driver, which counts as one that has joined. */
  adopt(launcher: Launcher, node: NodeSlots, engine: Engine, handle: EngineHandle): void {
    const joined = performance.now();
    void this.#watch(this.#enter({ process: launcher.adopt(node, engine), launcher, node, handle, joined }));
  }

  #enter(entry: EngineEntry): EngineEntry {
    this.#entries.set(entry.process.id, entry);
    return entry;
  }

  async #watch(entry: EngineEntry): Promise<void> {
    const { node, ended } = entry.process;
    const late = setTimeout(() => {
      const waiting = entry.handle === undefined && !this.#closing;
      if (waiting) this.#events.late(`the engine on ${node} was started a minute ago and has not joined yet`);
    }, LATE_MS);
    late.unref();
    const end = await ended;
    clearTimeout(late);
    entry.end = end;
    if (this.#closing) return;
    if (entry.handle === undefined) {
      entry.missing = true;
      return this.#events.missing(entry, end.reason ?? "it ended before it joined the run");
    }
    if (!end.certain) {
      if (entry.process.confirmed === undefined) return;
      await entry.process.confirmed;
      entry.end = { ...end, certain: true };
    }
    if (!this.#closing) this.#events.ended(entry.handle);
  }

  /** What was started with this id. */
  find(id: string): EngineEntry | undefined {
    return this.#entries.get(id);
  }

  /** The process of this engine is known to have ended. */
  hasEnded({ id }: EngineHandle): boolean {
    return this.#entries.get(id)?.end?.certain === true;
  }

  /** The process of this engine has ended, neither well nor at the user's word. */
  hasCrashed({ id }: EngineHandle): boolean {
    const end = this.#entries.get(id)?.end;
    return end?.reason !== undefined && end.wanted !== true;
  }

  /** Ends those engines of a context that have not joined. */
  endMissing(label: string): void {
    for (const { process, launcher, handle } of this.#entries.values()) {
      if (handle === undefined && launcher.context.label === label) void process.kill();
    }
  }

  /** Nodes whose engines have been started and have neither joined nor ended. */
  awaited(): string[] {
    return [...this.#entries.values()]
      .filter(({ handle, missing }) => handle === undefined && missing !== true)
      .map(({ process }) => process.node);
  }

  /** Ends what is left of an engine. */
  async kill(handle: EngineHandle): Promise<Killed> {
    const process = this.#entries.get(handle.id)?.process;
    if (process === undefined) return { certain: false };
    const certain = await process.kill();
    const reason = (await within(REASON_MS, process.ended)) ? (await process.ended).reason : undefined;
    return { certain, reason };
  }

  /** Waits for engines that left to be gone; ends those that never joined, or linger. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(
      [...this.#entries.values()].map(async ({ process, handle }) => {
        if (handle?.state === "left" && (await within(FAREWELL_MS, process.ended))) return;
        await process.kill();
      }),
    );
  }
}
