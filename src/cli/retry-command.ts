import { shellWords } from "../domain/shell-words.ts";
import { isDocument } from "./document-name.ts";
import { type CommandWords, commandWords } from "./options.ts";
import { RETRY } from "./retry-words.ts";

/** What a command line that goes on with a run is made of, beside its words. */
export interface RunCommandOptions {
  /** The words that start this program, or that submit it to Slurm. */
  readonly program: readonly string[];
  /** The folder that the run was started in: relative names mean something there only, and tasks run there. */
  readonly folder: string;
}

/** What says which instances there are, and which of them run: the run knows that. */
const OF_THE_DOCUMENT: ReadonlySet<string> = new Set([
  ...["--param", "--from", "--force", "--max-instances", "--only"],
  ...["--format", "--groups", "--job-id-template"],
]);
/** What a run is begun with, and not gone on with. */
const OF_THE_BEGINNING: ReadonlySet<string> = new Set(["-p", "--overwrite"]);

/** Whether these are the words of a run of a document. */
export function isOfDocument(args: readonly string[], { taskFile }: Pick<CommandWords, "taskFile">): boolean {
  return args[0] === RETRY || isDocument(taskFile);
}

/**
 * The command line, for any folder, that runs again what has failed of a document, and what is left of it: with the options that the
 * run was given.
 *
 * @param prefix of the run.
 */
export function retryCommand(
  args: readonly string[],
  { program, folder, prefix }: RunCommandOptions & { readonly prefix: string },
): string {
  const kept = commandWords(args).given.filter(([flag]) => !OF_THE_DOCUMENT.has(flag) && !OF_THE_BEGINNING.has(flag));
  const options = kept.flat().filter((word) => word !== undefined);
  return `cd ${shellWords([folder])} && ${shellWords([...program, RETRY, ...options, prefix])}`;
}
