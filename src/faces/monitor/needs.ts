/** What the screen shows and the monitor has not got, or got some time ago. */

import type { TaskQuery } from "../../domain/watch.ts";
import { loadedOf, queryKey, queryOf, rowAt } from "./query.ts";
import { chosenRow, chosenTask, firstSeen, kindsOf, rowCount } from "./rows.ts";
import { type MonitorState, PAGE_ROWS, type PagedTab } from "./state.ts";

/** Something to ask the run for. */
export type Need = { readonly isMissing: boolean } & (
  | {
      readonly what: "page";
      readonly tab: PagedTab;
      readonly number: number;
      readonly query: TaskQuery;
      readonly key: string;
    }
  | { readonly what: "task"; readonly id: number }
  | { readonly what: "output"; readonly id: number }
  | { readonly what: "slots" }
  | { readonly what: "log" }
);

/** What is needed for the screen, the most urgent first. What is not missing may be asked for again once the run has moved. */
export function needsOf(state: MonitorState): readonly Need[] {
  const needs: Need[] = [];
  const id = state.page?.type === "task" ? state.page.id : exampleOf(state);
  if (id !== undefined) needs.push({ what: "task", id, isMissing: !state.details.has(id) });
  if (state.page?.type === "task") {
    needs.push({ what: "output", id: state.page.id, isMissing: !state.outputs.has(state.page.id) });
  }
  if (state.tab === "slots") needs.push({ what: "slots", isMissing: state.slots.length === 0 });
  if (state.tab === "log") needs.push({ what: "log", isMissing: state.log.length === 0 });
  if (state.tab === "running" || state.tab === "tasks") needs.push(...pagesNeeded(state, state.tab));
  return needs;
}

/** The task that the pane below the list tells of. */
export function exampleOf(state: MonitorState): number | undefined {
  if (state.tab === "failures") return kindsOf(state)[chosenRow(state, "failures")]?.example;
  return chosenTask(state)?.id;
}

function pagesNeeded(state: MonitorState, tab: PagedTab): Need[] {
  const query = queryOf(state, tab);
  if (query === undefined) return [];
  const key = queryKey(query);
  const loaded = loadedOf(state, tab);
  const need = (number: number): Need => {
    const cursor = loaded.cursors[number];
    return { what: "page", tab, number, query: { ...query, cursor }, key, isMissing: !loaded.pages.has(number) };
  };
  if (loaded.pages.size === 0) return [need(0)];
  const first = firstSeen(chosenRow(state, tab), rowCount(state, tab), state.pageRows);
  const last = Math.min(first + state.pageRows, rowCount(state, tab)) - 1;
  const numbers = new Set([Math.floor(first / PAGE_ROWS), Math.floor(Math.max(first, last) / PAGE_ROWS)]);
  // The page behind what is seen has to be known before somebody goes there.
  if (loaded.end === undefined && rowAt(loaded, last + 1) === undefined)
    numbers.add(Math.floor((last + 1) / PAGE_ROWS));
  return [...numbers].map((number) => need(reachable(loaded.cursors, number)));
}

/** The page, or the nearest one before it that can be asked for. */
function reachable(cursors: readonly (string | undefined)[], number: number): number {
  for (let each = number; each > 0; each--) if (cursors[each] !== undefined) return each;
  return 0;
}
