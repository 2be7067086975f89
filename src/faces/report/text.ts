import { endingWords } from "../../domain/ending-words.ts";
import { plural } from "../../domain/plural.ts";
import type { InstanceState } from "../../domain/instance-state.ts";
import { wrap } from "../../domain/wrap.ts";
import { dateAndTime } from "../terminal/dates.ts";
import { endReason } from "../terminal/end-reason.ts";
import { memoryText } from "../../domain/limits.ts";
import { columnsOf, formatEnding, shorten } from "../terminal/text.ts";
import { durationBars } from "./duration-bars.ts";
import type {
  OutcomeTally,
  Report,
  ReportedKind,
  ReportedNode,
  ReportedSource,
  ReportedTask,
  ReportedTemplate,
  ReportedUse,
  TimeUse,
} from "./report.ts";
import { table } from "./table.ts";
import { firstLine, percent, span } from "./words.ts";

/** The narrowest and the widest that the report gets. */
const NARROWEST = 40;
const WIDEST = 200;
/** Rows of a list before the rest is only counted. */
const MOST_KINDS = 20;
const MOST_NODES = 20;
const MOST_TEMPLATES = 50;
const INDENT = "  ";

/**
 * The report for people. Lines take at most `width` columns, but for command lines, which are to be copied.
 *
 * @param width columns of the terminal.
 */
