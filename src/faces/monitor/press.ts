/** What keys do. */

import { instancesOf, type TemplateTally } from "../../domain/instance-state.ts";
import type { StopRequest } from "../../domain/watch.ts";
import { atItsEnd, edited } from "./edit.ts";
import { parseFilter } from "./filter.ts";
import { frozen } from "./receive.ts";
import { chosenEngine, chosenRow, chosenTask, kindsOf, logOf, rowCount, templatesOf } from "./rows.ts";
import {
  goesOn,
  type ListChoice,
  type MonitorState,
  type Page,
  PAGE_ROWS,
  type Prompt,
  SORTS,
  type StopChoice,
  type Tab,
  tabsOf,
} from "./state.ts";

/** What a key asks for beyond what is shown. */
export type Wish =
  | { readonly type: "quit" }
  | { readonly type: "stop"; readonly request: StopRequest }
  /** Lines of plain text in place of the screen. */
  | { readonly type: "stream" }
  /** The shell gets its terminal back for a while. */
  | { readonly type: "suspend" }
  /** Everything is drawn anew. */
  | { readonly type: "redraw" };

export interface Pressed {
  readonly state: MonitorState;
  readonly wish?: Wish | undefined;
}

type TextPrompt = Extract<Prompt, { readonly text: string }>;

/** Rows that a click of the wheel moves. */
const WHEEL = 3;

/**
 * Presses a key.
 *
 * @param key a printable character, or one of `up`, `down`, `left`, `right`, `pageup`, `pagedown`, `home`, `end`, `enter`,
 *   `escape`, `tab`, `S-tab`, `backspace`, `delete`, `wheelup`, `wheeldown`, and with Ctrl `C-c`, `C-l`, `C-z`, and those that
 *   edit a line in a shell.
 */
export function press(state: MonitorState, key: string): Pressed {
  if (key === "C-c") return { state, wish: { type: "quit" } };
  if (key === "C-z") return { state, wish: { type: "suspend" } };
  if (key === "C-l") return { state, wish: { type: "redraw" } };
  if (state.prompt !== undefined) return answer(state, state.prompt, key);
  const quiet = state.said === undefined ? state : { ...state, said: undefined };
  if (quiet.page !== undefined) return onPage(quiet, quiet.page, key);
  return command(quiet, key);
}

function command(state: MonitorState, key: string): Pressed {
  const far = farAway(state, key);
  if (far !== undefined) return { state: far };
  const moved = movement(state, key);
  if (moved !== undefined) return { state: chooseRow(state, moved) };
  const tab = tabsOf(state)[Number(key) - 1];
  if (tab !== undefined) return { state: opened(state, tab) };
  switch (key) {
    case "q":
      return { state, wish: { type: "quit" } };
    case "s":
      return { state, wish: { type: "stream" } };
    case "tab":
    case "right":
      return { state: turn(state, 1) };
    case "S-tab":
    case "left":
      return { state: turn(state, -1) };
    case "l":
      return { state: opened(state, "log") };
    case "h":
    case "?":
      return { state: { ...state, page: { type: "help", top: 0 } } };
    case "r":
      return { state: { ...state, page: { type: "commands", top: 0 } } };
    case " ":
      return { state: frozen(state, !state.frozen) };
    case "e":
      return { state: change(state, state.tab, { errorsOnly: !state.lists[state.tab].errorsOnly, at: 0 }) };
    case "<":
    case ">":
      return { state: sorted(state, key === ">" ? 1 : -1) };
    case "/":
      return { state: { ...state, prompt: { type: "filter", ...atItsEnd(state.lists[state.tab].filter) } } };
    case ":":
      return { state: { ...state, prompt: { type: "goto", ...atItsEnd("") } } };
    case "enter":
      return { state: enter(state) };
    case "escape":
      return { state: back(state) };
    case "x":
    case "E":
    case "C":
      return { state: stopping(state, key) };
    default:
      return { state };
  }
}

/** The row that a key moves to; undefined when it does not move. */
function movement(state: MonitorState, key: string): number | undefined {
  const at = chosenRow(state, state.tab);
  const steps: Readonly<Record<string, number>> = {
    ...{ up: -1, k: -1, u: -1, down: 1, j: 1, d: 1 },
    ...{ pageup: -state.pageRows, pagedown: state.pageRows, wheelup: -WHEEL, wheeldown: WHEEL },
  };
  const step = steps[key];
  if (step !== undefined) return at + step;
  if (key === "g" || key === "home") return 0;
  return key === "G" || key === "end" ? Math.max(0, rowCount(state, state.tab) - 1) : undefined;
}

