/** The lists of the tabs, as many rows as are seen. */

import { instancesOf, type InstanceState, type TemplateTally } from "../../domain/instance-state.ts";
import type { EngineView, FailureKind, TaskRow } from "../../domain/watch.ts";
import { formatEnding } from "../terminal/text.ts";
import { type Line, span, type Style } from "./line.ts";
import { loadedOf, queryOf, rowAt } from "./query.ts";
import { chosenRow, enginesOf, firstSeen, kindsOf, logOf, rowCount, templatesOf } from "./rows.ts";
import { slotLines } from "./slots.ts";
import { heardNow, isLost, type MonitorState, type PagedTab, runNow, type Tab } from "./state.ts";
import { type Column, tableLines } from "./table.ts";
import { formatAge, formatCount, formatHeard, formatSpan, formatTime } from "./words.ts";

/** The head and so many rows of the list of the tab that is open. */
export function listLines(state: MonitorState, columns: number, rows: number): Line[] {
  const { tab } = state;
  const seen = Math.max(0, rows - 1);
  const count = rowCount(state, tab);
  const chosen = chosenRow(state, tab);
  const first = firstSeen(chosen, count, seen);
  const table = <Row>(all: readonly Column<Row>[], list: readonly Row[]): Line[] =>
    tableLines(all, { rows: list.slice(first, first + seen), chosen: chosen - first }, columns);
  if (count === 0) return [[span(`  ${emptyWords(state, tab)}`, "dim")]];
  switch (tab) {
    case "engines":
      return table(engineColumns(state), enginesOf(state));
    case "failures":
      return table(KIND_COLUMNS, kindsOf(state)).slice(0, seen + 1);
    case "templates":
      return table(templateColumns(templatesOf(state)), templatesOf(state));
    case "slots":
      return slotLines(state, columns, rows);
    case "log":
      return logLines(logOf(state), chosen, rows);
    case "running":
    case "tasks":
      return taskLines(state, tab, first, seen, chosen - first, columns);
    default:
      return tab satisfies never;
  }
}

function emptyWords(state: MonitorState, tab: Tab): string {
  const { filter, errorsOnly } = state.lists[tab];
  const isPaged = tab === "running" || tab === "tasks";
  if (isPaged && queryOf(state, tab) !== undefined && loadedOf(state, tab).pages.size === 0) return "…";
  if (filter !== "") {
    const failed = errorsOnly ? " and has failed (e: not only those; " : " (";
    return `nothing fits the filter${failed}/ changes it, Esc leads back)`;
  }
  if (errorsOnly) return "nothing has failed (e shows all)";
  const words: Record<Tab, string> = {
    engines: "no engine has joined yet",
    failures: "no task has failed",
    running: "no task runs, or none has for a quarter of a second",
    tasks: "no task has been read yet",
    slots: "no engine is in the run",
    templates: "the workflow has no task",
    log: "the run's log file cannot be read here, or is empty",
  };
  return words[tab];
}

function engineColumns(state: MonitorState): Column<EngineView>[] {
  const now = heardNow(state);
  const isUnknown = isLost(state);
  const isUnheard = (engine: EngineView): boolean => isUnknown && !isGone(engine);
  return [
    { title: "RANK", right: true, drop: 0, text: ({ rank }) => String(rank) },
    { title: "CONTEXT", drop: 5, text: ({ context }) => context },
    { title: "HOST", drop: 0, flexible: true, text: ({ node }) => node },
    {
      title: "STATE",
      drop: 2,
      text: (engine) => (isUnheard(engine) ? "unknown" : engineState(engine)),
      style: (engine) => (isUnheard(engine) ? "warn" : engineStyle(engine)),
    },
    {
      title: "LAST",
      right: true,
      drop: 6,
      text: (engine) =>
        engine.lastHeard === undefined || engine.state === "left" ? "-" : formatHeard(now - engine.lastHeard),
    },
    {
      title: "AVAIL",
      right: true,
      drop: 4,
      text: (engine) => (isUnheard(engine) || isGone(engine) ? "-" : `${availableSlots(engine)}/${engine.slots}`),
    },
    { title: "ASSIGNED", right: true, drop: 3, text: ({ assigned }) => formatCount(assigned) },
    { title: "FINISHED", right: true, drop: 1, text: ({ finished }) => formatCount(finished) },
    {
      title: "FAILED",
      right: true,
      drop: 0,
      text: ({ failed }) => formatCount(failed),
      style: ({ failed }) => (failed > 0 ? "bad" : "plain"),
    },
    {
      title: "P50",
      right: true,
      drop: 8,
      text: ({ durations }) => (durations.count === 0 ? "-" : formatSpan(durations.p50)),
    },
    {
      title: "P95",
      right: true,
      drop: 7,
      text: ({ durations }) => (durations.count === 0 ? "-" : formatSpan(durations.p95)),
    },
  ];
}

