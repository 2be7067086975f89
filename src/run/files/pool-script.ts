import * as v from "valibot";
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

/** How a run was begun: the arguments of its program, and the folder where they were given. */
export interface Begun {
  readonly args: readonly string[];
  readonly cwd: string;
}

/** What is before the beginning of a run, as JSON, in the third line. */
const BEGUN = "# Begun with: ";
const BegunSchema = v.object({ args: v.array(v.string()), cwd: v.string() });
/** Characters; a command line that takes more is not kept. */
const LONGEST_BEGUN = MOST_BYTES / 8;

/**
 * The text of a run's dbUtil.sh.
 *
 * @param command how to start this program.
 * @param contact path of the run's contact file.
 * @param begun how the run was begun; kept for those who want to go on with it.
 */
export function poolScript(command: readonly string[], contact: string, begun: Begun): string {
  const kept = `${BEGUN}${JSON.stringify(begun)}\n`;
  const comment = kept.length > LONGEST_BEGUN ? "" : kept;
  return `${HEADER}${comment}exec ${shellWords([...command, ...POOL_ARGUMENTS, contact])} "$@"\n`;
}

/** How the run was begun whose dbUtil.sh this is; undefined when it does not say, or may be another user's. */
export function begunBy(path: string): Begun | undefined {
  try {
    const [, , third = ""] = readOwnFile(path, MOST_BYTES).split("\n", 3);
    return third.startsWith(BEGUN) ? v.parse(BegunSchema, JSON.parse(third.slice(BEGUN.length))) : undefined;
  } catch {
    return undefined;
  }
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
