import { shellWords } from "../domain/shell-words.ts";
import { isDocument } from "./document-name.ts";
import { guarded } from "./guarded-operands.ts";
import { commandWords } from "./options.ts";
import { RETRY } from "./retry-words.ts";

/** Options that are for one run of a document: the next one goes on, and begins nothing anew. */
const FOR_ONE_RUN: ReadonlySet<string> = new Set(["--from", "--only", "--overwrite"]);

/** Whether this command line begins a run of a document. */
export function isOfDocument(args: readonly string[]): boolean {
  return args[0] === RETRY || isDocument(commandWords(args).taskFile);
}

/**
 * The command line that goes on with a run of a document, good from any folder: the same once more, since a later run goes on where
 * the last one came to.
 *
 * @param args that began the run. @param program the words that start this program.
 */
export function documentAgain(args: readonly string[], program: readonly string[], folder: string): string {
  const isRetry = args[0] === RETRY;
  const { given, taskFile, goals = [] } = commandWords(args);
  const options = given.filter(([flag]) => !FOR_ONE_RUN.has(flag));
  const first = taskFile === undefined ? [] : [taskFile];
  // What a retry names is done again by it alone.
  const operands = guarded(isRetry ? first : [...first, ...goals], options.at(-1));
  const optionWords = options.flat().filter((word) => word !== undefined);
  const words = [...program, isRetry ? RETRY : "run", ...optionWords, ...operands];
  return `cd ${shellWords([folder])} && ${shellWords(words)}`;
}
