/** How the monitor's state takes in what comes from the run. */

import type { RunView, TaskDetail, TaskPage, TaskRow, WatchLink } from "../../domain/watch.ts";
import { type MonitorState, NOTHING_LOADED, PAGE_ROWS, type PagedTab, type TaskOutput } from "./state.ts";

/** Details that are kept. */
const MOST_DETAILS = 50;
/** Pages that are kept, on both sides of the newest one. */
const KEPT_BESIDE = 3;

/** Takes in where the run stands. @param clock seconds, by the watcher's clock. */
export function viewed(state: MonitorState, view: RunView, link: WatchLink, clock: number): MonitorState {
  const received = view === state.newest ? state.received : clock;
  // What was said about stopping is no news once all has ended.
  const said = link.state === "over" && state.link.state !== "over" ? undefined : state.said;
  return { ...state, newest: view, view: state.frozen ? state.view : view, link, received, clock, said };
}

/** Shows the newest again, or stays with what is shown. */
export function frozen(state: MonitorState, isFrozen: boolean): MonitorState {
  return { ...state, frozen: isFrozen, view: state.newest };
}

/** Takes in a page of tasks. @param query what it was asked for with: an answer that comes too late is for another list. */
export function paged(
  state: MonitorState,
  tab: PagedTab,
  query: string,
  number: number,
  { rows, cursor, total }: TaskPage,
): MonitorState {
  const old = state.loaded[tab].query === query ? state.loaded[tab] : NOTHING_LOADED;
  if (number > 0 && old === NOTHING_LOADED) return state;
  const near = [...old.pages].filter(([each]) => Math.abs(each - number) <= KEPT_BESIDE);
  const pages = new Map(near).set(number, rows);
  const cursors = [...old.cursors];
  if (cursor !== undefined) cursors[number + 1] = cursor;
  const end = cursor === undefined ? number * PAGE_ROWS + rows.length : old.end;
  const loaded = { query, pages, cursors, total: total ?? old.total, end: cursor === undefined ? end : undefined };
  return sought({ ...state, loaded: { ...state.loaded, [tab]: loaded } }, tab, number);
}

/** Chooses the task that somebody has gone to, once its row is there, or the one behind it. */
function sought(state: MonitorState, tab: PagedTab, number: number): MonitorState {
  const { seek } = state;
  if (seek === undefined || tab !== "tasks") return state;
  const rows = state.loaded.tasks.pages.get(number) ?? [];
  const found = rows.findIndex(({ id }) => id >= seek);
  const place = found === -1 ? Math.max(0, rows.length - 1) : found;
  const said = notThere(seek, rows, place) ?? state.said;
  // Beyond all tasks there is nothing to be seen.
  const from = rows.length === 0 ? undefined : state.from;
  const at = rows.length === 0 ? 0 : number * PAGE_ROWS + place;
  return { ...state, seek: undefined, from, said, lists: { ...state.lists, tasks: { ...state.lists.tasks, at } } };
}

/** That there is no task of the number that was typed; barriers have such numbers, too. */
function notThere(seek: number, rows: readonly TaskRow[], place: number): MonitorState["said"] {
  const id = rows[place]?.id;
  if (id === seek || seek === Number.MAX_SAFE_INTEGER) return undefined;
  const which = id === undefined ? "" : id < seek ? `; the last one is ${id}` : `; the next one is ${id}`;
  return { text: `there is no task ${seek}, as far as is known${which}`, bad: true };
}

/** Takes in what is known of a task. */
export function detailed(state: MonitorState, id: number, detail: TaskDetail | undefined): MonitorState {
  const others = [...state.details].filter(([each]) => each !== id).slice(1 - MOST_DETAILS);
  return { ...state, details: new Map(others).set(id, detail) };
}

/** Takes in what is kept of what a task has printed. */
export function printed(state: MonitorState, id: number, output: TaskOutput): MonitorState {
  const others = [...state.outputs].filter(([each]) => each !== id).slice(1 - MOST_DETAILS);
  return { ...state, outputs: new Map(others).set(id, output) };
}
