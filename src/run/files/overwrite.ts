import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../domain/errors.ts";
import { errnoText } from "../../domain/system-error.ts";
import { ForeignFileError, refuseForeign } from "../../files/own-file.ts";
import { removeFile } from "../../files/remove-file.ts";
import { isSameFile } from "../../records/statusfile/same-file.ts";
import type { RunFiles } from "./run-files.ts";

/** What is behind the prefix in the names of what engines leave: label and node, and then this. */
const OF_ENGINE = /^_.+_.+_engine_(?:(?:[0-9]+|wrap)\.log|[0-9a-f-]+(?:_[0-9a-f]{12})?_undelivered\.jsonl)$/;
/** What tells that a run goes by the name before it. */
const OF_RUN =
  /^(.+)_(?:status\.txt|journal\.jsonl|tasks\.txt|workflow\.jsonl|cache\.jsonl|output\.bin|driver\.log|dbUtil\.sh|run\.lock|contact\.json|recovery\.json|kvsinfo\.txt|web\.txt|taskcommand\.log)$/;

/**
 * Removes what earlier runs of a prefix have left, for a run that is to have it for itself: logs first, records last. Whoever
 * does so holds the lock.
 *
 * @param inputs files that are read, and not to be touched.
 * @throws UserError `cannot-overwrite` when something cannot be removed.
 */
export function removeEarlierRun(files: RunFiles, inputs: readonly string[]): void {
  const { prefix, jobId, log, taskCommandLog, util, contact, kvsInfo, recovery, journal, tasks, output, status } =
    files;
  const { workflow, cache } = files;
  const folder = dirname(prefix);
  const ofEngines = filesOfEngines(jobId, readNames(folder)).map((name) => join(folder, name));
  const paths = [
    ...ofEngines,
    taskCommandLog,
    output,
    log,
    util,
    kvsInfo,
    contact,
    recovery,
    tasks,
    cache,
    workflow,
    journal,
    status,
  ];
  for (const path of paths) refuseToRemove(path, inputs);
  for (const path of paths) {
    const why = removeFile(path);
    if (why !== undefined) throw cannotOverwrite(why);
  }
}

/**
 * The names of what engines have left of runs of this name.
 *
 * @param names of all files in the folder. The names of other runs may begin alike: `run_b` beside `run`.
 */
export function filesOfEngines(jobId: string, names: readonly string[]): string[] {
  const begin = `${jobId}_`;
  const others = names.flatMap((name) => OF_RUN.exec(name)?.[1] ?? []).filter((other) => other.startsWith(begin));
  return names.filter(
    (name) =>
      name.startsWith(jobId) &&
      OF_ENGINE.test(name.slice(jobId.length)) &&
      !others.some((other) => name.startsWith(`${other}_`)),
  );
}

/** @throws UserError when the folder cannot be read. */
function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw cannotOverwrite(`cannot read ${folder}: ${errnoText(error)}`);
  }
}

/** Nothing has been removed yet. */
function refuseToRemove(path: string, inputs: readonly string[]): void {
  try {
    refuseForeign(path);
  } catch (error) {
    throw cannotOverwrite(error instanceof ForeignFileError ? `${path} ${error.why}` : `${path}: ${errnoText(error)}`);
  }
  if (inputs.some((input) => isSameFile(input, path))) throw cannotOverwrite(`${path} is what this run reads`);
}

function cannotOverwrite(why: string): UserError {
  return new UserError("cannot-overwrite", `--overwrite: ${why}; choose another prefix`);
}
