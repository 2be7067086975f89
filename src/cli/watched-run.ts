import { followRun } from "../control/followed-run.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import { countIn, listedTallies } from "../domain/instance-state.ts";
import { doneOf } from "../domain/task-tally.ts";
import type { FollowedRun, RunView } from "../domain/watch.ts";
import { openPastRun } from "../records/past/past-run.ts";
import type { PastRun } from "../records/past/past-records.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { recordedTallies } from "./workflow-records.ts";
import { type CallableRun, OUT_OF_REACH } from "./with-run.ts";

/** The records of a run that is over, with where the instances of its document stand, if it has one. */
async function openRecords(files: RunFiles): Promise<PastRun> {
  const run = await openPastRun(files);
  const tallies = await recordedTallies(files);
  if (tallies === undefined) return run;
  const view = run.view.bind(run);
  const templates = listedTallies(tallies);
  const left = countIn(tallies, "waiting", "ready", "running", "retrying");
  const viewed = (): RunView => {
    const told = view();
    // Those that this run has settled, or cut short, and those that are left, as while it went on.
    return { ...told, tasks: { ...told.tasks, total: doneOf(told.tasks) + left }, templates };
  };
  return Object.assign(run, { view: viewed });
}

/**
 * Follows a run as it goes on, and by its records when it does not.
 *
 * @param records opens these; by default for this watcher alone.
 * @throws UserError when neither can be had: with exit code 3 and the prefix of the run, where that is no mistake of the command
 *   line.
 */
export async function openWatched(
  called: CallableRun,
  files: RunFiles,
  records: Parameters<typeof followRun>[2] = () => openRecords(files),
): Promise<FollowedRun> {
  try {
    return await followRun(called.contact, called.words, records);
  } catch (error) {
    if (!(error instanceof UserError) || !OUT_OF_REACH.has(error.code)) throw error;
    throw new UserError(error.code, `${files.prefix}: ${error.message}`, { exitCode: EXIT.unfinished, cause: error });
  }
}
