import { shellWords } from "../domain/shell-words.ts";

/** The command line that takes up a run whose driver has died. @param prefix of the run's files. */
export function recoverCommand(prefix: string): string {
  return shellWords(["disbatch", "--recover", prefix]);
}
