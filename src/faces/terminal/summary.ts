import type { Counts, Failure } from "../../records/state/counts.ts";
import { endWords } from "./end-reason.ts";
import { titleOf } from "../../domain/task.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { shellWords } from "../../domain/shell-words.ts";
import type { WorkflowEnd } from "../../domain/workflow-end.ts";
import { wrap } from "../../domain/wrap.ts";
import { restWords } from "./rest-words.ts";
import { columnsOf, formatDuration, formatEnding, formatRate, shorten } from "./text.ts";

/** What the summary needs beside the numbers. */
export interface SummaryOptions {
  /** Columns that a line may take; undefined where lines have no width, as in a file. */
  readonly width: number | undefined;
  readonly statusFile: string;
  /** The command line that runs what is left; shown when something is left. */
  readonly resumeCommand?: string;
  /** Whether the command takes more tasks than those which the run has taken. */
  readonly takesMore?: boolean;
  /** The command line that runs the failed tasks again; shown when nothing but them is left. */
  readonly retryCommand?: string;
  /** The command line that shows all failures; without it the rest of them is only counted. */
  readonly failuresCommand?: string;
  /** The command line that shows what failed tasks have printed; missing where nothing of that is kept. */
  readonly outputCommand?: string | undefined;
  /** What came of the document; undefined for a run of a task file. */
  readonly workflow?: WorkflowEnd | undefined;
  /** The command line that says why an instance stands where it stands; the instance's name follows. */
  readonly explainCommand?: string | undefined;
  /** Where those that go on are good, and with what, in words. */
  readonly where?: readonly string[];
}

/** A wide line is cut here all the same: nobody reads on. */
const WIDEST = 200;
const NAME = "disbatch: ";
const INDENT = "  ";
/** Rates and utilisation of fewer tasks than this mean nothing. */
const ENOUGH_TASKS = 2;

/** What there is to say when a run has ended, in lines for standard error. */
export function summary(counts: Counts, options: SummaryOptions): string[] {
  const width = Math.max(20, Math.min(options.width ?? WIDEST, WIDEST));
  // The order of the list, not that of their ends: two runs of one list show them alike.
  const failures = counts.failures
    .toSorted((a, b) => a.command.line - b.command.line || a.command.id - b.command.id)
    .flatMap((failure) => failureLines(failure, width));
  const more = counts.failed + counts.perEngineFailed - counts.failures.length;
  const all = options.failuresCommand === undefined ? "" : `, by kind: ${options.failuresCommand}`;
  // A command line stays whole, whatever the width.
  if (more > 0) failures.push(`${INDENT}and ${more} more${all}`);
  const lines = wrapped(NAME + headline(counts, options.workflow?.reused), width, "", INDENT);
  if (counts.reason !== undefined && counts.reason !== "done")
    lines.push(...wrapped(`${NAME}${endWords(counts.reason)}`, width, "", INDENT));
  lines.push(...failures);
  if (options.workflow !== undefined) lines.push(...instanceLines(options.workflow, width));
  if (counts.failed > 0 && options.outputCommand !== undefined) {
    lines.push(`${NAME}what ${counts.failed === 1 ? "it" : "they"} printed: ${options.outputCommand}`);
  }
  const [blocked] = options.workflow?.firstBlocked ?? [];
  if (blocked !== undefined && options.explainCommand !== undefined) {
    lines.push(`${NAME}why: ${options.explainCommand} ${shellWords([blocked.name])}`);
  }
  lines.push(`${NAME}status file: ${printable(options.statusFile)}`);
  const wayOn = wayOnOf(counts, options);
  if (wayOn !== undefined) lines.push(`${NAME}${wayOn.what}: ${wayOn.command}`);
  return lines;
}

/** The command line that runs the rest, or what failed, and what it does, in words; undefined when nothing is left, or nothing is known to do. */
export function wayOnOf(
  counts: Counts,
  options: Pick<SummaryOptions, "resumeCommand" | "takesMore" | "retryCommand" | "where" | "workflow">,
): { readonly what: string; readonly command: string } | undefined {
  const { resumeCommand, takesMore = false, retryCommand, where = [], workflow } = options;
  const failed = counts.failed + counts.skippedFailed;
  if (isOnlyListLeft(counts) && takesMore && resumeCommand !== undefined) {
    const also = where.map((words) => ` ${words}`).join("");
    return { what: `to go on${also}`, command: resumeCommand };
  }
  const left = somethingLeft(counts) && !isOnlyListLeft(counts);
  if (left && resumeCommand !== undefined) {
    const retry = resumeCommand === retryCommand;
    return { what: restWords({ isLeft: true, failed, retry, where }), command: resumeCommand };
  }
  if (left || failed === 0 || retryCommand === undefined) return undefined;
  const { blocked } = workflow ?? {};
  return { what: restWords({ isLeft: false, failed, blocked, retry: true, where }), command: retryCommand };
}

/** True when tasks of this run have no outcome yet, as far as anybody can tell. */
function somethingLeft(counts: Counts): boolean {
  return counts.total === undefined ? counts.reason !== "done" : counts.done < counts.total;
}

