import { shellWords } from "../domain/shell-words.ts";

/**
 * The command line, for any folder, that takes up a run whose driver has died.
 *
 * @param program the words that start this program.
 * @param prefix of the run's files.
 */
export function recoverCommand(program: readonly string[], prefix: string): string {
  return shellWords([...program, "--recover", prefix]);
}
