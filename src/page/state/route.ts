/** Addresses of the page: what each shows, and back. */

export const RUN_PAGES = ["run", "failures", "tasks", "slots", "engines", "graph"] as const;
export type RunPage = (typeof RUN_PAGES)[number];

export type Route =
  | { readonly page: "runs" }
  | { readonly page: RunPage; readonly run: string }
  | { readonly page: "task"; readonly run: string; readonly task: number }
  | { readonly page: "nothing" };

/** Values of parameters; those that are undefined or empty are left out. */
export type Params = Readonly<Record<string, string | number | undefined>>;

const ID = /^[A-Za-z0-9._-]+$/;

/** What a path shows. */
export function routeOf(path: string): Route {
  const [first, run, name, task, ...more] = path.split("/").filter((part) => part !== "");
  if (first === undefined) return { page: "runs" };
  if (first !== "runs" || more.length > 0) return { page: "nothing" };
  if (run === undefined) return { page: "runs" };
  if (!ID.test(run)) return { page: "nothing" };
  if (name === undefined) return { page: "run", run };
  if (task !== undefined) {
    const isTask = name === "tasks" && /^\d{1,15}$/.test(task);
    return isTask ? { page: "task", run, task: Number(task) } : { page: "nothing" };
  }
  const page = RUN_PAGES.find((each) => each !== "run" && each === name);
  return page === undefined ? { page: "nothing" } : { page, run };
}

/** The list of runs, for somebody who has come back from the only one there is. */
export const RUNS_LIST = "/?list=all";

/** The path of a page of a run, with its parameters. */
export function pathTo(run: string, page: RunPage = "run", params: Params = {}): string {
  const path = page === "run" ? `/runs/${run}` : `/runs/${run}/${page}`;
  return path + queryText(params);
}

/** The path of a task. */
export function pathToTask(run: string, task: number): string {
  return `/runs/${run}/tasks/${task}`;
}

/** `?state=failed&kind=3`; nothing when there is no parameter. Commas stay legible. */
export function queryText(params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

/** Parameters with some of them changed; undefined or empty takes one away. */
export function changedParams(query: URLSearchParams, changes: Params): Params {
  return { ...Object.fromEntries(query), ...changes };
}

/** A time of an address: to the millisecond, and no longer than it needs to be. */
export function timeText(time: number): string {
  return String(Math.round(time * 1000) / 1000);
}
