import type { Counts } from "../../records/state/counts.ts";

/** The files that somebody who hears of a run may want to look at. */
interface NotedFiles {
  /** Beginning of all their paths. */
  readonly prefix: string;
  /** Name of the run: the last part of the prefix. */
  readonly jobId: string;
  readonly status: string;
  readonly journal: string;
  readonly log: string;
}

/** A command line that goes on with a run, and what it does, in words. */
export interface WayOn {
  readonly what: string;
  readonly command: string;
}

/** A run, as far as somebody is told of it who is not at its terminal. */
export interface NotedRun {
  readonly files: NotedFiles;
  /** Base name of the task file, or `stdin`. */
  readonly taskFileName: string;
  /** Host name of the driver. */
  readonly host: string;
  readonly counts: Counts;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** What runs the rest of a run that has ended, or what failed; undefined when nothing is left. */
  readonly wayOn: () => WayOn | undefined;
  /** The words that show why something failed, in the user's shell; the number of a task may follow. */
  readonly explain: string;
}

/** How the user hears of what goes wrong with a notice. */
export interface Teller {
  /** Tells the user, on the terminal. */
  readonly say: (message: string) => void;
  /** Writes a line into the log of the run. */
  readonly note: (message: string) => void;
  /** The same for what has gone wrong. */
  readonly noteWarning: (message: string) => void;
}
