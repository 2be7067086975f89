/** What somebody types to see some tasks only: `state:failed node:node07 code:137 kind:2 id:10-20`, and text. */

import { TASK_STATES, type TaskQuery, type TaskState } from "../../domain/watch.ts";

/** What a filter means, or why it means nothing. */
export type Filter = { readonly query: Partial<TaskQuery> } | { readonly wrong: string };

/** Words of a filter that have a meaning of their own. */
const WORD = /^(state|node|code|kind|id|engine):(.+)$/;
const RANGE = /^(\d{1,15})(?:-(\d{1,15})?)?$/;
const NUMBER = /^-?\d{1,15}$/;

/** Reads a filter. All its words have to hold; those without a meaning of their own are one text, as it stands in the filter. */
export function parseFilter(filter: string): Filter {
  const texts: string[] = [];
  let query: Partial<TaskQuery> = {};
  for (const word of filter.split(/\s+/).filter((each) => each !== "")) {
    const [, name, value = ""] = WORD.exec(word) ?? [];
    if (name === undefined) {
      texts.push(word);
      continue;
    }
    const condition = conditionOf(name, value);
    if (typeof condition === "string") return { wrong: condition };
    query = { ...query, ...condition };
  }
  return { query: texts.length > 0 ? { ...query, text: texts.join(" ") } : query };
}

function conditionOf(name: string, value: string): Partial<TaskQuery> | string {
  switch (name) {
    case "state":
      return statesOf(value);
    case "node":
      return { node: value };
    case "id": {
      const [range, from, to] = RANGE.exec(value) ?? [];
      if (range === undefined) return `id:${value} is no TaskID and no range such as 10-20`;
      return {
        from: Number(from),
        to: to === undefined ? (range.includes("-") ? undefined : Number(from)) : Number(to),
      };
    }
    default:
      return NUMBER.test(value) ? { [name]: Number(value) } : `${name}:${value} is no number`;
  }
}

function statesOf(value: string): Partial<TaskQuery> | string {
  const names = value.split(",");
  const states = TASK_STATES.filter((state) => names.includes(state));
  const unknown = names.find((each) => !(TASK_STATES as readonly string[]).includes(each));
  return unknown === undefined ? { states } : `state:${unknown} is none of ${TASK_STATES.join(", ")}`;
}

/** Only tasks that are also in these states. No state at all means that there is no such task. */
export function alsoIn(query: Partial<TaskQuery>, states: readonly TaskState[]): Partial<TaskQuery> {
  return { ...query, states: query.states?.filter((state) => states.includes(state)) ?? states };
}
