import type { EngineProcess, Invite, Launcher } from "../domain/launcher.ts";
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

/** An engine process that has ended well before that has this long to be gone from the system. */
const FAREWELL_MS = 5_000;

/** An engine that has not joined by then is worth a word. */
const LATE_MS = 60_000;
/** A process that has been killed is reported as ended within this time. */
const REASON_MS = 1_000;

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
  join(handle: EngineHandle): Launcher | undefined {
    const entry = this.#entries.get(handle.id);
    if (entry === undefined || entry.handle !== undefined || entry.missing === true) return undefined;
    entry.handle = handle;
    return entry.launcher;
  }

  /** Ends those engines of a context that have not joined. */
  endMissing(label: string): void {
    for (const { process, launcher, handle } of this.#entries.values()) {
      if (handle === undefined && launcher.context.label === label) void process.kill();
    }
  }

  /** Ends what is left of an engine. @returns why its process ended, if it says so. */
  async kill(handle: EngineHandle): Promise<string | undefined> {
    const process = this.#entries.get(handle.id)?.process;
    if (process === undefined) return undefined;
    await process.kill();
    return (await within(REASON_MS, process.ended)) ? process.ended : undefined;
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

/** True when the promise resolves in time. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const inTime = await Promise.race([promise.then(() => true), timeout]);
  clearTimeout(timer);
  return inTime;
}