/** The first or the last of all tasks, where those between need not be read; undefined where lists are short. */
function farAway(state: MonitorState, key: string): MonitorState | undefined {
  const { filter, errorsOnly, sort } = state.lists.tasks;
  if (state.tab !== "tasks") return undefined;
  if ((key === "g" || key === "home") && state.from !== undefined) {
    return { ...change(state, "tasks", { at: 0 }), from: undefined, seek: undefined };
  }
  if ((key !== "G" && key !== "end") || filter !== "" || errorsOnly || sort !== 0 || state.from !== undefined) {
    return undefined;
  }
  const first = rowCount(state, "tasks") - Math.min(state.pageRows, PAGE_ROWS);
  if (first < PAGE_ROWS) return undefined;
  return { ...change(state, "tasks", { at: 0 }), from: first, seek: Number.MAX_SAFE_INTEGER };
}

function chooseRow(state: MonitorState, wanted: number): MonitorState {
  const last = rowCount(state, state.tab) - 1;
  const at = Math.max(0, Math.min(wanted, last));
  // Above the first row of those that somebody has gone to there are others.
  if (state.tab === "tasks" && state.from !== undefined && wanted < 0)
    return goTo(state, Math.max(0, state.from + wanted));
  // The log is followed while its last line is chosen.
  return change(state, state.tab, { at: state.tab === "log" && at === last ? Number.MAX_SAFE_INTEGER : at });
}

function change(state: MonitorState, tab: Tab, choice: Partial<ListChoice>): MonitorState {
  return { ...state, lists: { ...state.lists, [tab]: { ...state.lists[tab], ...choice } } };
}

function turn(state: MonitorState, by: number): MonitorState {
  const tabs = tabsOf(state);
  const next = (tabs.indexOf(state.tab) + by + tabs.length) % tabs.length;
  return opened(state, tabs[next] ?? state.tab);
}

/** Another tab. Whoever goes elsewhere by himself is not led back. */
function opened(state: MonitorState, tab: Tab): MonitorState {
  return { ...state, tab, origin: undefined };
}

function sorted(state: MonitorState, by: number): MonitorState {
  const sorts = SORTS[state.tab].length;
  const sort = (state.lists[state.tab].sort + by + sorts) % sorts;
  return { ...change(state, state.tab, { sort, at: 0 }), from: undefined, seek: undefined };
}

/** Goes to a task among all tasks, or those that fit the filter when it is one of them. */
function goTo(state: MonitorState, id: number): MonitorState {
  const from = Math.max(0, id - Math.max(1, Math.floor(state.pageRows / 2)));
  const there = { ...opened(state, "tasks"), from: from === 0 ? undefined : from, seek: id };
  return change(there, "tasks", { sort: 0, at: 0 });
}

function enter(state: MonitorState): MonitorState {
  // Its row may still be on its way.
  const { seek } = state;
  if (seek !== undefined && seek !== Number.MAX_SAFE_INTEGER)
    return { ...state, page: { type: "task", id: seek, top: 0 } };
  const task = chosenTask(state);
  if (task !== undefined) return { ...state, page: { type: "task", id: task.id, top: 0 } };
  if (state.tab === "failures") {
    const kind = kindsOf(state)[chosenRow(state, "failures")];
    return kind === undefined ? state : tasksOf(state, `kind:${kind.id}`);
  }
  if (state.tab === "log") {
    const text = logOf(state)[chosenRow(state, "log")];
    return text === undefined ? state : { ...state, page: { type: "line", text, top: 0 } };
  }
  if (state.tab === "templates") {
    const template = templatesOf(state)[chosenRow(state, "templates")];
    return template === undefined ? state : tasksOf(state, filterFor(template));
  }
  const engine = chosenEngine(state);
  return engine === undefined ? state : tasksOf(state, `engine:${engine.rank}`);
}

function tasksOf(state: MonitorState, filter: string): MonitorState {
  const origin = { tab: state.tab, tasks: state.lists.tasks, from: state.from };
  return { ...change(state, "tasks", { filter, errorsOnly: false, at: 0 }), tab: "tasks", from: undefined, origin };
}

/** Finds the instances of a template by their names; what has no axes is one task, and has no more to its name. */
function filterFor(template: TemplateTally): string {
  const isOne = instancesOf(template) === 1 && !template.isGrowing;
  return isOne ? template.name : `${template.name}[`;
}

