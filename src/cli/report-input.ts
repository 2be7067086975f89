import { createReadStream, openSync, type Stats, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { UserError } from "../domain/errors.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import { isOwnFile } from "../files/own-file.ts";
import { spool } from "../files/spool.ts";
import type { OpenOutcomes } from "../records/outcomes/outcomes.ts";
import { findRun } from "../run/files/find-run.ts";
import { filesOfRun, isTaken, type RunFiles, waysOn } from "../run/files/run-files.ts";

/** Something that a report is made from. */
export interface ReportInput extends OpenOutcomes {
  /** The run that the status file is of, where it has its name and more files than this one. */
  readonly run: RunFiles | undefined;
}

/** What stands for standard input. */
const STDIN = "-";
/** How long a pipe may be without a writer before the user is told, in milliseconds. */
const PATIENCE_MS = 1000;

/**
 * Opens what the user has named.
 *
 * @param word a status file, a pipe, `-`, or whatever names a run; undefined for the newest run of the working directory.
 * @param stdin what `-` stands for.
 * @param say tells the user something meanwhile.
 * @throws UserError `no-run-here`, `status-file-missing`, `status-file-unreadable`.
 */
export async function openInput(
  word: string | undefined,
  stdin: () => AsyncIterable<Uint8Array>,
  say: (message: string) => void,
): Promise<ReportInput> {
  if (word === STDIN) return spooled("standard input", stdin());
  const path = resolve(word ?? ".");
  const stats = statOf(path);
  if (stats !== undefined && !stats.isFile() && !stats.isDirectory()) {
    return spooled(path, pipeAt(path, say));
  }
  const named = filesOfRun(path);
  if (word !== undefined && stats?.isFile() === true && !isTaken(named.status)) {
    return { path, fd: open(path), journal: undefined, run: undefined };
  }
  const files = findRun(word, process.cwd());
  if (!isTaken(files.status)) throw missing(files);
  const journal = isTaken(files.journal) ? files.journal : undefined;
  const isWhole = journal !== undefined || isTaken(files.util);
  const isWorkflow = isOwnFile(files.workflow);
  return { path: files.status, fd: open(files.status), journal, run: isWhole ? files : undefined, isWorkflow };
}

/** A pipe that nobody has opened for writing makes its reader wait: the user is told so. */
function pipeAt(path: string, say: (message: string) => void): AsyncIterable<Uint8Array> {
  const stream = createReadStream(path);
  const late = setTimeout(() => say(`waiting for somebody to write to ${path}`), PATIENCE_MS);
  const opened = (): void => clearTimeout(late);
  return stream.once("open", opened).once("error", opened);
}

async function spooled(path: string, stream: AsyncIterable<Uint8Array>): Promise<ReportInput> {
  try {
    return { path, fd: await spool(stream, tmpdir()), journal: undefined, run: undefined };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === "ENOTDIR") return undefined;
    throw unreadable(path, error);
  }
}

function open(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new UserError("status-file-is-directory", `${path} is a directory, no status file`);
    return openSync(path, "r");
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): UserError {
  return new UserError("status-file-unreadable", `cannot read the status file ${path}: ${errnoText(cause)}`, { cause });
}

function missing(files: RunFiles): UserError {
  const way = waysOn(files);
  const advice = way === undefined ? "" : `; ${way}`;
  return new UserError("status-file-missing", `the status file ${files.status} is not there${advice}`);
}
