import type { FinishedTask } from "./finished-task.ts";

/** What has come of the tasks and barriers of a run, by their ids. */
export interface KnownResults {
  /** Below this are the ids of all tasks and barriers that anything is on record of. */
  readonly knownEnd: number;
  /** Whether the task has its outcome, or the barrier has been passed. */
  isFinished(id: number): boolean;
  /** What came of these, by id; those are missing of which nothing is on record. */
  finished(ids: readonly number[]): Promise<ReadonlyMap<number, FinishedTask>>;
}

/** The same of a run that goes on, for whoever waits for its tasks. */
export interface RunResults extends KnownResults {
  /** Below this are the ids of all tasks and barriers of the run so far; undefined while nobody knows how many there are. */
  readonly idsEnd: number | undefined;
  /** Tells of all that finishes from now on, once it is on record. @returns what ends that. */
  listen(listener: (finished: FinishedTask) => void): () => void;
}

/** Ids from the first to the last, both included. */
export interface IdRange {
  readonly from: number;
  readonly to: number;
}
