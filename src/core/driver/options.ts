import type { RunEnd } from "../../domain/events.ts";
import type { HaltPolicy } from "../../domain/halt-policy.ts";
import type { Launcher } from "../../domain/launcher.ts";
import type { OutputKeeper } from "../../domain/output.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { RunResults } from "../../domain/run-results.ts";
import type { Snapshot } from "../../domain/snapshot.ts";
import type { GrowingList, TaskSource } from "../../domain/source.ts";
import type { WatchableRun } from "../../domain/watch.ts";
import type { DriverAnswer } from "../../wire/control-messages.ts";
import type { PoolOptions } from "../pool/pool.ts";
import type { Audience } from "./chronicle.ts";
import type { EarlierRun } from "./earlier-run.ts";

/** What a context of the run has to know. */
export type ContextDefaults = Omit<Extract<DriverAnswer, { type: "welcome" }>, "type">;

export interface DriverOptions extends PoolOptions, Audience {
  readonly source: TaskSource;
  /** The contexts that the run begins with. */
  readonly launchers: readonly Launcher[];
  /** What contexts that are added later have to know. */
  readonly contextDefaults: ContextDefaults;
  /** Where the run stands, for those who ask. */
  readonly snapshot: () => Snapshot;
  /** The same for those who watch, and what they may ask. */
  readonly watch: WatchableRun;
  /** What came of tasks and what comes, for those who wait for them. */
  readonly results: RunResults;
  /** Keeps what tasks print; undefined where nothing is kept. */
  readonly output?: OutputKeeper | undefined;
  /** What more tasks can be submitted to; undefined for a run that takes none. */
  readonly list?: GrowingList | undefined;
  /** What tasks get in their environment on every engine, beside what tells them who they are. */
  readonly environment: Readonly<Record<string, string>>;
  /** When no engine is left, wait for one to be added. */
  readonly waitForEngines: boolean;
  /** A task is given up when so many engines have died running it. */
  readonly crashLimit: number;
  /** Amounts of named resources that all tasks of the run share; missing when there are none. */
  readonly runResources?: Readonly<Record<string, number>>;
  /** What still runs on an engine that somebody stops is ended after so many seconds; missing when it may take its time. */
  readonly drainTimeout?: number | undefined;
  readonly jobId: string;
  /** Name of the task file, as tasks see it. */
  readonly taskFileName: string;
  /** Host name and process id of the driver. */
  readonly host: string;
  readonly pid: number;
  /** When the run ends before all is done. */
  readonly halt?: HaltPolicy | undefined;
  /** An engine is stopped on which so many tries in a row have failed while tasks succeeded elsewhere. */
  readonly maxFailuresPerEngine?: number | undefined;
  /** Seconds between TERM and KILL for tasks that are ended. */
  readonly grace: number;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** What an engine has left in writing that it could not deliver. */
  readonly undelivered?: (engineId: string) => readonly TaskResult[];
  /**
   * Why engines may hold tasks that nobody knows of, in words, when that may be so: the machine of an earlier driver has been
   * down, and what was written last may not have reached the disk. Nothing is started before they have had their lease.
   */
  readonly hold?: string | undefined;
  /** What an earlier driver of this run has left; `state` has been told of it. */
  readonly earlier?: EarlierRun | undefined;
}

export interface DriverOutcome {
  readonly reason: RunEnd;
  /** What was thrown when the source, a record or the start of engines failed. */
  readonly error?: unknown;
}
