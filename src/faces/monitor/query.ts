/** What the tabs ask the run for. */

import type { TaskQuery, TaskRow } from "../../domain/watch.ts";
import { alsoIn, parseFilter } from "./filter.ts";
import { type Loaded, type MonitorState, NOTHING_LOADED, PAGE_ROWS, type PagedTab, SORTS } from "./state.ts";

/** What the rows of a tab are asked for with; undefined when no task can be among them. */
export function queryOf(state: MonitorState, tab: PagedTab): TaskQuery | undefined {
  const { filter, errorsOnly, sort } = state.lists[tab];
  const parsed = parseFilter(
    filter,
    state.view.engines.map(({ node }) => node),
  );
  if ("wrong" in parsed) return undefined;
  let { query } = parsed;
  if (tab === "running") query = alsoIn(query, ["running"]);
  if (errorsOnly) query = alsoIn(query, ["failed"]);
  if (query.states?.length === 0) return undefined;
  if (tab === "tasks" && state.from !== undefined) query = { ...query, from: Math.max(state.from, query.from ?? 0) };
  return { ...query, sort: SORTS[tab][sort] ?? "id", limit: PAGE_ROWS };
}

/** Two queries are the same when these are. */
export function queryKey(query: TaskQuery | undefined): string {
  return JSON.stringify(query ?? null);
}

/** What has been read of a tab's list as it is wanted now. */
export function loadedOf(state: MonitorState, tab: PagedTab): Loaded {
  const loaded = state.loaded[tab];
  return loaded.query === queryKey(queryOf(state, tab)) ? loaded : NOTHING_LOADED;
}

/** How many rows a list has, as far as is known. */
export function countOf({ pages, end, total }: Loaded): number {
  if (end !== undefined) return end;
  const last = Math.max(-1, ...pages.keys());
  const read = last < 0 ? 0 : last * PAGE_ROWS + (pages.get(last)?.length ?? 0);
  return Math.max(read, total ?? 0);
}

/** The row at this place, when it has been read. */
export function rowAt({ pages }: Loaded, at: number): TaskRow | undefined {
  return pages.get(Math.floor(at / PAGE_ROWS))?.[at % PAGE_ROWS];
}
