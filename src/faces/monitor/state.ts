/** What the monitor knows and shows: all that its screen is made from. */

import type { StreamName } from "../../domain/output.ts";
import type { EngineSlots, RunView, StopRequest, TaskDetail, TaskRow, WatchLink } from "../../domain/watch.ts";

/** In the order of their keys. The last one is there for a workflow alone. */
export const TABS = ["engines", "failures", "running", "tasks", "slots", "log", "templates"] as const;

export type Tab = (typeof TABS)[number];

/** Tabs whose rows are asked for page by page. */
export type PagedTab = "running" | "tasks";

/** Rows that are asked for at once. */
export const PAGE_ROWS = 100;

/** How each list may be sorted; the first is how it is at first. */
export const SORTS = {
  engines: ["rank", "failed", "finished", "assigned", "last"],
  failures: ["count", "first", "last"],
  running: ["age", "id"],
  tasks: ["id", "newest", "duration"],
  slots: ["rank"],
  log: ["time"],
  templates: ["document", "failed", "left"],
} as const satisfies Record<Tab, readonly string[]>;

/** What stands first by its smallest; everything else by its greatest. */
export const ASCENDING: ReadonlySet<string> = new Set(["rank", "first", "id", "document"]);

/** What somebody has chosen in one list. */
export interface ListChoice {
  /** Row that keys are for, from 0. */
  readonly at: number;
  /** Position in its `SORTS`. */
  readonly sort: number;
  readonly filter: string;
  readonly errorsOnly: boolean;
}

/** Pages of a list of tasks that have been read. */
export interface Loaded {
  /** What they were asked for with. */
  readonly query: string;
  /** By number. */
  readonly pages: ReadonlyMap<number, readonly TaskRow[]>;
  /** What each page is asked for with; the first needs nothing. Those that nobody knows yet are missing. */
  readonly cursors: readonly (string | undefined)[];
  readonly total?: number | undefined;
  /** Number of rows, once the last page has been read. */
  readonly end?: number | undefined;
}

export const NOTHING_LOADED: Loaded = { query: "", pages: new Map(), cursors: [undefined] };

/** What is typed, or waits for an answer, in the last line. */
export type Prompt =
  | ({ readonly type: "filter" } & Typed)
  | ({ readonly type: "goto" } & Typed)
  /** Which of these is to be stopped. */
  | { readonly type: "what"; readonly choices: readonly StopChoice[] }
  | { readonly type: "confirm"; readonly choice: StopChoice };

/** A line that is typed. */
export interface Typed {
  readonly text: string;
  /** Characters before the cursor. */
  readonly cursor: number;
}

export interface StopChoice {
  readonly key: string;
  readonly request: StopRequest;
  /** `engine 2 on node07`. */
  readonly words: string;
}

/** What covers the list. */
export type Page =
  | { readonly type: "help"; readonly top: number }
  | { readonly type: "task"; readonly id: number; readonly top: number }
  /** A line of the log, in full. */
  | { readonly type: "line"; readonly text: string; readonly top: number }
  | { readonly type: "commands"; readonly top: number };

/** Command lines that somebody may type in a shell. */
export interface Commands {
  /** Runs the failed tasks again. */
  readonly rerun: string;
  /** Goes on with the run after its driver has died. */
  readonly recover: string;
  /** Prints the others, among other things. */
  readonly explain: string;
}

/** Where Esc leads back to. */
interface Origin {
  readonly tab: Tab;
  /** The list of tasks as it was. */
  readonly tasks: ListChoice;
  readonly from?: number | undefined;
}

/** The end of what a task has printed to a stream. */
export interface OutputEnd {
  /** All that was written, in bytes. */
  readonly bytes: number;
  /** Bytes as text. */
  readonly text: string;
}

