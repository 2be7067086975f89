import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../domain/errors.ts";
import type { AskSlurm } from "../places/slurm/ask.ts";
import { isJobOver } from "../places/slurm/job-facts.ts";
import { recoverCommand } from "./files/recover-command.ts";
import { isOfThisHost, slurmJobIn } from "./files/recovery-file.ts";
import { filesOfRun, waysOn } from "./files/run-files.ts";

/** What runtimes put in the place of bytes that are no UTF-8. */
const REPLACEMENT = "\uFFFD";

/**
 * Refuses to begin a run in a folder whose name is not UTF-8: runtimes read names as UTF-8, and what is none leads elsewhere.
 *
 * @throws UserError `not-utf8`.
 */
export function refuseFolder(): void {
  const folder = process.cwd();
  if (!folder.includes(REPLACEMENT) || isHere(folder)) return;
  throw new UserError("not-utf8", `${folder}: the name of this folder is not UTF-8, and no run can be started in it`);
}

/** Whether that path leads to the folder that this process is in. */
function isHere(folder: string): boolean {
  const [there, here] = [statSync(folder, { throwIfNoEntry: false }), statSync(".")];
  return there?.dev === here.dev && there.ino === here.ino;
}

/**
 * Refuses status files of runs that were cut off. Such a run is recovered, and neither resumed nor replaced: its engines may still be there, with tasks that
 * another run would start a second time.
 *
 * @param program the words that start this program.
 * @param option that names the run.
 * @throws UserError `run-cut-off`.
 */
export async function refuseCutOff(
  statusFiles: readonly string[],
  program: readonly string[],
  ask: AskSlurm,
  option: string,
): Promise<void> {
  for (const file of statusFiles) {
    const { recovery, prefix } = filesOfRun(file);
    if (!isOfThisHost(recovery)) continue;
    const job = slurmJobIn(recovery);
    // Slurm has ended all that it has started.
    if (job !== undefined && (await isJobOver(ask, job))) continue;
    const message = `${option} ${file}: that run has not ended, and what it has started may still run (remove ${recovery} only if nothing does); if its driver was killed, to go on: ${recoverCommand(program, prefix)}`;
    throw new UserError("run-cut-off", message);
  }
}

/**
 * Refuses what is no status file: another file of a run, or one that is gone and can be had again from its journal.
 *
 * @throws UserError `status-file-missing`, `no-status-file`.
 */
export function refuseOtherRecords(statusFiles: readonly string[]): void {
  for (const file of statusFiles) {
    const files = filesOfRun(file);
    const [path, way] = [resolve(file), waysOn(files)];
    const isGone = path === files.status && !existsSync(path);
    if (way === undefined || !(isGone || path === files.journal || path === files.recovery)) continue;
    const code = isGone ? "status-file-missing" : "no-status-file";
    throw new UserError(code, `-r ${file}: ${isGone ? "there is no such file" : "this is no status file"}; ${way}`);
  }
}