/** Where somebody has come from; else the list without a filter. */
function back(state: MonitorState): MonitorState {
  const { origin } = state;
  if (origin !== undefined && state.tab === "tasks") {
    const { tab, tasks, from } = origin;
    return { ...change(state, "tasks", tasks), tab, from, seek: undefined, origin: undefined };
  }
  return { ...change(state, state.tab, { filter: "", errorsOnly: false }), from: undefined, seek: undefined };
}

function onPage(state: MonitorState, page: Page, key: string): Pressed {
  const closed = { ...state, page: undefined };
  if (key === "escape" || key === "enter" || key === "backspace") return { state: closed };
  if (key === "q") return { state, wish: { type: "quit" } };
  const moves: Readonly<Record<string, number>> = {
    up: -1,
    k: -1,
    u: -1,
    down: 1,
    j: 1,
    d: 1,
    wheelup: -WHEEL,
    wheeldown: WHEEL,
  };
  const step = moves[key] ?? (key === "pagedown" ? state.pageRows : key === "pageup" ? -state.pageRows : undefined);
  if (step !== undefined) return { state: { ...state, page: { ...page, top: Math.max(0, page.top + step) } } };
  return command(closed, key);
}

function answer(state: MonitorState, prompt: Prompt, key: string): Pressed {
  const closed = { ...state, prompt: undefined };
  if (key === "escape") return { state: closed };
  switch (prompt.type) {
    case "filter":
    case "goto":
      return { state: typed(closed, prompt, key) };
    case "what": {
      const choice = prompt.choices.find((each) => each.key === key);
      return { state: choice === undefined ? state : { ...closed, prompt: { type: "confirm", choice } } };
    }
    case "confirm":
      if (key === "y" || key === "Y") return { state: closed, wish: { type: "stop", request: prompt.choice.request } };
      return {
        state: ["n", "N", "c", "C"].includes(key)
          ? { ...closed, said: { text: "nothing was stopped", bad: false } }
          : state,
      };
    default:
      return prompt satisfies never;
  }
}

function typed(state: MonitorState, prompt: TextPrompt, key: string): MonitorState {
  const { type, text } = prompt;
  if (key === "enter") return type === "filter" ? filtered(state, text.trim()) : wentTo(state, text.trim());
  return { ...state, prompt: { type, ...edited(prompt, key) } };
}

function filtered(state: MonitorState, filter: string): MonitorState {
  const set = { ...change(state, state.tab, { filter, at: 0 }), from: undefined, seek: undefined };
  if (state.tab !== "tasks" && state.tab !== "running") return set;
  const parsed = parseFilter(filter);
  if ("wrong" in parsed) return { ...set, said: { text: parsed.wrong, bad: true } };
  return parsed.note === undefined ? set : { ...set, said: { text: parsed.note, bad: false } };
}

function wentTo(state: MonitorState, text: string): MonitorState {
  if (!/^\d{1,15}$/.test(text)) return { ...state, said: { text: `${text}: a TaskID is a number`, bad: true } };
  return goTo(change(state, "tasks", { filter: "", errorsOnly: false }), Number(text));
}

/** Asks which of what there is at the chosen row is to be stopped, or whether it is. */
function stopping(state: MonitorState, key: "x" | "E" | "C"): MonitorState {
  if (!goesOn(state)) return { ...state, said: { text: "the run has ended: there is nothing to stop", bad: true } };
  const choices = stopChoices(state);
  if (key === "x") return { ...state, prompt: { type: "what", choices } };
  const choice = choices.find((each) => each.key === (key === "E" ? "e" : "c"));
  if (choice === undefined) return { ...state, said: { text: "choose an engine first (tab 1)", bad: true } };
  return { ...state, prompt: { type: "confirm", choice } };
}

function stopChoices(state: MonitorState): StopChoice[] {
  const task = chosenTask(state);
  const engine = chosenEngine(state);
  const choices: StopChoice[] = [];
  if (task !== undefined && (task.state === "running" || task.state === "assigned")) {
    choices.push({ key: "t", request: { what: "task", id: task.id }, words: `task ${task.id}` });
  }
  if (engine !== undefined && engine.state !== "left" && engine.state !== "lost") {
    const words = `engine ${engine.rank} on ${engine.node}`;
    choices.push({ key: "e", request: { what: "engine", rank: engine.rank }, words });
  }
  if (engine !== undefined) {
    choices.push({ key: "c", request: { what: "context", label: engine.context }, words: `context ${engine.context}` });
  }
  const kill = state.view.phase === "draining";
  const words = kill ? "the run's tasks" : "the whole run";
  return [...choices, { key: "r", request: { what: "run", kill }, words }];
}
