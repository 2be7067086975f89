/** The line that names the tabs, with what the list is sorted and filtered by. */

import { type Line, lineColumns, ruled, span } from "./line.ts";
import { countOf, loadedOf } from "./query.ts";
import { pageTitle } from "./pages.ts";
import { ASCENDING, type MonitorState, SORTS, type Tab, TABS, tabsOf } from "./state.ts";
import { formatCount } from "./words.ts";
import { clean, cut } from "./width.ts";

/** Columns below which there is one title in place of the tabs. */
const ALL_TABS = 60;
const NAMES: Record<Tab, string> = {
  engines: "Engines",
  failures: "Failures",
  running: "Running",
  tasks: "Tasks",
  slots: "Slots",
  log: "Log",
  templates: "Workflow",
};

export function tabsLine(state: MonitorState, columns: number): Line {
  const { tab, page } = state;
  if (page !== undefined) return ruled([span(` ${pageTitle(page)} `, "bold")], columns);
  const all = allTabs(state);
  const title =
    columns >= Math.max(ALL_TABS, lineColumns(all) + 4)
      ? all
      : [span(` ${TABS.indexOf(tab) + 1} ${NAMES[tab]} `, "bold")];
  const words = choiceWords(state);
  const room = columns - lineColumns(title) - 4;
  if (words === "" || room < 8) return ruled(title, columns);
  const shown = cut(clean(words, room), room);
  const between = columns - lineColumns(title) - shown.length - 4;
  return ruled([...title, span("─".repeat(Math.max(1, between)), "dim"), span(` ${shown} `, "warn")], columns);
}

function allTabs(state: MonitorState): Line {
  const tabs = tabsOf(state);
  return tabs.flatMap((tab, i) => {
    const name = `${i + 1} ${NAMES[tab]}`;
    return [
      tab === state.tab ? span(`[${name}]`, "bold") : span(name),
      ...(i < tabs.length - 1 ? [span("─", "dim")] : []),
    ];
  });
}

function choiceWords(state: MonitorState): string {
  const { tab } = state;
  const { filter, errorsOnly, sort } = state.lists[tab];
  const sorts: readonly string[] = SORTS[tab];
  const name = sorts[sort] ?? "";
  const count = tab === "tasks" || tab === "running" ? countOf(loadedOf(state, tab)) : 0;
  const words = [
    count > 0 && (filter !== "" || errorsOnly) ? `${formatCount(count)} of them` : "",
    errorsOnly ? "errors only" : "",
    filter === "" ? "" : `filter: ${filter}`,
    sorts.length > 1 ? `sort: ${name} ${ASCENDING.has(name) ? "▲" : "▼"}` : "",
  ];
  return words.filter((word) => word !== "").join(", ");
}
