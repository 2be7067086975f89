import { UserError } from "../../domain/errors.ts";
import { shellWords } from "../../domain/shell-words.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { ForeignFileError, readOwnFile, reasonOf, replaceOwnFile } from "../../files/own-file.ts";

/** The words that start this program as the utility of a run; the path of the run's contact file follows. */
export const POOL_ARGUMENTS = ["pool", "--contact"] as const;

/** What every dbUtil.sh has in its second line. */
const MARK = "# A dbUtil.sh of disbatch: adds engines to a run, takes them away, and tells how far it is (--help).\n";
/** Engines find the caller's environment: other shells than bash drop exported functions and all that is no name of theirs. */
const HEADER = `#!/bin/bash -p\n${MARK}`;

/** Bytes; a path has at most 4096, and quotes may make four characters of one. */
const MOST_BYTES = 1 << 20;

/**
 * The text of a run's dbUtil.sh.
 *
 * @param command how to start this program.
 * @param contact path of the run's contact file.
 */
export function poolScript(command: readonly string[], contact: string): string {
  return `${HEADER}exec ${shellWords([...command, ...POOL_ARGUMENTS, contact])} "$@"\n`;
}

/**
 * Writes a run's dbUtil.sh, for its user alone; one of an earlier run gives way.
 *
 * @throws UserError `prefix-in-use` when there is something else of that name, `prefix-unusable` when it cannot be written.
 */
export function writePoolScript(path: string, text: string): void {
  try {
    if (!isFree(path)) {
      const message = `${path} exists already and is no dbUtil.sh of disbatch: choose another prefix`;
      throw new UserError("prefix-in-use", message);
    }
    replaceOwnFile(path, text, 0o700);
  } catch (error) {
    if (error instanceof UserError && !(error instanceof ForeignFileError)) throw error;
    throw new UserError("prefix-unusable", `cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** There is nothing, or a dbUtil.sh of this user's. */
function isFree(path: string): boolean {
  try {
    const text = readOwnFile(path, MOST_BYTES);
    return text.startsWith("#!") && text.startsWith(MARK, text.indexOf("\n") + 1);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    if (error instanceof ForeignFileError) return false;
    throw error;
  }
}
