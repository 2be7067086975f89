import { dirname } from "node:path";
import { existsSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { readRecovery } from "../run/files/recovery-file.ts";
import { isFile } from "../files/look.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { nameOfTasks } from "../run/settings.ts";
import { begunBy } from "../run/files/pool-script.ts";
import { isDocument } from "./document-name.ts";
import { EACH } from "./each-words.ts";
import { RETRY } from "./retry-words.ts";
import { resumeCommand } from "./resume-command.ts";

/**
 * The command line that runs the failed tasks of a run again: the run's own words, while they are kept; else those that any run
 * has, in the folder of its files.
 *
 * @param words that start this program.
 * @param taskFile as the run was given it; empty when nobody knows.
 */
export function rerunCommand(
  words: readonly string[],
  { recovery, util, prefix, status, tasks }: RunFiles,
  taskFile: string,
): string {
  try {
    // No file has the tasks of a template.
    const begun = existsSync(recovery) ? readRecovery(recovery, prefix) : taskFile === EACH ? begunBy(util) : undefined;
    if (begun !== undefined) {
      return resumeCommand(begun.args, { program: words, folder: begun.cwd, statusFile: status, retry: true });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  if (isDocument(taskFile)) return shellWords([...words, RETRY, prefix]);
  const command = shellWords([...words, "-r", status, "-R", ...listWords(taskFile, prefix, tasks)]);
  return `cd ${shellWords([dirname(prefix)])} && ${command}`;
}

/** The task file; where tasks were submitted to the run, its prefix, too, by which these are found. */
function listWords(taskFile: string, prefix: string, tasks: string): string[] {
  const named = taskFile === "" || taskFile === EACH ? "TASKFILE" : taskFile;
  if (!isFile(tasks)) return [named];
  return [
    "-p",
    prefix,
    named === nameOfTasks({ taskFile: undefined, template: undefined, name: undefined }) ? tasks : named,
  ];
}