/** True when the run has done all that was submitted to it, and might have been given more. */
function isOnlyListLeft(counts: Counts): boolean {
  return counts.total === undefined && counts.reason !== "done" && counts.isListDone;
}

/** @param reused instances that were not run; undefined for a run of a task file. */
function headline(counts: Counts, reused: number | undefined): string {
  const elapsed = (counts.ended ?? 0) - (counts.started ?? counts.ended ?? 0);
  if (counts.finished === 0 && counts.skipped > 0 && !somethingLeft(counts)) {
    return reused === undefined ? nothingToDo(counts) : `nothing left to do: ${plural(reused, "instance")} reused`;
  }
  const parts = [doneOfKnown(counts, reused === undefined ? 0 : counts.skipped)];
  if (counts.failed > 0) parts.push(counts.failed === counts.done ? "all failed" : `${counts.failed} failed`);
  if (counts.laterSuccesses > 0) parts.push(`${counts.laterSuccesses} on a later try`);
  if (reused !== undefined && reused > 0) parts.push(`${reused} reused`);
  else if (counts.skipped > 0) parts.push(`${counts.skipped} in an earlier run${alsoFailed(counts)}`);
  if (counts.perEngineFailed > 0) parts.push(`${plural(counts.perEngineFailed, "per-engine command")} failed`);
  if (counts.interrupted > 0) parts.push(`${counts.interrupted} cut short`);
  const notRun = (counts.known ?? 0) - counts.done - counts.interrupted;
  if (notRun > 0) parts.push(`${notRun} not run`);
  const detail = speed(counts, elapsed);
  return `${parts.join(", ")}${parts.length > 1 ? "," : ""} in ${formatDuration(elapsed)}${detail}`;
}

/** What became of instances that did not run. */
function instanceLines({ blocked, skipped, allowed, firstBlocked }: WorkflowEnd, width: number): string[] {
  const lines: string[] = [];
  const told = firstBlocked.map(({ name, cause, lacks, isLeftOut, missing }) => {
    if (missing !== undefined) return printable(`${name} (${missing} is missing)`);
    if (lacks !== undefined) return printable(`${name} (${lacks.by} printed no task ${lacks.task})`);
    const own = isLeftOut === true ? " (none of its needs is for its values)" : "";
    const why = cause === undefined ? own : ` (${printable(cause.name)} ${cause.state ?? "failed"})`;
    return `${printable(name)}${why}`;
  });
  if (allowed > 0) lines.push(`${allowed} of the failed may fail`);
  if (blocked > 0) lines.push(`${blocked} blocked: ${told.join(", ")}${blocked > told.length ? ", ..." : ""}`);
  if (skipped > 0) lines.push(`${skipped} skipped`);
  return lines.flatMap((line) => wrapped(line, width, INDENT, INDENT + INDENT));
}

/** @param reused tasks among them that are told of otherwise. */
function doneOfKnown({ done, known }: Counts, reused: number): string {
  if (known === undefined || done === known) return `${plural(done - reused, "task")} done`;
  return `${done - reused} of ${plural(known - reused, "task")} done`;
}

function nothingToDo(counts: Counts): string {
  const tasks = counts.skipped === 1 ? "the task was" : `all ${counts.skipped} tasks were`;
  return `nothing left to do: ${tasks} done in an earlier run${alsoFailed(counts)}`;
}

function alsoFailed({ skippedFailed }: Counts): string {
  return skippedFailed > 0 ? ` (${skippedFailed} of them failed)` : "";
}

function speed(counts: Counts, elapsed: number): string {
  if (counts.finished < ENOUGH_TASKS || elapsed <= 0) return "";
  const offered = counts.slotSeconds(counts.ended ?? 0);
  const busy =
    offered > 0 ? `, slots ${Math.min(100, Math.round((100 * counts.busySlotSeconds) / offered))} % busy` : "";
  return ` (${formatRate(counts.finished / elapsed)}${busy})`;
}

/** One line when it fits, else one for each of outcome, command and error output. */
function failureLines({ command, result }: Failure, width: number): string[] {
  const what = command.kind === "task" ? "task" : `per-engine ${command.when} command`;
  const where = command.kind === "task" ? "" : ` on ${printable(result.node)}`;
  const head = `${what} ${command.id} (line ${command.line})${where}: ${formatEnding(result.ending)}`;
  const room = width - 2 * INDENT.length;
  const shell = shorten(titleOf(command), room);
  const error = result.error.bytes > 0 ? shorten(result.error.snippet.trimEnd(), room - "error: ".length) : "";
  const oneLine = `${INDENT}${head}: ${shell}${error === "" ? "" : `${INDENT}error: ${error}`}`;
  if (columnsOf(oneLine) <= width) return [oneLine];
  const lines = [INDENT + shorten(head, width - INDENT.length), INDENT + INDENT + shell];
  if (error !== "") lines.push(`${INDENT}${INDENT}error: ${error}`);
  return lines;
}

/** @param hanging stands before all lines but the first; the same as `indent` unless given. */
function wrapped(text: string, width: number, indent: string, hanging = indent): string[] {
  return wrap(text, width, indent, hanging, columnsOf);
}
