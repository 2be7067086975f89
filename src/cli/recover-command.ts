import { shellWords } from "../domain/shell-words.ts";
import { isOwnFile } from "../files/own-file.ts";
import { filesOfRun } from "./run-files.ts";

/** The command line that takes up a run whose driver has died. @param prefix of the run's files. */
export function recoverCommand(prefix: string): string {
  return shellWords(["disbatch", "--recover", prefix]);
}

/** What is to be done when the driver of a run has died, as the end of a sentence: what it has left decides. */
export function afterItsDeath(prefix: string): string {
  const { recovery, status } = filesOfRun(prefix);
  if (isOwnFile(recovery)) return `take the run up again with: ${recoverCommand(prefix)}`;
  return `resume it with -r ${status}`;
}
