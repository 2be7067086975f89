import { lstatSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../../domain/errors.ts";
import { isFolder, namesIn } from "../../files/look.ts";
import { isOwnFile } from "../../files/own-file.ts";
import { filesOfRun, hasFiles, isTaken, type RunFiles } from "./run-files.ts";

/** Every run has such a script, which is written when it begins, and stays. */
const SCRIPT_ENDING = "_dbUtil.sh";

/**
 * The files of the run that a user means.
 *
 * @param word the prefix of a run, the path of any file of it, or a folder, which means its newest run; undefined means the
 *   newest run of the working directory.
 * @param folder the working directory.
 * @throws UserError `no-run-here` when there is no such run.
 */
export function findRun(word: string | undefined, folder: string): RunFiles {
  return word === undefined ? newestRun(folder) : runOf(word, folder);
}

function newestRun(folder: string): RunFiles {
  const scripts = scriptsIn(folder).filter(isOwnFile);
  const [newest] = scripts.toSorted((a, b) => modified(b) - modified(a));
  if (newest !== undefined) return filesOfRun(newest);
  throw new UserError("no-run-here", `no run of yours has its files in ${folder}; name its prefix, or a file of it`);
}

function runOf(word: string, folder: string): RunFiles {
  const path = resolve(folder, word);
  const named = filesOfRun(path);
  if (hasFiles(named)) return named;
  if (isFolder(path)) return newestRun(path);
  // The log of an engine has its host's name in its own.
  const owners = isTaken(path) ? scriptsIn(dirname(path)).filter((script) => isFileOf(path, script)) : [];
  const [nearest] = owners.toSorted((a, b) => b.length - a.length);
  if (nearest !== undefined) return filesOfRun(nearest);
  throw new UserError(
    "no-run-here",
    `${word}: no run of that prefix, and no file of one; -p named it when the run began`,
  );
}

function isFileOf(path: string, script: string): boolean {
  return basename(path).startsWith(basename(script).slice(0, 1 - SCRIPT_ENDING.length));
}

function scriptsIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith(SCRIPT_ENDING))
    .map((name) => join(folder, name));
}

function modified(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
