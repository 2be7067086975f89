import { type EngineProcess, type Invite, type Launcher, REASON_MS } from "../domain/launcher.ts";
import { within } from "../domain/time-limit.ts";
import type { EngineHandle } from "./engine-handle.ts";

export interface EngineRegistryEvents {
  /** The process of an engine has ended before the engine joined. */
  missing(node: string, reason: string): void;
  /** An engine takes long to join; a message for the user. */
  late(message: string): void;
}

interface Entry {
  readonly process: EngineProcess;
  readonly launcher: Launcher;
  handle?: EngineHandle;
  /** It has been reported as missing: should it call after all, it is too late. */
  missing?: true;
}

/** What came of ending an engine. */
export interface Killed {
  /** False when its tasks may still run, since its host cannot be reached. */
  readonly certain: boolean;
  /** Why its process ended, if it says so. */
  readonly reason?: string;
}

/** An engine process that has ended well before that has this long to be gone from the system. */
const FAREWELL_MS = 5_000;

/** An engine that has not joined by then is worth a word. */
const LATE_MS = 60_000;

/** The engine processes of the run, from their start to their end. */
export class EngineRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #events: EngineRegistryEvents;
  #closing = false;

  constructor(events: EngineRegistryEvents) {
    this.#events = events;
  }

  /** Starts the engines of a context; returns how many. */
  launch(launcher: Launcher, invite: Invite): number {
    const processes = launcher.launch(invite);
    for (const process of processes) {
      const entry: Entry = { process, launcher };
      this.#entries.set(process.id, entry);
      void this.#watch(entry);
    }
    return processes.length;
  }

  async #watch(entry: Entry): Promise<void> {
    const { node, ended } = entry.process;
    const late = setTimeout(() => {
      const waiting = entry.handle === undefined && !this.#closing;
      if (waiting) this.#events.late(`the engine on ${node} was started a minute ago and has not joined yet`);
    }, LATE_MS);
    late.unref();
    const reason = await ended;
    clearTimeout(late);
    if (entry.handle !== undefined || this.#closing) return;
    entry.missing = true;
    this.#events.missing(node, reason ?? "it ended before it joined the run");
  }

  /** Ties an engine that joins to its process; undefined when none that is awaited goes by that id. */
  join(handle: EngineHandle): Pick<Entry, "process" | "launcher"> | undefined {
    const entry = this.#entries.get(handle.id);
    if (entry === undefined || entry.handle !== undefined || entry.missing === true) return undefined;
    entry.handle = handle;
    return entry;
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

  /** An engine of this id has been started. */
  knows(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Ends what is left of an engine. */
  async kill(handle: EngineHandle): Promise<Killed> {
    const process = this.#entries.get(handle.id)?.process;
    if (process === undefined) return { certain: false };
    const certain = await process.kill();
    const reason = (await within(REASON_MS, process.ended)) ? await process.ended : undefined;
    return { certain, ...(reason === undefined ? {} : { reason }) };
  }

  /** Waits for engines that left to be gone; ends those that never joined, or linger. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(
      [...this.#entries.values()].map(async ({ process, handle }) => {
        if (handle !== undefined && (await within(FAREWELL_MS, process.ended))) return;
        await process.kill();
      }),
    );
  }
}
