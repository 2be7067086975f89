/** Which tasks are shown: as the address has it, and as the server is asked. Both use the same names. */

import { TASK_STATES, type TaskQuery, type TaskState } from "../../domain/watch.ts";
import type { Params } from "../state/route.ts";

export const TASK_SORTS = ["id", "newest", "age", "duration"] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

/** What somebody wants to see. Without any condition it is all tasks by their ids. */
export interface TaskFilters extends Pick<TaskQuery, "kind" | "node" | "engine" | "code" | "from" | "to"> {
  /** In the order of `TASK_STATES`; none stands for all. */
  readonly states: readonly TaskState[];
  /** Empty for any. */
  readonly text: string;
  readonly sort: TaskSort;
}

const NUMBERS = ["kind", "engine", "from", "to"] as const;

/** Parameters of the address that this file reads. */
export const FILTER_NAMES = ["state", "kind", "node", "engine", "code", "from", "to", "q", "sort"] as const;

/** The filters that an address has. What has no meaning is as if it were not there. */
export function filtersOf(query: URLSearchParams): TaskFilters {
  const given = (query.get("state") ?? "").split(",");
  const named = query.get("sort");
  const [kind, engine, from, to] = NUMBERS.map((name) => wholeFrom(query.get(name)));
  const code = query.get("code");
  return {
    states: TASK_STATES.filter((state) => given.includes(state)),
    kind,
    engine,
    from,
    to,
    code: code !== null && /^-?\d{1,9}$/.test(code) ? Number(code) + 0 : undefined,
    node: query.get("node") || undefined,
    text: query.get("q") ?? "",
    sort: TASK_SORTS.find((sort) => sort === named) ?? "id",
  };
}

/** The same as parameters. */
export function paramsOf({ states, text, sort, ...others }: TaskFilters): Params {
  return {
    state: states.length === 0 ? undefined : states.join(","),
    ...others,
    q: text === "" ? undefined : text,
    sort: sort === "id" ? undefined : sort,
  };
}

/** A number that somebody has typed: whole, not below 0, with or without thousands apart. */
function wholeFrom(text: string | null): number | undefined {
  const digits = (text ?? "").replaceAll(/[,_\s]/g, "");
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}

/** Ids that somebody has typed: `17`, `10-20`, `10-`, `-20`. Undefined when it is none of these. */
export function rangeFrom(text: string): Pick<TaskFilters, "from" | "to"> | undefined {
  const parts = /^([\d,_\s]*)(-?)([\d,_\s]*)$/.exec(text.trim());
  if (parts === null) return undefined;
  const [, first = "", dash = "", last = ""] = parts;
  const [from, to] = [wholeFrom(first), wholeFrom(last)];
  if ((first.trim() !== "" && from === undefined) || (last.trim() !== "" && to === undefined)) return undefined;
  return dash === "" ? { from, to: from } : { from, to };
}

/** Ids as they are typed. */
export function rangeText({ from, to }: Pick<TaskFilters, "from" | "to">): string {
  if (from === to) return from === undefined ? "" : String(from);
  return `${from ?? ""}-${to ?? ""}`;
}

/** The states with one of them taken away, or added. */
export function withToggled(states: readonly TaskState[], state: TaskState): TaskState[] {
  return TASK_STATES.filter((each) => (each === state) !== states.includes(each));
}

/** Whether a task stays where it is in the list whatever becomes of it. */
export function isSteady({ states, kind, engine, node, code, text, sort }: TaskFilters): boolean {
  const isAny = kind === undefined && engine === undefined && node === undefined && code === undefined;
  return isAny && states.length === 0 && text === "" && sort === "id";
}

/** Whether anything is filtered. */
export function isFiltered(filters: TaskFilters): boolean {
  const { from, to } = filters;
  return from !== undefined || to !== undefined || !isSteady({ ...filters, sort: "id" });
}
