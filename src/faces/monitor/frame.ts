/** All that is seen of the monitor. */

import { fit, type Line, ruled, span } from "./line.ts";
import { listLines } from "./lists.ts";
import { pageLines } from "./pages.ts";
import { paneLines } from "./pane.ts";
import { countsPrompt, promptLines } from "./prompt.ts";
import { isLost, type MonitorState } from "./state.ts";
import { tabsLine } from "./tabs.ts";
import { barLine, countParts, countsLine, etaLines, headerLine, sparksLine } from "./top.ts";
import { troubleLines } from "./trouble.ts";

/** Columns below which only counts are shown; below which the sparklines go; and below which details have a page of their own. */
const ONLY_COUNTS = 40;
const WITH_SPARKS = 70;
const WITH_PANE = 60;
/** Rows below which there are no details, and no sparklines. */
const ROWS_WITH_PANE = 16;
/** Rows of a list below which other lines give way. */
const LEAST_LIST = 4;

/** How the screen is divided. */
interface Layout {
  readonly top: readonly Line[];
  readonly bottom: readonly Line[];
  /** Rows of the list, with its head. */
  readonly list: number;
}

/**
 * The screen, from the top: never more lines than rows, and no line wider than the columns. Text of tasks has nothing in it
 * that a terminal would act on.
 */
export function frame(state: MonitorState, columns: number, rows: number): Line[] {
  const lines =
    columns < ONLY_COUNTS && !isAsked(state) ? countsOnly(state, columns, rows) : everything(state, columns, rows);
  return lines.slice(0, Math.max(0, rows)).map((line) => fit(line, columns));
}

/** Rows of the list that are seen, for keys that move by pages. */
export function visibleRows(state: MonitorState, columns: number, rows: number): number {
  return Math.max(1, layout(state, columns, rows).list - 1);
}

function isAsked({ prompt, page }: MonitorState): boolean {
  return prompt !== undefined || page !== undefined;
}

function everything(state: MonitorState, columns: number, rows: number): Line[] {
  const { top, bottom, list } = layout(state, columns, rows);
  const { page } = state;
  const body =
    page === undefined
      ? listLines(state, columns, list).slice(0, list)
      : windowOf(pageLines(state, page, columns), page.top, list);
  const blank = Array.from({ length: Math.max(0, list - body.length) }, (): Line => []);
  return [...top, ...body, ...blank, ...bottom];
}

function windowOf(lines: readonly Line[], top: number, rows: number): readonly Line[] {
  const first = Math.max(0, Math.min(top, lines.length - rows));
  return lines.slice(first, first + rows);
}

/** Lines give way to the list where there are few, the least important ones first. */
function layout(state: MonitorState, columns: number, rows: number): Layout {
  const { view, page } = state;
  const trouble = troubleLines(state, columns);
  const pane = rows >= ROWS_WITH_PANE && columns >= WITH_PANE && page === undefined ? paneLines(state) : [];
  const parts = {
    header: [headerLine(state, columns)],
    bar: [barLine(view, columns)],
    counts: [countsLine(state, columns)],
    eta: rows >= ROWS_WITH_PANE ? etaLines(state, columns) : [],
    sparks: columns >= WITH_SPARKS && rows >= ROWS_WITH_PANE ? [sparksLine(state, columns)] : [],
    trouble,
    tabs: [tabsLine(state, columns)],
    pane: pane.length > 0 ? [ruled([], columns), ...pane] : [],
    prompt: promptLines(state, columns),
  };
  // A page on a screen that else shows numbers takes all of it.
  if (columns < ONLY_COUNTS) for (const part of ["bar", "counts", "eta", "trouble"] as const) parts[part] = [];
  const used = (): number => Object.values(parts).reduce((sum, lines) => sum + lines.length, 0);
  for (const part of ["sparks", "pane", "eta", "bar", "tabs", "counts", "trouble"] as const) {
    if (rows - used() < LEAST_LIST) parts[part] = [];
  }
  const top = [
    ...parts.header,
    ...parts.bar,
    ...parts.counts,
    ...parts.eta,
    ...parts.sparks,
    ...parts.trouble,
    ...parts.tabs,
  ];
  const bottom = [...parts.pane, ...parts.prompt];
  return { top, bottom, list: Math.max(0, rows - top.length - bottom.length) };
}

/** A screen that has room for numbers only: the most important lines stand first. */
function countsOnly(state: MonitorState, columns: number, rows: number): Line[] {
  const counts = countParts(state, isLost(state)).map((part): Line => [span(" "), ...part]);
  const [header, bar, keys] = [headerLine(state, columns), barLine(state.view, columns), countsPrompt(state, columns)];
  const trouble = troubleLines(state, columns);
  const all = isLost(state)
    ? [header, ...trouble, bar, ...counts]
    : [header, bar, ...etaLines(state, columns), ...counts, ...trouble];
  const shown = all.length <= rows || isLost(state) ? all : all.filter((line) => line !== bar);
  // What has been said is not to be missed; keys are shown where there is a line left.
  const kept = state.said === undefined ? shown : shown.slice(0, Math.max(0, rows - keys.length));
  const empty = rows - kept.length - keys.length;
  return empty < 0 ? kept : [...kept, ...Array.from({ length: empty }, (): Line => []), ...keys];
}
