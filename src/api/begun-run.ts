/** A run that has begun: the paths of its files. */
export interface BegunRun {
  /** Beginning of all paths; what `disbatch status` and the like are given. */
  readonly prefix: string;
  readonly statusFile: string;
  /** What is submitted, as a task file. */
  readonly tasksFile: string;
  readonly journal: string;
  /** The log of the driver. */
  readonly log: string;
}