/** What is kept of what a task has printed. */
export interface TaskOutput extends Readonly<Partial<Record<StreamName, OutputEnd>>> {
  /** The attempt that has printed it, and whether that failed. */
  readonly of?: { readonly attempt: number; readonly failed: boolean } | undefined;
}

export interface MonitorState {
  /** What is shown; an old one while it is frozen. */
  readonly view: RunView;
  readonly link: WatchLink;
  /** The newest, where the one that is shown is frozen. */
  readonly newest: RunView;
  readonly frozen: boolean;
  /** When `view` came, and now, both by the watcher's clock in seconds. */
  readonly received: number;
  readonly clock: number;
  readonly tab: Tab;
  readonly lists: Readonly<Record<Tab, ListChoice>>;
  readonly loaded: Readonly<Record<PagedTab, Loaded>>;
  /** First TaskID of the list of tasks, when somebody has gone to one. */
  readonly from?: number | undefined;
  /** The task that is to be chosen as soon as its row is there. */
  readonly seek?: number | undefined;
  readonly slots: readonly EngineSlots[];
  readonly log: readonly string[];
  /** Tasks that have been asked for, the newest last. */
  readonly details: ReadonlyMap<number, TaskDetail | undefined>;
  /** What is kept of what tasks have printed that have been looked at, the newest last. */
  readonly outputs: ReadonlyMap<number, TaskOutput>;
  readonly page?: Page | undefined;
  /** Where somebody has come from, to see the tasks of a kind of failure or of an engine. */
  readonly origin?: Origin | undefined;
  readonly prompt?: Prompt | undefined;
  /** Said in the last line until a key is pressed. */
  readonly said?: { readonly text: string; readonly bad: boolean } | undefined;
  /** Rows of the list that fit on the screen. */
  readonly pageRows: number;
  readonly commands: Commands;
}

const UNCHOSEN: ListChoice = { at: 0, sort: 0, filter: "", errorsOnly: false };

/** The monitor as it opens. @param clock seconds, by the watcher's clock. */
export function openingState(view: RunView, link: WatchLink, clock: number, commands: Commands): MonitorState {
  return {
    view,
    newest: view,
    link,
    frozen: false,
    received: clock,
    clock,
    tab: view.templates === undefined ? "engines" : "templates",
    lists: {
      engines: UNCHOSEN,
      failures: UNCHOSEN,
      running: UNCHOSEN,
      tasks: UNCHOSEN,
      slots: UNCHOSEN,
      log: { ...UNCHOSEN, at: Number.MAX_SAFE_INTEGER },
      templates: UNCHOSEN,
    },
    loaded: { running: NOTHING_LOADED, tasks: NOTHING_LOADED },
    slots: [],
    log: [],
    details: new Map(),
    outputs: new Map(),
    pageRows: 10,
    commands,
  };
}

/** The tabs that this run has. */
export function tabsOf({ view }: Pick<MonitorState, "view">): readonly Tab[] {
  return view.templates === undefined ? TABS.slice(0, -1) : TABS;
}

/** Whether the run goes on, as far as is known. */
export function goesOn({ newest, link }: MonitorState): boolean {
  return newest.phase !== "ended" && link.state !== "over";
}

/** Whether nobody answers for a run that has not ended: what is shown of it is old. */
export function isLost({ newest, link }: MonitorState): boolean {
  return link.state === "lost" && newest.phase !== "ended";
}

/** Now, for how old the last news of an engine is: of a run of which nothing is heard that grows old, too. */
export function heardNow(state: MonitorState): number {
  const { view, received, clock } = state;
  return isLost(state) ? view.now + Math.max(0, clock - received) : runNow(state);
}

/** Now, by the driver's clock. The clock of a run that is over, or that nobody hears of, stands. */
export function runNow({ view, received, clock, frozen, link }: MonitorState): number {
  if (view.phase === "ended" || link.state === "over") return view.ended ?? view.now;
  return frozen || link.state === "lost" ? view.now : view.now + Math.max(0, clock - received);
}
