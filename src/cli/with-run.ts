import { type GreetedRun } from "../control/add-context.ts";
import { reachRun } from "../control/reach-run.ts";

/** A run that is to be called. */
export interface CallableRun {
  /** The words that start this program in the user's shell. */
  readonly words: readonly string[];
  /** Path of the run's contact file. */
  readonly contact: string;
}

/** Codes of what keeps this program from a run, and is no mistake of the command line. */
export const OUT_OF_REACH: ReadonlySet<string> = new Set([
  ...["no-run", "run-unreachable", "run-is-elsewhere", "bad-contact", "foreign-contact"],
  ...["run-ended", "connection-lost"],
]);

/** Calls a run, and hangs up in the end. @throws UserError when it cannot be reached. */
export async function withRun<T>({ contact, words }: CallableRun, work: (run: GreetedRun) => Promise<T>): Promise<T> {
  const run = await reachRun(contact, words);
  try {
    return await work({ ...run, welcome: await run.line.greet() });
  } finally {
    await run.line.close();
  }
}
