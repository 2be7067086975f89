/** A job as the controller shows it: `JobState`, `Restarts`, `NodeList` and so on. */
export type JobFacts = Readonly<Record<string, string>>;

/** How a job has ended. */
export interface EndedJob {
  /** In the words of Slurm, such as `COMPLETED` or `TIMEOUT`. */
  readonly state: string;
  /** Of the batch script; 0 when a signal ended it. */
  readonly code: number;
  /** The signal that ended the batch script; 0 for none. */
  readonly signal: number;
  /** What the batch script wrote, of all its starts. */
  readonly output: string;
}

/** Jobs in one of these states do nothing any more, and keep nothing. */
const END_STATES: ReadonlySet<string> = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "TIMEOUT",
]);

/** Reads what `scontrol --oneliner show job ID` writes; of values with blanks the first word alone. */
export function readJob(shown: string): JobFacts {
  return Object.fromEntries([...shown.matchAll(/(?:^|\s)([\w:/]+)=(\S*)/g)].map(([, key, value]) => [key, value]));
}

export function hasEnded(job: JobFacts): boolean {
  return END_STATES.has(job["JobState"] ?? "");
}

/** How an ended job has ended. */
export function endOf(job: JobFacts, output: string): EndedJob {
  const [code, signal] = (job["ExitCode"] ?? "").split(":").map(Number);
  return { state: job["JobState"] ?? "", code: code ?? NaN, signal: signal ?? NaN, output };
}
