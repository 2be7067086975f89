import { followRun } from "../control/followed-run.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { FollowedRun } from "../domain/watch.ts";
import { openPastRun } from "../records/past/past-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type CallableRun, OUT_OF_REACH } from "./with-run.ts";

/**
 * Follows a run as it goes on, and by its records when it does not.
 *
 * @throws UserError when neither can be had: with exit code 3 and the prefix of the run, where that is no mistake of the command
 *   line.
 */
export async function openWatched(called: CallableRun, files: RunFiles): Promise<FollowedRun> {
  try {
    return await followRun(called.contact, called.words, () => openPastRun(files));
  } catch (error) {
    if (!(error instanceof UserError) || !OUT_OF_REACH.has(error.code)) throw error;
    throw new UserError(error.code, `${files.prefix}: ${error.message}`, { exitCode: EXIT.unfinished, cause: error });
  }
}
