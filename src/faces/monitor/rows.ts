/** Which rows a tab has, and which of them are seen. */

import { FINAL_STATES, instancesOf, type TemplateTally } from "../../domain/instance-state.ts";
import type { EngineView, FailureKind, RunView, TaskRow } from "../../domain/watch.ts";
import type { RunningTask } from "../../domain/task.ts";
import { formatEnding } from "../terminal/text.ts";
import { countOf, loadedOf, rowAt } from "./query.ts";
import { type MonitorState, SORTS, type Tab } from "./state.ts";

/** An engine, and what runs on its slots. */
export interface SlotsRow {
  readonly engine: EngineView;
  readonly tasks: readonly RunningTask[];
}

/** The engines, as they are filtered and sorted. */
export function enginesOf({ view, lists }: MonitorState): readonly EngineView[] {
  const { filter, errorsOnly, sort } = lists.engines;
  const rows = view.engines
    .filter((engine) => !errorsOnly || engine.failed > 0 || engine.state === "lost" || engine.state === "silent")
    .filter((engine) => has(filter, `${engine.rank} ${engine.context} ${engine.node} ${engine.state}`));
  switch (SORTS.engines[sort]) {
    case "failed":
      return rows.toSorted((a, b) => b.failed - a.failed);
    case "finished":
      return rows.toSorted((a, b) => b.finished - a.finished);
    case "assigned":
      return rows.toSorted((a, b) => b.assigned - a.assigned);
    case "last":
      return rows.toSorted((a, b) => (a.lastHeard ?? 0) - (b.lastHeard ?? 0));
    default:
      return rows;
  }
}

/** The kinds of failures, as they are filtered and sorted. */
export function kindsOf({ view, lists }: MonitorState): readonly FailureKind[] {
  const { filter, sort } = lists.failures;
  const rows = view.kinds.filter(({ ending, text, node }) => has(filter, `${formatEnding(ending)} ${text} ${node}`));
  switch (SORTS.failures[sort]) {
    case "first":
      return rows.toSorted((a, b) => a.first - b.first);
    case "last":
      return rows.toSorted((a, b) => b.last - a.last);
    default:
      return rows.toSorted((a, b) => b.count - a.count);
  }
}

/** The templates of a workflow, as they are filtered and sorted. */
export function templatesOf({ view, lists }: MonitorState): readonly TemplateTally[] {
  const { filter, errorsOnly, sort } = lists.templates;
  const rows = (view.templates?.list ?? [])
    .filter((tally) => !errorsOnly || failedIn(tally) > 0)
    .filter(({ name }) => has(filter, name));
  switch (SORTS.templates[sort]) {
    case "failed":
      return rows.toSorted((a, b) => failedIn(b) - failedIn(a));
    case "left":
      return rows.toSorted((a, b) => leftIn(b) - leftIn(a));
    default:
      return rows;
  }
}

/** Instances that have failed or were killed. */
function failedIn({ counts }: TemplateTally): number {
  return (counts.failed ?? 0) + (counts.killed ?? 0);
}

/** Instances that have not come to an end. */
function leftIn(tally: TemplateTally): number {
  return instancesOf(tally) - FINAL_STATES.reduce((sum, state) => sum + (tally.counts[state] ?? 0), 0);
}

/** The engines that are there, with what runs on their slots. */
export function slotsOf({ view, slots, lists }: MonitorState): readonly SlotsRow[] {
  const { filter } = lists.slots;
  const tasks = new Map(slots.map((each) => [each.rank, each.tasks]));
  return presentEngines(view)
    .filter((engine) => has(filter, `${engine.rank} ${engine.context} ${engine.node}`))
    .map((engine) => ({ engine, tasks: tasks.get(engine.rank) ?? [] }));
}

/** Engines that are in the run now. */
function presentEngines(view: RunView): readonly EngineView[] {
  return view.engines.filter(({ state }) => state !== "left" && state !== "lost");
}

/** Lines of the log, as they are filtered. */
export function logOf({ log, lists }: MonitorState): readonly string[] {
  const { filter, errorsOnly } = lists.log;
  return log.filter((line) => (!errorsOnly || /\b(?:error|warning|failed|lost)\b/i.test(line)) && has(filter, line));
}

function has(filter: string, text: string): boolean {
  return filter === "" || text.toLowerCase().includes(filter.toLowerCase());
}

/** How many rows the tab has, as far as is known. */
export function rowCount(state: MonitorState, tab: Tab): number {
  switch (tab) {
    case "engines":
      return enginesOf(state).length;
    case "failures":
      return kindsOf(state).length;
    case "slots":
      return slotsOf(state).length;
    case "templates":
      return templatesOf(state).length;
    case "log":
      return logOf(state).length;
    case "running":
    case "tasks":
      return countOf(loadedOf(state, tab));
    default:
      return tab satisfies never;
  }
}

/** Which row of the tab is chosen, from 0. */
export function chosenRow(state: MonitorState, tab: Tab): number {
  return Math.max(0, Math.min(state.lists[tab].at, rowCount(state, tab) - 1));
}

/** The first row that is seen, where so many are: the chosen one stands in the middle, but at the ends of the list. */
export function firstSeen(chosen: number, count: number, seen: number): number {
  return Math.max(0, Math.min(chosen - Math.floor(seen / 2), count - seen));
}

/** The task that is chosen, on tabs whose rows are tasks. */
export function chosenTask(state: MonitorState): TaskRow | undefined {
  const { tab } = state;
  return tab === "tasks" || tab === "running" ? rowAt(loadedOf(state, tab), chosenRow(state, tab)) : undefined;
}

/** The engine that is chosen: the row itself, or where the chosen task is. */
export function chosenEngine(state: MonitorState): EngineView | undefined {
  if (state.tab === "engines") return enginesOf(state)[chosenRow(state, "engines")];
  if (state.tab === "slots") return slotsOf(state)[chosenRow(state, "slots")]?.engine;
  const rank = chosenTask(state)?.engine;
  return rank === undefined ? undefined : state.view.engines.find((engine) => engine.rank === rank);
}
