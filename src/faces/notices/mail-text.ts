import { waitingOf } from "../../domain/task-tally.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { shellWords } from "../../domain/shell-words.ts";
import type { FailureKind } from "../../domain/watch.ts";
import { endWords } from "../terminal/end-reason.ts";
import { formatDuration, formatEnding, shorten } from "../terminal/text.ts";
import type { Examples } from "./examples.ts";
import type { Occasion } from "./mail-plan.ts";
import type { NotedRun } from "./noted-run.ts";

/** What is to be sent. Both are printable: no text of a task or a name can add a header, or act on a terminal. */
export interface MailText {
  /** One line. */
  readonly subject: string;
  readonly text: string;
}

/** Kinds that a mail has in full. */
const MOST_KINDS = 20;
/** Characters of a line with text of a task. */
const LONGEST = 160;
/** Characters of a subject. */
const LONGEST_SUBJECT = 150;

/** The mail for this occasion, with where the run stands now. */
export function mailText(run: NotedRun, occasion: Occasion, examples: Examples): MailText {
  const { counts, files, host } = run;
  const subject = `disbatch: ${files.jobId} on ${host}: ${news(run, occasion)}`;
  const parts = [
    [opening(run, occasion)],
    numbers(run),
    failures(run.counts.kinds.list(), examples),
    paths(run),
    ways(run, occasion, counts.failed > 0),
  ];
  const text = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("\n");
  return { subject: shorten(subject, LONGEST_SUBJECT), text };
}

/** What has happened, for the subject. */
function news({ counts }: NotedRun, occasion: Occasion): string {
  const { done, failed, expected: total, reason } = counts;
  const kinds = counts.kinds.size;
  const inKinds = kinds > 1 ? ` in ${kinds} kinds` : "";
  const bad = failed === 0 ? "" : `, ${failed} failed${inKinds}`;
  const of = total === undefined ? plural(done, "task") : `${done} of ${plural(total, "task")}`;
  switch (occasion) {
    case "first-failure":
      return failed === 1 ? "the first task has failed" : `the first tasks have failed (${failed}${inKinds})`;
    case "new-kinds":
      return `tasks fail in another way: ${failed} failed${inKinds}`;
    case "progress":
      return `${of} done${bad}`;
    case "end":
      return reason === "done" || reason === undefined ? `ended, ${of} done${bad}` : `ended early, ${of} done${bad}`;
    default:
      return occasion satisfies never;
  }
}

function opening({ counts, files, host, taskFileName }: NotedRun, occasion: Occasion): string {
  const run = printable(`The run ${files.jobId} (tasks of ${taskFileName}) on ${host}`);
  if (occasion !== "end") return `${run} goes on.`;
  const { reason } = counts;
  return `${run} ${endWords(reason)}.`;
}

function numbers({ counts, now }: NotedRun): string[] {
  const { expected: total, succeeded, failed, skipped, skippedFailed, running, interrupted, perEngineFailed } = counts;
  const end = counts.ended ?? now();
  const earlier = skippedFailed === 0 ? "" : ` (${skippedFailed} of them failed)`;
  const notRun = waitingOf(counts) ?? 0;
  return [
    ...(total === undefined ? [] : [`${total} tasks in all`]),
    `${succeeded} succeeded`,
    `${failed} failed`,
    ...(skipped === 0 ? [] : [`${skipped} done in an earlier run${earlier}`]),
    ...(interrupted === 0 ? [] : [`${interrupted} cut short`]),
    ...(running === 0 ? [] : [`${running} running`]),
    ...(notRun <= 0 ? [] : [counts.ended === undefined ? `${notRun} waiting` : `${notRun} not run`]),
    ...(perEngineFailed === 0 ? [] : [`${plural(perEngineFailed, "per-engine command")} failed`]),
    `${formatDuration(Math.max(0, end - (counts.started ?? end)))} since the run began`,
  ].map((line) => `  ${line}`);
}

function failures(kinds: readonly FailureKind[], examples: Examples): string[] {
  if (kinds.length === 0) return [];
  const most = kinds.toSorted((a, b) => b.count - a.count).slice(0, MOST_KINDS);
  const more = kinds.length - most.length;
  return [
    kinds.length === 1 ? "Failures:" : `Failures, in ${kinds.length} kinds:`,
    ...most.flatMap((kind) => kindLines(kind, examples)),
    ...(more === 0 ? [] : [`  and ${plural(more, "more kind")}`]),
  ];
}

function kindLines(kind: FailureKind, examples: Examples): string[] {
  const { count, ending, text, node, nodes, example } = kind;
  const line = text === "" ? "" : `: ${shorten(text, LONGEST)}`;
  const where = nodes > 1 ? `${node} and ${plural(nodes - 1, "more host")}` : node;
  const task = examples.of(kind);
  const which = task === undefined ? `task ${example}` : `task ${task.id} (line ${task.line})`;
  return [
    `  ${plural(count, "task")}: ${kind.isOther ? "failures of other kinds" : formatEnding(ending) + line}`,
    `      on ${printable(where)}, such as ${which}`,
    ...(task === undefined ? [] : [`      ${shorten(task.command, LONGEST)}`]),
  ];
}

function paths({ files }: NotedRun): string[] {
  return [
    ["status file:", files.status],
    ["journal:", files.journal],
    ["log:", files.log],
  ].map(([what = "", path = ""]) => `${what.padEnd(13)}${printable(path)}`);
}

function ways({ files, explain, wayOn }: NotedRun, occasion: Occasion, anyFailed: boolean): string[] {
  const { prefix } = files;
  const goOn = occasion === "end" ? wayOn() : undefined;
  return [
    ...(occasion === "end" ? [] : [`To see how far it is now: ${shellWords([`${prefix}_dbUtil.sh`])} --status`]),
    ...(anyFailed ? [`To see what a task has done: ${explain} TASK`] : []),
    ...(goOn === undefined ? [] : [`${sentence(goOn.what)}: ${printable(goOn.command)}`]),
  ];
}

function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