function isGone({ state }: EngineView): boolean {
  return state === "left" || state === "lost";
}

/** Slots that could take a task at once. */
function availableSlots({ state, stopping, heldBack, slots, running }: EngineView): number {
  return state === "ready" && !stopping && heldBack === undefined ? Math.max(0, slots - running) : 0;
}

/** In a word: why it is so has room below the list. */
function engineState({ state, stopping, heldBack }: EngineView): string {
  if (state !== "ready") return state;
  return stopping ? "stopping" : heldBack === undefined ? state : "held";
}

function engineStyle({ state, stopping, heldBack }: EngineView): Style {
  if ((stopping || heldBack !== undefined) && state === "ready") return "warn";
  const styles: Record<EngineView["state"], Style> = {
    starting: "busy",
    ready: "good",
    silent: "warn",
    left: "dim",
    lost: "bad",
  };
  return styles[state];
}

const KIND_COLUMNS: Column<FailureKind>[] = [
  { title: "COUNT", right: true, drop: 0, text: ({ count }) => formatCount(count), style: () => "bad" },
  { title: "KIND", drop: 0, text: (kind) => (kind.isOther ? "other" : formatEnding(kind.ending)), style: () => "bold" },
  {
    title: "ERROR OUTPUT",
    drop: 0,
    flexible: true,
    text: ({ text, isOther }) => (isOther ? "all kinds beyond these" : text),
  },
  { title: "FIRST", drop: 5, text: ({ first }) => formatTime(first) },
  { title: "LAST", drop: 3, text: ({ last }) => formatTime(last) },
  { title: "NODES", drop: 4, text: ({ node, nodes }) => (nodes === 1 ? node : formatCount(nodes)) },
  { title: "EXAMPLE", drop: 2, text: ({ example }) => `task ${example}` },
];

/** States that are told of together, and how: the most important ones are left out last. */
const STATE_COLUMNS: readonly (readonly [title: string, drop: number, style: Style, ...states: InstanceState[]])[] = [
  ["DONE", 0, "good", "done", "reused"],
  ["FAILED", 0, "bad", "failed", "killed"],
  ["BLOCKED", 2, "warn", "blocked"],
  ["RUNNING", 1, "busy", "running"],
  ["RETRYING", 6, "warn", "retrying"],
  ["READY", 5, "plain", "ready"],
  ["WAITING", 4, "dim", "waiting"],
  ["SKIPPED", 7, "dim", "skipped"],
];

/** Columns of the states that instances of these are in; a number stays away where there is none. */
function templateColumns(rows: readonly TemplateTally[]): Column<TemplateTally>[] {
  const states = STATE_COLUMNS.flatMap(([title, drop, style, ...counted]): Column<TemplateTally>[] => {
    const count = ({ counts }: TemplateTally): number => counted.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    if (!rows.some((row) => count(row) > 0)) return [];
    const text = (row: TemplateTally): string => (count(row) === 0 ? "" : formatCount(count(row)));
    return [{ title, right: true, drop, text, style: () => style }];
  });
  return [
    { title: "TASK", drop: 0, flexible: true, text: ({ name }) => name, style: () => "bold" },
    { title: "ALL", right: true, drop: 3, text: allWords },
    ...states,
  ];
}

