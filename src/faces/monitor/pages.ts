/** What covers the list when it is asked for: all about a task, the keys, the command that runs failed tasks again. */

import { encodeText } from "../../domain/bytes.ts";
import type { Leak } from "../../domain/result.ts";
import type { TaskDetail, TaskRow } from "../../domain/watch.ts";
import { wrap } from "../../domain/wrap.ts";
import { columnsOf, formatEnding } from "../terminal/text.ts";
import { commandLines } from "./command-lines.ts";
import { type Line, span, type Style } from "./line.ts";
import { HELP } from "./help.ts";
import { stateWords, taskStyle } from "./lists.ts";
import { isLost, type MonitorState, type OutputEnd, type Page, runNow, type TaskOutput } from "./state.ts";
import { formatAge, formatCount, formatSpan, formatTime } from "./words.ts";
import { cellsOf, clean } from "./width.ts";

/** Columns of all words about a task together. */
const MOST_WORDS = 2000;
/** Rows of a command that are shown. */
const MOST_LINES = 100;
/** Columns from which keys stand beside what they do, and the columns that they take there. */
const KEYS_BESIDE = 60;
const KEYS_COLUMNS = 18;

/** The title of what covers the list. */
export function pageTitle(page: Page): string {
  switch (page.type) {
    case "help":
      return "Keys";
    case "task":
      return `Task ${page.id}`;
    case "line":
      return "Line of the log";
    case "commands":
      return "What to type in a shell";
    default:
      return page satisfies never;
  }
}

/** All its lines. */
export function pageLines(state: MonitorState, page: Page, columns: number): Line[] {
  switch (page.type) {
    case "help":
      return HELP.flatMap(([keys, words]) => helpLines(keys, words, columns));
    case "task":
      return taskPage(state, page.id, columns);
    case "line":
      return broken(page.text, columns - 1).map((line): Line => [span(` ${line}`)]);
    case "commands":
      return commandsPage(state, columns);
    default:
      return page satisfies never;
  }
}

/** Keys beside what they do; above it, where there is little room. */
function helpLines(keys: string, words: string, columns: number): Line[] {
  if (columns < KEYS_BESIDE) {
    const lines = (text: string, indent: string): string[] => wrap(text, columns, indent, indent, columnsOf);
    return [
      ...lines(keys, " ").map((line): Line => [span(line, "bold")]),
      ...lines(words, "   ").map((line): Line => [span(line)]),
    ];
  }
  const lines = wrap(words, columns - KEYS_COLUMNS - 2, "", "", columnsOf);
  return lines.map((line, i): Line => [span(` ${(i === 0 ? keys : "").padEnd(KEYS_COLUMNS)} `, "bold"), span(line)]);
}

/** Command lines as they can be copied. */
function commandsPage(state: MonitorState, columns: number): Line[] {
  const { commands, view, link } = state;
  const shown = (command: string): Line[] => [
    [],
    ...commandLines(command, columns).map((line): Line => [span(line, "bold")]),
    [],
  ];
  const elsewhere = wrapped(`In another terminal this prints it, too: ${commands.explain}`, columns);
  if (isLost(state) && link.state === "lost") {
    const what = link.hasDied
      ? "The driver has died. This command goes on with the run:"
      : "If the driver has died, this command goes on with the run:";
    const why = link.hasDied ? [] : [[], ...wrapped(link.why, columns)];
    return [...wrapped(what, columns), ...shown(commands.recover), ...elsewhere, ...why];
  }
  if (view.tasks.failed + view.tasks.skippedFailed === 0) return [[span(" no task has failed", "dim")]];
  const hasEnded = view.phase === "ended";
  const what = `This command runs the failed tasks again, and those that were not run.${hasEnded ? "" : " The run has to end first."}`;
  return [...wrapped(what, columns), ...shown(commands.rerun), ...(hasEnded ? elsewhere : [])];
}

function taskPage(state: MonitorState, id: number, columns: number): Line[] {
  if (!state.details.has(id)) return [[span(" …", "dim")]];
  const detail = state.details.get(id);
  if (detail === undefined) return [[span(` there is no task ${id}, as far as is known`, "warn")]];
  const { row } = detail;
  const output = lastOutput(state.outputs.get(id), row);
  return [
    [span(" "), span(stateWords(row), taskStyle(row))],
    ...wrapped(whereWords(row, runNow(state)), columns),
    ...(row.line === undefined ? [] : [[span(` line ${row.line} of the task file${repeatWords(row)}`, "dim")]]),
    [],
    [span(" COMMAND", "head")],
    ...broken(row.command ?? "not read from its source yet", columns - 3).map((line): Line => [span("  "), span(line)]),
    ...(endLines("STANDARD ERROR", output.stderr, "bad", columns) ??
      leakLines("STANDARD ERROR", row.error, "bad", columns)),
    ...(endLines("STANDARD OUTPUT", output.stdout, "plain", columns) ??
      leakLines("STANDARD OUTPUT", row.output, "plain", columns)),
    ...(row.state === "running"
      ? [[], ...wrapped("What it writes is not seen before it has ended; disbatch output --follow shows it.", columns)]
      : []),
    ...attemptLines(detail),
  ];
}

