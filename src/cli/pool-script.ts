import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import { shellWords } from "../domain/shell-words.ts";

/** The words that start this program as the utility of a run; the path of the run's contact file follows. */
export const POOL_ARGUMENTS = ["pool", "--contact"] as const;

/** What every dbUtil.sh has in its second line. */
const MARK = "# A dbUtil.sh of disbatch: adds engines to a run, takes them away, and tells how far it is (--help).\n";
/** Engines find the caller's environment: other shells than bash drop exported functions and all that is no name of theirs. */
const HEADER = `#!/bin/bash -p\n${MARK}`;

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
  const made = `${path}.${process.pid}.tmp`;
  try {
    refuseForeign(path);
    writeFileSync(made, text, { mode: 0o700, flag: "wx" });
    // Whatever the user's mask takes away.
    chmodSync(made, 0o700);
    renameSync(made, path);
  } catch (error) {
    rmSync(made, { force: true });
    if (error instanceof UserError) throw error;
    throw new UserError("prefix-unusable", `cannot write ${path}: ${errnoText(error)}`, { cause: error });
  }
}

function refuseForeign(path: string): void {
  if (startsAsOurs(path)) return;
  const message = `${path} exists already and is no dbUtil.sh of disbatch: choose another prefix`;
  throw new UserError("prefix-in-use", message);
}

/** Also true when there is nothing. */
function startsAsOurs(path: string): boolean {
  try {
    const text = readFileSync(path, "latin1");
    return text.startsWith("#!") && text.startsWith(MARK, text.indexOf("\n") + 1);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    if (errnoOf(error) === "EISDIR") return false;
    throw error;
  }
}
