import type { Diagnostic } from "../../domain/errors.ts";
import type { KnownResults } from "../../domain/run-results.ts";
import type { WatchableRun } from "../../domain/watch.ts";
import type { RunState } from "../state/run-state.ts";

/** The records of a run; of several runs that went on in the same files the last counts. */
export interface PastRecords {
  /** Path of the status file, also of one that disBatch has written. */
  readonly status: string;
  /** Path of the journal; undefined when there is none, or it is not to be read. */
  readonly journal?: string | undefined;
  /** DISBATCH_JOBID, for where the journal does not tell it. */
  readonly jobId: string;
}

/** A run as its records tell it, which are held open. */
export interface PastRun extends WatchableRun {
  /** Where it stood at its end; without a journal there are engines, one a node, whose slots are the most tasks that ran at once. */
  readonly state: RunState;
  /** Whether the journal has been read; without it nobody knows attempts, slots, and tasks that have no outcome. */
  readonly hasJournal: boolean;
  /** What came of its tasks. */
  readonly results: KnownResults;
  /** What of the records cannot be used. */
  readonly warnings: readonly Diagnostic[];
  close(): Promise<void>;
}
