import { hostname } from "node:os";
import { followRun } from "../control/followed-run.ts";
import { isSuccess } from "../domain/ending.ts";
import { UserError } from "../domain/errors.ts";
import type { OutputKeep } from "../domain/output-terms.ts";
import type { TaskRow } from "../domain/watch.ts";
import { plural } from "../domain/plural.ts";
import type { TornPart } from "../records/output/scan.ts";
import { openPastRun } from "../records/past/past-run.ts";
import { begunBy } from "../run/files/pool-script.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { hasDied, lockHolder } from "../run/files/run-lock.ts";
import { outputKept } from "../run/settings.ts";
import { parseOptions } from "./options.ts";
import type { WantedOutput } from "./wanted-output.ts";
import { isWorkflow } from "./workflow-records.ts";

/**
 * What of an output file cannot be read, in a line; undefined when all can be.
 *
 * @param lock of the run: while that goes on, its end is being written.
 */
export function tornWords(path: string, lock: string, torn: readonly TornPart[]): string | undefined {
  const counted = torn.filter(({ isEnd }) => !isEnd || !isHeld(lock));
  const [first] = counted;
  if (first === undefined) return undefined;
  const bytes = counted.reduce((sum, { length }) => sum + length, 0);
  return `warning: ${path}: ${plural(bytes, "byte")}, from byte ${first.at} on, are torn or not of an output file, and were passed over`;
}

function isHeld(lock: string): boolean {
  const holder = lockHolder(lock);
  return holder !== undefined && !hasDied(holder, hostname());
}

/**
 * Why nothing is kept of tasks, in a line for each.
 *
 * @param ids of the tasks; undefined for all of the run, in one line.
 */
export async function whyNothing(wanted: WantedOutput, ids: readonly number[] | undefined): Promise<string[]> {
  const { files, words, attempt } = wanted;
  const keep = keptBy(files);
  if (ids === undefined) return [`${files.prefix}: ${nothingKept(keep)}`];
  const rows = await rowsOf(files, words, ids);
  return ids.map((id) => {
    const of = attempt === undefined ? "" : `, attempt ${attempt}`;
    const reason = why(rows.get(id), keep, attempt);
    return `task ${id}${of}: ${reason === NOT_STARTED && isWorkflow(files) ? NOT_STARTED_AGAIN : reason}`;
  });
}

/** What is said before what a failed attempt has printed, of a task that has succeeded since. */
export function sinceThen(id: number, attempt: number): string {
  return `task ${id}: this is what attempt ${attempt} printed, which failed; the task has succeeded since, and nothing is kept of that`;
}

const NOT_STARTED = "it has not been started";
/** Instances that are done stay as they are when their document runs again. */
const NOT_STARTED_AGAIN = "the last run has not started it, and nothing is kept of what it printed in an earlier one";

function nothingKept(keep: OutputKeep | undefined): string {
  if (keep === "none") return "nothing is kept of what tasks print (--output none)";
  if (keep === "all") return "nothing is kept: no task has printed anything";
  return "nothing is kept: no task has failed that had printed something (--output all keeps what all of them print)";
}

function why(row: TaskRow | undefined, keep: OutputKeep | undefined, attempt: number | undefined): string {
  if (row === undefined) return "there is no such task";
  const { state, ending } = row;
  if (row.attempt < (attempt ?? 1) && state !== "skipped") return notStarted(row.attempt);
  if (attempt === undefined || attempt === row.attempt) {
    if (state === "waiting" || state === "assigned") return NOT_STARTED;
    if (state === "running") return "it still runs; --follow shows what it prints";
  }
  if (state === "skipped") return "it was done in an earlier run; what it printed is with the files of that run";
  if (keep === "none") return "nothing is kept of what tasks print (--output none)";
  if (attempt !== undefined && attempt < row.attempt) {
    return "nothing is kept of that attempt: it printed nothing, or its engine was lost with it";
  }
  if (hasPrintedNothing(row)) return "it printed nothing";
  if (ending !== undefined && isSuccess(ending) && keep !== "all") {
    return "nothing is kept: it succeeded, and only what failed tasks print is kept (--output failed)";
  }
  return "nothing is kept: its engine was lost with it, the disk had no room, or the file is gone";
}

/** @param starts of the task. */
function notStarted(starts: number): string {
  return starts === 0 ? NOT_STARTED : `there is no such attempt: it has been started ${times(starts)}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

/** What disbatch says of a task stands behind what the task wrote, and counts as that. */
function hasPrintedNothing({ output, error }: TaskRow): boolean {
  const isNote = error?.snippet.startsWith("disbatch: ") === true && error.bytes === Buffer.byteLength(error.snippet);
  return (output?.bytes ?? 0) === 0 && (isNote || (error?.bytes ?? 0) === 0);
}

/** Tasks of which the run keeps something; undefined where nobody knows. */
function keptBy(files: RunFiles): OutputKeep | undefined {
  const begun = begunBy(files.util);
  if (begun === undefined) return undefined;
  try {
    const request = parseOptions(begun.args, "");
    return request.type === "run" ? outputKept(request.settings) : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What the run, or its records, say of tasks. */
async function rowsOf(
  { contact, status, journal, jobId }: RunFiles,
  words: readonly string[],
  ids: readonly number[],
): Promise<ReadonlyMap<number, TaskRow>> {
  const run = await followRun(contact, words, () => openPastRun({ status, journal, jobId }));
  try {
    const details = await Promise.all(ids.map((id) => run.task(id)));
    return new Map(details.flatMap((detail, i) => (detail === undefined ? [] : [[ids[i] ?? -1, detail.row]])));
  } finally {
    await run.close();
  }
}
