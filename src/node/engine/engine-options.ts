import type { Duplex } from "node:stream";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import type { OutputBlock } from "../../domain/output.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { Machine } from "../machine/machine.ts";
import type { HostReadings } from "../process/host-readings.ts";
import type { TaskLimitsOptions } from "./task-limits.ts";
import type { WorkplaceOptions } from "./workplace.ts";

export interface EngineOptions extends WorkplaceOptions {
  readonly terms: EngineTerms;
  /** Calls the driver; gives up when the signal says so. @throws Error when it cannot be reached. */
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  /** Label of the context that started this engine. */
  readonly context: string;
  readonly node: string;
  readonly slots: number;
  /** Files that this process may have open. */
  readonly openFileLimit: number;
  /** What the machine has for tasks; missing where nobody has looked. */
  readonly machine?: Machine | undefined;
  /** Ends all processes of these groups and whatever else belongs to this engine's tasks. */
  readonly stopTasks: (groups: ReadonlySet<number>, graceMs: () => number) => Promise<void>;
  /** Ends the processes of one task: the signal, a grace, KILL. Resolves when nothing of it is left. */
  readonly stopTask: TaskLimitsOptions["stopTask"];
  /** Sends a signal to processes of one task, to those that have a handler for it. */
  readonly warnTask: TaskLimitsOptions["warnTask"];
  /** The same for all tasks of this engine. */
  readonly warnTasks: (signal: NodeJS.Signals) => void;
  /** Seconds until the machine is taken away; undefined when that is not going to be, or nobody knows. */
  readonly secondsLeft?: number | undefined;
  /** Where the system tells of its processes; `/proc` where it is missing. */
  readonly processes?: string | undefined;
  /** What the host tells of itself; missing for this one. */
  readonly readings?: HostReadings | undefined;
  /** Starts the process that ends the tasks when this one cannot. */
  readonly watch: () => TaskWatchdog;
  /** Seconds since the machine started; not moved by the calendar, and not stopped by sleep. */
  readonly bootSeconds: () => number;
  /** Keeps outcomes that no driver has taken, and what was printed, for one that may ask for them. */
  readonly keepUndelivered: (results: readonly TaskResult[], output: readonly OutputBlock[]) => void;
  /** Signals that this process gets reach its tasks as well. */
  readonly sharedSignals?: boolean;
  /** Told once the rank is known, and then of everything of note. */
  readonly log: EngineLog;
}

/** Ends an engine's tasks when the engine has died, or has not moved the deadline on. */
export interface TaskWatchdog {
  /** @param bootSeconds on the clock of the same name. */
  keepUntil(bootSeconds: number): void;
  keepForever(): void;
  /** Whether it has ended tasks, or is about to: it goes by a deadline that has passed. */
  readonly hasActed: boolean;
  /** The engine leaves well. Resolves when the watchdog is gone. */
  close(): Promise<void>;
}

/** What an engine tells whoever reads its log. */
interface EngineLog {
  opened(rank: number): void;
  warning(message: string): void;
  info(message: string): void;
  debug(message: () => string): void;
}