/** What is kept, where that is of the last attempt: of one that succeeded often nothing is, while there is something of those before. */
function lastOutput(kept: TaskOutput | undefined, { attempt, state }: TaskRow): TaskOutput {
  const isOlder = kept?.of !== undefined && (kept.of.attempt !== attempt || (kept.of.failed && state === "succeeded"));
  return kept === undefined || isOlder ? {} : kept;
}

function whereWords({ node, engine, slot, attempt, start, finish, due, kind }: TaskRow, now: number): string {
  const words = [
    node === undefined ? "" : `on ${node}`,
    engine === undefined ? "" : `engine ${engine}`,
    slot === undefined ? "" : `slot ${slot}`,
    attempt > 1 ? `attempt ${attempt}` : "",
    start === undefined ? "" : `started ${formatTime(start)}`,
    finish === undefined ? "" : `ended ${formatTime(finish)}`,
    start === undefined
      ? ""
      : finish === undefined
        ? `for ${formatAge(now - start)}`
        : `took ${formatSpan(finish - start)}`,
    due === undefined ? "" : due > now ? `tried again in ${formatAge(due - now)}` : "to be tried again now",
    kind === undefined ? "" : `kind ${kind}`,
  ];
  return words.filter((word) => word !== "").join(", ");
}

/** Words in as many lines as they need. */
function wrapped(words: string, columns: number): Line[] {
  return wrap(clean(words, MOST_WORDS), columns - 1, "", "", columnsOf).map((line) => [span(` ${line}`)]);
}

function repeatWords({ repeatIndex }: TaskRow): string {
  return repeatIndex === undefined || repeatIndex < 0 ? "" : `, repetition ${repeatIndex}`;
}

/** The last lines of what is kept of a stream; undefined where nothing is. */
function endLines(title: string, end: OutputEnd | undefined, style: Style, columns: number): Line[] | undefined {
  if (end === undefined) return undefined;
  const all = end.text.trimEnd().split("\n");
  const last = all.slice(-MOST_LINES);
  const isCut = last.length < all.length || encodeText(end.text).length < end.bytes;
  const lines = last.flatMap((line) => broken(line, columns - 4));
  return [
    [],
    [span(` ${title}`, "head"), span(`  ${formatCount(end.bytes)} bytes${isCut ? ", the end of them" : ""}`, "dim")],
    ...lines.map((line): Line => [span("  │ ", "dim"), span(line, style)]),
  ];
}

function leakLines(title: string, leak: Leak | undefined, style: Style, columns: number): Line[] {
  if (leak === undefined || leak.bytes === 0) return [];
  const kept = leak.bytes > encodeText(leak.snippet).length ? ", the beginning and the end of them" : "";
  const lines = leak.snippet
    .trimEnd()
    .split("\n")
    .flatMap((line) => broken(line, columns - 4));
  return [
    [],
    [span(` ${title}`, "head"), span(`  ${formatCount(leak.bytes)} bytes${kept}`, "dim")],
    ...lines.map((line): Line => [span("  │ ", "dim"), span(line, style)]),
  ];
}

function attemptLines({ row, attempts }: TaskDetail): Line[] {
  // The last try of a task that waits for its next one stands above.
  const earlier = attempts.filter(({ attempt }) => row.state !== "retrying" || attempt !== row.attempt);
  if (earlier.length === 0) return [];
  const lines = earlier.map(({ attempt, node, engine, slot, start, finish, end, ending }): Line => {
    const where = `${node}, engine ${engine}${slot === undefined ? "" : `, slot ${slot}`}`;
    const times =
      start === undefined ? "" : `, ${formatTime(start)}${finish === undefined ? "" : ` to ${formatTime(finish)}`}`;
    return [
      span(`  ${attempt}  `),
      span(ending === undefined ? end : formatEnding(ending), end === "lost" ? "bad" : "warn"),
      span(`  ${where}${times}`),
    ];
  });
  return [[], [span(" EARLIER ATTEMPTS", "head")], ...lines];
}

/** Text of a task in lines as wide as there is room, broken anywhere. */
function broken(text: string, columns: number): string[] {
  const most = Math.max(4, columns);
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const cell of cellsOf(clean(text, most * MOST_LINES))) {
    if (used + cell.columns > most) {
      lines.push(line);
      line = "";
      used = 0;
      if (lines.length >= MOST_LINES) return [...lines, "…"];
    }
    line += cell.text;
    used += cell.columns;
  }
  return [...lines, line];
}