export function formatReport(report: Report, width: number): string {
  const columns = usableWidth(width);
  const { outcomes, time, kinds, nodes, durations, used, slowest, sources, remarks } = report;
  const sections = [
    verdict(report, columns),
    section("Outcomes", outcomeLines(outcomes, columns)),
    section("Time and slots", time === undefined ? [] : timeLines(time, outcomes, columns)),
    section("Failures by kind", kindLines(kinds, columns)),
    section("Tasks of the workflow", templateLines(report.templates ?? [], columns)),
    section("Nodes", nodeLines(nodes, columns)),
    section("Durations", durations.count === 0 ? [] : durationBars(durations, columns)),
    section("Processors and memory", used === undefined ? [] : useLines(used, columns)),
    section(slowest.length < 2 ? "Slowest task" : `Slowest ${slowest.length} tasks`, slowestLines(slowest, columns)),
    section("Slots without a task", time === undefined ? [] : idleLines(time, columns)),
    section("Made from", [
      ...sourceLines(sources, columns),
      ...remarks.flatMap((text) => paragraph(`${text}.`, columns)),
    ]),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** The width that is written in, for a terminal of that width. */
export function usableWidth(width: number): number {
  return Math.max(NARROWEST, Math.min(width, WIDEST));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function paragraph(text: string, width: number): string[] {
  return wrap(text, width, INDENT, INDENT, columnsOf).map((line) => shorten(line, width));
}

/** `label   text`, the text broken beside its label. */
function labelled(rows: readonly (readonly [label: string, text: string])[], width: number): string[] {
  const room = Math.max(...rows.map(([label]) => label.length)) + 2;
  return rows.flatMap(([label, text]) =>
    wrap(text, width, INDENT + label.padEnd(room), INDENT + " ".repeat(room), columnsOf).map((line) =>
      shorten(line, width),
    ),
  );
}

export const STATES = {
  "goes-on": "goes on",
  died: "cut off: its driver is no more",
  ended: "ended",
  unknown: "",
} as const;

/** How the run stands, in one line, and the command lines that go on with it. */
export function verdict(
  { run, outcomes, sources }: Pick<Report, "run" | "outcomes" | "sources">,
  width: number,
): string[] {
  const { name, state, reason, next } = run;
  const why = reason === undefined || reason === "done" ? "" : ` early (${endReason(reason)})`;
  // Of a run it is known why; otherwise whoever has made the file is to know that nothing has come.
  const empty = state === "unknown" && sources.every(({ lines, torn }) => lines === 0 && !torn) ? "empty" : "";
  const parts = [STATES[state] + why, empty, ...doneParts(outcomes)].filter((part) => part !== "");
  const head = wrap(`${name}: ${parts.join(", ")}`, width, "", INDENT, columnsOf).map((line) => shorten(line, width));
  const doubt = outcomes.differing === 0 ? [] : wrap(differingWords(outcomes.differing), width, "", INDENT, columnsOf);
  return [...head, ...doubt, ...next.flatMap(({ purpose, command }) => nextLines(purpose, command, width))];
}

export function differingWords(lines: number): string {
  const they = lines === 1 ? "1 line tells" : `${lines} lines tell`;
  const which = `${they} another command for a task than an earlier line`;
  return `these seem to be runs of different task lists, and then all numbers here are mixed up: ${which}`;
}

/** A command line and its purpose. It stays whole, also where it is wider than the terminal. */
export function nextLines(purpose: string, command: string, width: number): string[] {
  const line = `${purpose}: ${command}`;
  return columnsOf(line) <= width ? [line] : [...wrap(`${purpose}:`, width, "", INDENT), INDENT + command];
}

export function doneParts({ total, succeeded, failed, missing }: OutcomeTally): string[] {
  const done = succeeded + failed;
  const of = total === undefined || total === done ? plural(done, "task") : `${done} of ${plural(total, "task")}`;
  const failures = failed === 0 ? "none failed" : failed === done ? "all failed" : `${failed} failed`;
  const gaps = total === undefined && missing > 0 ? [`at least ${missing} not run`] : [];
  return [`${of} done`, ...(done === 0 ? [] : [failures]), ...gaps];
}

function outcomeLines(tally: OutcomeTally, width: number): string[] {
  const { total, succeeded, failed, missing, cutShort, earlier, replaced, perEngineFailed } = tally;
  const { wastedStarts, wastedSeconds } = tally;
  const all = succeeded + failed + missing;
  const rows: [string, number, string][] = [
    ["succeeded", succeeded, percent(succeeded, all)],
    ["failed", failed, percent(failed, all)],
  ];
  if (cutShort > 0) rows.push(["cut short", cutShort, percent(cutShort, all)]);
  const notRun = missing - cutShort;
  rows.push(["not run", notRun, total === undefined && notRun > 0 ? "at least" : percent(notRun, all)]);
  const columns = [
    { head: "", cell: ([what]: (typeof rows)[number]) => what },
    { head: "TASKS", cell: ([, count]: (typeof rows)[number]) => String(count), right: true },
    { head: "SHARE", cell: ([, , share]: (typeof rows)[number]) => share, right: true },
  ];
  const notes: string[] = [];
  if (earlier > 0)
    notes.push(`${plural(earlier, "outcome")} of these, from an earlier run, were taken over by this one`);
  if (replaced > 0) notes.push(`${plural(replaced, "line")} more of tasks that ran again: the later outcome counts`);
  if (tally.failedTries > 0) notes.push(retryWords(tally));
  if (wastedStarts > 0) {
    const took = span(wastedSeconds);
    notes.push(
      `${plural(wastedStarts, "start")} more without an outcome (cut short, or on lost engines), ${took} of work`,
    );
  }
  if (perEngineFailed > 0) notes.push(`${plural(perEngineFailed, "per-engine command")} failed`);
  return [...table(columns, rows, width), ...notes.flatMap((note) => paragraph(note, width))];
}

export function retryWords({ failedTries, failedTriesSeconds, retriedTasks, laterSuccesses }: OutcomeTally): string {
  const tries = failedTries === 1 ? "1 try" : `${failedTries} tries`;
  const work = `${tries} that failed and did not count, ${span(failedTriesSeconds)} of work`;
  return `${plural(retriedTasks, "task")} tried again after a failure, ${laterSuccesses} succeeded on a later try: ${work}`;
}

function timeLines(time: TimeUse, { missing }: OutcomeTally, width: number): string[] {
  const { started, ended, runs, makespan, slots, reconstructed, offered, busy, bound, tail } = time;
  const all = runs !== undefined && runs > 1 ? `, in ${runs} runs` : "";
  const by = bound.by === "work" ? "all work spread evenly over the slots there were" : "the longest task";
  // What is left would take longer, or not: nobody can tell.
  const done = missing > 0 ? "for the tasks done, " : "";
  const made = reconstructed ? " (reconstructed)" : "";
  const rows: [string, string][] = [
    ["took", `${span(makespan)}${all}, from ${dateAndTime(started)} to ${dateAndTime(ended)}`],
    ["at best", `${done}${span(bound.seconds)}: ${by}${overhead(makespan, bound.seconds)}`],
    ["slots", `${slots}${made}, ${percent(busy, offered)} busy`],
  ];
  if (tail.seconds > 0) rows.push(["tail", tailWords(time)]);
  return labelled(rows, width);
}

/** How much longer the run took than it had to. */
export function overhead(makespan: number, bound: number): string {
  return bound > 0 && makespan > bound ? ` (the run took ${percent(makespan - bound, bound)} more)` : "";
}

export function tailWords({ tail, slots, offered }: TimeUse): string {
  const lost = slots === 0 ? 0 : tail.idle / slots;
  const cost = `it cost ${span(tail.idle)} of slot time, ${percent(tail.idle, offered)} of all`;
  const saved = lost >= 1 ? `; spread over all slots, its work had ended ${span(lost)} sooner` : "";
  return `${span(tail.seconds)} from the last start of a task to the end; ${cost}${saved}`;
}

/** The kinds of failures, a line each. */
function kindLines(kinds: readonly ReportedKind[], width: number): string[] {
  if (kinds.length === 0) return [];
  const shown = kinds.slice(0, MOST_KINDS);
  const lines = table<ReportedKind>(
    [
      { head: "TASKS", cell: ({ count }) => String(count), right: true },
      { head: "ENDING", cell: kindEnding },
      { head: "LAST", cell: ({ last }) => dateAndTime(last), from: 120 },
      { head: "NODES", cell: ({ nodes, node }) => (nodes === 1 ? node : String(nodes)), from: 90 },
      { head: "EXAMPLE", cell: ({ examples }) => `task ${examples[0]?.id ?? "-"}`, from: 60 },
      { head: "ERROR OUTPUT", cell: kindText },
    ],
    shown,
    width,
  );
  const more = kinds.length - shown.length;
  return [...lines, ...(more > 0 ? paragraph(`and ${plural(more, "kind")} more: --failed lists all`, width) : [])];
}

/** How tasks of that kind ended, in a word or two. */
export function kindEnding({ ending, isOther }: ReportedKind): string {
  if (isOther) return "other";
  // How much it was differs from task to task.
  return ending.type === "out-of-memory" ? endingWords(ending) : formatEnding(ending);
}

/** What they wrote. */
export function kindText({ text, isOther }: ReportedKind): string {
  return isOther ? "all kinds beyond the most that are told apart" : text;
}

/** The tasks of a workflow, a line each, and the names of what failed of them. */
function templateLines(templates: readonly ReportedTemplate[], width: number): string[] {
  if (templates.length === 0) return [];
  const shown = templates.slice(0, MOST_TEMPLATES);
  const lines = table<ReportedTemplate>(
    [
      {
        head: "DONE",
        cell: ({ counts, succeeded }) => String(counts === undefined ? succeeded : countOf(counts, "done")),
        right: true,
      },
      { head: "FAILED", cell: ({ failed }) => numberOrBlank(failed), right: true },
      { head: "BLOCKED", cell: ({ counts }) => numberOrBlank(countOf(counts, "blocked")), right: true, from: 60 },
      { head: "LEFT", cell: ({ counts }) => numberOrBlank(leftOf(counts)), right: true, from: 60 },
      { head: "P50", cell: ({ durations }) => timeWords(durations, "p50"), right: true, from: 80 },
      { head: "LONGEST", cell: ({ durations }) => timeWords(durations, "longest"), right: true, from: 80 },
      { head: "WORK", cell: ({ durations }) => timeWords(durations, "total"), right: true },
      { head: "TASK", cell: ({ name }) => name },
    ],
    shown,
    width,
  );
  const failures = shown.flatMap(({ name, failed, failures: named }) => {
    if (named.length === 0 || (failed === 1 && named[0] === name)) return [];
    const more = failed - named.length;
    return paragraph(`failed of ${name}: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`, width);
  });
  const more = templates.length - shown.length;
  return [...lines, ...failures, ...(more > 0 ? paragraph(`and ${plural(more, "task")} more`, width) : [])];
}

function countOf(counts: ReportedTemplate["counts"], ...states: readonly InstanceState[]): number {
  return states.reduce((sum, state) => sum + (counts?.[state] ?? 0), 0);
}

/** Instances that have not come to an end. */
function leftOf(counts: ReportedTemplate["counts"]): number {
  return countOf(counts, "waiting", "ready", "running", "retrying");
}

function numberOrBlank(count: number): string {
  return count === 0 ? "" : String(count);
}

function timeWords(durations: ReportedTemplate["durations"], which: "p50" | "longest" | "total"): string {
  return durations.count === 0 ? "" : span(durations[which]);
}

function nodeLines(nodes: readonly ReportedNode[], width: number): string[] {
  if (nodes.length === 0) return [];
  const shown = nodes.slice(0, MOST_NODES);
  const lines = table<ReportedNode>(
    [
      { head: "TASKS", cell: ({ tasks }) => String(tasks), right: true },
      { head: "FAILED", cell: ({ failed }) => String(failed), right: true },
      { head: "P50", cell: ({ durations }) => span(durations.p50), right: true },
      { head: "P95", cell: ({ durations }) => span(durations.p95), right: true, from: 60 },
      { head: "LONGEST", cell: ({ durations }) => span(durations.longest), right: true, from: 80 },
      { head: "WORK", cell: ({ busy }) => span(busy), right: true, from: 80 },
      { head: "NODE", cell: (node) => node.name + markWords(node) },
    ],
    shown,
    width,
  );
  const more = nodes.length - shown.length;
  return [...lines, ...(more > 0 ? paragraph(`and ${plural(more, "node")} more`, width) : [])];
}

/** What stands out about a node: ` <- slow, fails more`. */
export function markWords({ marks, lost }: ReportedNode): string {
  const words: string[] = marks.map((mark) =>
    mark === "slow" ? "slower than the others" : "fails more than the others",
  );
  if (lost !== undefined && lost > 0) words.push(`${plural(lost, "engine")} lost`);
  return words.length === 0 ? "" : ` <- ${words.join(", ")}`;
}

/** A task's part of the processors helps to choose `cores`, and its memory `memory`. */
function useLines({ cpu, memory }: ReportedUse, width: number): string[] {
  const cores = cpu.elapsed > 0 ? `; ${(cpu.seconds / cpu.elapsed).toFixed(2)} cores busy while a task ran` : "";
  const rows: [string, string][] = [["processor time", `${span(cpu.seconds)} of ${plural(cpu.tasks, "task")}${cores}`]];
  if (memory !== undefined) {
    const { tasks, median, most, task } = memory;
    const half = `${memoryText(median)} median, ${memoryText(most)} most (task ${task})`;
    rows.push(["peak memory", `${half}, of ${plural(tasks, "task")} that held enough to be measured`]);
  }
  return labelled(rows, width);
}

function slowestLines(tasks: readonly ReportedTask[], width: number): string[] {
  if (tasks.length === 0) return [];
  return table<ReportedTask>(
    [
      { head: "TOOK", cell: ({ seconds }) => span(seconds), right: true },
      { head: "TASK", cell: ({ id }) => String(id), right: true },
      { head: "LINE", cell: ({ line }) => String(line), right: true, from: 80 },
      { head: "NODE", cell: ({ node }) => node, from: 60 },
      { head: "ENDING", cell: ({ ending }) => formatEnding(ending), from: 60 },
      { head: "COMMAND", cell: ({ command }) => firstLine(command) },
    ],
    tasks,
    width,
  );
}

export const IDLE_REASONS = {
  start: "before the first task",
  barrier: "while a barrier waited",
  tail: "in the tail",
  other: "between tasks, or unknown",
} as const;

function idleLines(time: TimeUse, width: number): string[] {
  const rows = time.idle.filter(({ seconds }) => seconds > 0);
  if (rows.length === 0) return [];
  return table<(typeof rows)[number]>(
    [
      { head: "SLOT TIME", cell: ({ seconds }) => span(seconds), right: true },
      { head: "SHARE", cell: ({ seconds }) => percent(seconds, time.offered), right: true },
      { head: "WHEN", cell: ({ why }) => IDLE_REASONS[why] },
    ],
    rows,
    width,
  );
}

function sourceLines(sources: readonly ReportedSource[], width: number): string[] {
  return sources.flatMap((source) => paragraph(sourceWords(source), width));
}

export function sourceWords({ file, what, lines, ignored, torn, problem }: ReportedSource): string {
  const notes: string[] = [];
  if (lines !== undefined) notes.push(plural(lines, "line"));
  if (ignored > 0) notes.push(`${ignored} of them ignored: torn, or of no ${what}`);
  if (torn) notes.push("a last line without its end ignored");
  if (problem !== undefined) notes.push(`not used: ${problem}`);
  return `${what} ${file}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
}
