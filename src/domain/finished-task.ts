import type { Ending } from "./ending.ts";
import type { Leak, TaskUsage } from "./result.ts";

/**
 * What came of a task, or that a barrier has been passed, as programs are told: every column of the status file, and what
 * has no column there. Plain data, which JSON carries unharmed.
 */
export interface FinishedTask {
  /** `skipped`: an earlier run has settled the task, and these are that run's figures. */
  readonly kind: "task" | "skipped" | "barrier" | "check-barrier";
  /** TaskID. */
  readonly id: number;
  /** LineNum: line of the task file, or position among what was submitted, from 1. */
  readonly line: number;
  /** RepeatIndex; -1 for what is not repeated. */
  readonly repeatIndex: number;
  /** What bash has run, bytes as text; the line of a barrier. */
  readonly command: string;
  /** The exit code is 0; of a barrier: nothing has failed that it checks. */
  readonly succeeded: boolean;
  /** How the command ended; undefined for barriers. */
  readonly ending?: Ending | undefined;
  /** The ending as a number: exit code, or the negative number of a signal; see the status file. 0 for barriers. */
  readonly returnCode: number;
  /** Host name of the engine; of the driver for barriers. */
  readonly node: string;
  /** Process id of the shell; -1 when it was not started. */
  readonly pid: number;
  /** Starts of the task in this run: 1, or more when engines were lost; undefined for skipped tasks and barriers. */
  readonly attempts?: number | undefined;
  /** Unix times in seconds; a barrier starts when it is met. */
  readonly start: number;
  readonly finish: number;
  /** Seconds between them. */
  readonly elapsed: number;
  /** What it wrote to standard output and standard error instead of to files. */
  readonly output: Leak;
  readonly error: Leak;
  /** What it has used, where somebody has measured. */
  readonly usage?: TaskUsage | undefined;
  /** First column of the status file. */
  readonly flags: string;
}