/** How many instances there are; `+` where more may come, and `?` where nobody knows of any. */
function allWords(tally: TemplateTally): string {
  const count = instancesOf(tally);
  if (count === 0 && tally.isGrowing) return "?";
  return `${formatCount(count)}${tally.isGrowing ? "+" : ""}`;
}

/** Rows that have not been read yet are shown as such. */
function taskLines(
  state: MonitorState,
  tab: PagedTab,
  first: number,
  seen: number,
  chosen: number,
  columns: number,
): Line[] {
  const loaded = loadedOf(state, tab);
  const count = Math.min(seen, rowCount(state, tab) - first);
  const rows = Array.from({ length: Math.max(0, count) }, (_, i) => rowAt(loaded, first + i));
  return tableLines(taskColumns(runNow(state), tab), { rows, chosen }, columns);
}

type MaybeRow = TaskRow | undefined;

function taskColumns(now: number, tab: PagedTab): Column<MaybeRow>[] {
  const all: Column<MaybeRow>[] = [
    { title: "TASK", right: true, drop: 0, text: (row) => (row === undefined ? "…" : String(row.id)) },
    {
      title: "STATE",
      drop: 1,
      text: (row) => (row === undefined ? "" : stateWords(row)),
      style: (row) => taskStyle(row),
    },
    { title: "TIME", right: true, drop: 2, text: (row) => (row === undefined ? "" : timeWords(row, now)) },
    { title: "NODE", drop: 3, text: (row) => row?.node ?? "" },
    { title: "SLOT", right: true, drop: 5, text: (row) => (row?.slot === undefined ? "" : String(row.slot)) },
    { title: "START", drop: 6, text: (row) => (row?.start === undefined ? "" : formatTime(row.start)) },
    {
      title: "TRY",
      right: true,
      drop: 7,
      text: (row) => (row === undefined || row.attempt < 2 ? "" : String(row.attempt)),
    },
    { title: "LINE", right: true, drop: 8, text: (row) => (row?.line === undefined ? "" : String(row.line)) },
    { title: "COMMAND", drop: 0, flexible: true, text: (row) => row?.command ?? "" },
  ];
  return tab === "running" ? all.filter(({ title }) => title !== "STATE") : all;
}

/** What became of a task, in a word or two. */
export function stateWords({ state, ending }: TaskRow): string {
  if (ending === undefined) return state;
  if (state === "retrying") return `retrying: ${formatEnding(ending)}`;
  return state === "failed" ? formatEnding(ending) : state;
}

/** The style of a task's state. */
export function taskStyle(row: MaybeRow): Style {
  if (row === undefined) return "dim";
  const styles: Record<TaskRow["state"], Style> = {
    waiting: "dim",
    assigned: "dim",
    running: "busy",
    succeeded: "good",
    failed: "bad",
    skipped: "dim",
    interrupted: "warn",
    retrying: "warn",
  };
  return styles[row.state];
}

/** How long a task took, or has run so far. */
function timeWords({ state, start, finish }: TaskRow, now: number): string {
  if (start === undefined) return "";
  if (finish !== undefined) return formatSpan(finish - start);
  return state === "running" ? formatAge(now - start) : "";
}

function logLines(lines: readonly string[], chosen: number, rows: number): Line[] {
  const first = firstSeen(chosen, lines.length, rows);
  return lines
    .slice(first, first + rows)
    .map((line, i): Line => [span(first + i === chosen ? "▸ " : "  ", "dim"), span(line, logStyle(line))]);
}

function logStyle(line: string): Style {
  if (/\berror\b/i.test(line)) return "bad";
  return /\bwarning\b/i.test(line) ? "warn" : "plain";
}
