import { dirname } from "node:path";
import { existsSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { readRecovery } from "../run/files/recovery-file.ts";
import type { RunFiles } from "../run/files/run-files.ts";
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
  { recovery, prefix, status }: RunFiles,
  taskFile: string,
): string {
  try {
    if (existsSync(recovery)) {
      const { args, cwd } = readRecovery(recovery, prefix);
      return resumeCommand(args, { program: words, folder: cwd, statusFile: status, retry: true });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  const command = shellWords([...words, "-r", status, "-R", taskFile === "" ? "TASKFILE" : taskFile]);
  return `cd ${shellWords([dirname(prefix)])} && ${command}`;
}
