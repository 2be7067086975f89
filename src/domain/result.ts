import type { Ending } from "./ending.ts";
import type { MadeFile } from "./task-files.ts";

/** What a task wrote to one of its standard streams instead of to a file of its own. */
export interface Leak {
  readonly bytes: number;
  /** The first 40 bytes, and when there is more, `...` and the last 40 (fewer when they would overlap). */
  readonly snippet: string;
}

export const NO_LEAK: Leak = { bytes: 0, snippet: "" };

/** Numbers of a result are not beyond this, either way: a record has room for fifteen digits, which every reader takes exactly. */
export const MOST_RECORDED = 999_999_999_999_999;

/** Times that engines report are not beyond this, in seconds: what lies between two of them has to be recorded, too. */
export const LATEST_RECORDED = MOST_RECORDED / 10;

/** What a command has used. */
export interface TaskUsage {
  /** Processor time of all of its processes, in seconds. */
  readonly cpu: number;
  /** The most memory that it has held, in bytes; undefined for one that has held too little to be told from others. */
  readonly peak?: number | undefined;
}

/** How one run of a command ended. */
export interface CommandOutcome {
  /** Process id of the command's shell; -1 when it could not be started. */
  readonly pid: number;
  readonly ending: Ending;
  /** Unix time in seconds. */
  readonly start: number;
  /** Unix time in seconds. */
  readonly finish: number;
  readonly output: Leak;
  readonly error: Leak;
  /** Undefined where nobody has looked. */
  readonly usage?: TaskUsage | undefined;
  /** Its outputs, in the order of the task's, after they have been put in place; missing for a task that has none, or has failed. */
  readonly made?: readonly MadeFile[] | undefined;
}

/** How one start of a task ended. Made once, by the engine that ran it. */
export interface TaskResult extends CommandOutcome {
  readonly taskId: number;
  /** 1 for the first start of the task, one more for each further start. */
  readonly attempt: number;
  /** Host name of the engine. */
  readonly node: string;
  /** Rank of the engine: its order of arrival, from 0. */
  readonly engine: number;
  /** Rank of the slot within its engine, from 0; -1 for per-engine commands. */
  readonly slot: number;
}
