import type { RunEnd } from "../domain/events.ts";

/** What came of a run. Numbers are numbers of tasks. */
export interface Outcome {
  /** Why it ended: `done` when every task has its outcome. */
  readonly reason: RunEnd;
  /** What `disbatch -e` would exit with: 0 only when all is done and nothing has failed. See docs/reference/exit-codes.md. */
  readonly exitCode: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Tasks that an earlier run has settled, from which this one was resumed. */
  readonly skipped: number;
  /** How many of the skipped ones failed in that run. */
  readonly skippedFailed: number;
  /** Tasks that were cut short, and have no outcome. */
  readonly interrupted: number;
  /** Tasks that were submitted, and never started or not again: the run ended before. */
  readonly notRun: number;
  /** Per-engine commands that have failed. */
  readonly perEngineFailed: number;
  /** Beginning of the paths of all files of the run, and the paths of some. */
  readonly prefix: string;
  readonly statusFile: string;
  /** What was submitted, as a task file. */
  readonly tasksFile: string;
}
