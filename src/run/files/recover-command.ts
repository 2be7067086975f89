import { shellWords } from "../../domain/shell-words.ts";
import { isOwnFile } from "../../files/own-file.ts";
import { filesOfRun } from "./run-files.ts";

/**
 * The command line, for any folder, that takes up a run whose driver has died.
 *
 * @param program the words that start this program.
 * @param prefix of the run's files.
 */
export function recoverCommand(program: readonly string[], prefix: string): string {
  return shellWords([...program, "--recover", prefix]);
}

/** What is to be done when the driver of a run has died, as the end of a sentence: what it has left decides. */
export function afterItsDeath(program: readonly string[], prefix: string): string {
  const { recovery, status } = filesOfRun(prefix);
  if (isOwnFile(recovery)) return `to go on: ${recoverCommand(program, prefix)}`;
  return `resume it with -r ${status}`;
}
