import { hostname } from "node:os";
import { formatDiagnostic, UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { replaceOwnFile } from "../files/own-file.ts";
import { Ledger } from "../records/ledger/ledger.ts";
import { rebuildStatusFile } from "../records/recovery/rebuild-status.ts";
import { plural } from "../domain/plural.ts";
import type { RunSettings } from "./settings.ts";
import { formatRecovery, type Recovery } from "./files/recovery-file.ts";
import { isTaken, type RunFiles } from "./files/run-files.ts";

/** A run whose driver has died, with both of its records. */
export interface CompletedRun {
  readonly recovery: Recovery;
  /** Why engines may have tasks that nobody knows of. */
  readonly hold?: string;
}

/**
 * Sees to it that a run whose driver has died has both of its records: a status file that is gone is made anew from the journal; one
 * whose journal is gone goes on with an empty one, and with what its status file says.
 *
 * @param say tells the user something that is no error.
 * @throws UserError `records-missing` when both are gone, and as `rebuildStatusFile` does.
 */
export async function completeRecords(
  recovery: Recovery,
  files: RunFiles,
  { statusHeader }: Pick<RunSettings, "statusHeader">,
  say: (message: string) => void,
): Promise<CompletedRun> {
  const { status, journal, prefix } = files;
  const { host: node, pid, journalFrom: before } = recovery;
  // What somebody else has put in the place of one is refused when it is read.
  const [hasStatus, hasJournal] = [isTaken(status), isTaken(journal)];
  if (hasStatus && hasJournal) return { recovery };
  if (!hasStatus && !hasJournal) {
    const message = `--recover ${prefix}: ${status} and ${journal} are gone, and nobody knows what that run has done; to begin anew, remove ${files.recovery}`;
    throw new UserError("records-missing", message);
  }
  // The place where the run begins is moved before the file has its name: whoever is killed in between begins here again.
  const moved = (place: Partial<Recovery>): Recovery => {
    const made = { ...recovery, ...place };
    replaceOwnFile(files.recovery, formatRecovery(made), 0o600);
    return made;
  };
  if (!hasJournal) {
    say(`warning: ${journal} is gone: going on with what ${status} says`);
    const begun = moved({ journalFrom: 0 });
    await Ledger.create(journal).close();
    return { recovery: begun, hold: `${journal} was gone` };
  }
  say(`warning: ${status} is gone: making it anew from ${journal}`);
  let begun = recovery;
  const onWarning = tellOf(say);
  const whole = (statusFrom: number): void => void (begun = moved({ statusFrom }));
  await rebuildStatusFile({ status, statusHeader, journal, driver: { node, pid }, before, onWarning, whole });
  return { recovery: begun };
}

/**
 * Makes the status file anew of a run that has come to its end.
 *
 * @throws UserError as `rebuildStatusFile` does, and `run-has-ended` when it is there again.
 */
export async function restoreStatusFile(
  { prefix, status, journal }: RunFiles,
  say: (message: string) => void,
): Promise<never> {
  const driver = { node: hostname(), pid: process.pid };
  const skipped = await rebuildStatusFile({ status, statusHeader: false, journal, driver, onWarning: tellOf(say) });
  const others = `, and with -r of the status file that it had resumed from: ${plural(skipped, "task")} that it skipped stand only there`;
  const message = `--recover ${prefix}: that run has ended, and its status file, which was gone, has been made anew from its journal; resume it with ${shellWords(["-r", status])}${skipped > 0 ? others : ""}`;
  throw new UserError("run-has-ended", message);
}

function tellOf(say: (message: string) => void) {
  return (warning: Parameters<typeof formatDiagnostic>[0]): void => say(formatDiagnostic(warning));
}
