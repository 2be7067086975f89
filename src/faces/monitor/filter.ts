/** What somebody types to see some tasks only: `state:failed node:node07 code:137 kind:2 id:10-20`, and text. */

import { constants } from "node:os";
import { signalled } from "../../domain/ending.ts";
import { TASK_STATES, type TaskQuery, type TaskState } from "../../domain/watch.ts";
import { returnCodeOf } from "../../records/statusfile/return-code.ts";

/** What a filter means, with what its user may not have meant; or why it means nothing. */
export type Filter =
  | { readonly query: Partial<TaskQuery>; readonly note?: string | undefined }
  | { readonly wrong: string };

/** Words of a filter that have a meaning of their own. */
const NAMES = ["state", "node", "engine", "code", "kind", "id"] as const;
const WORD = /^(\w+):(.+)$/;
const RANGE = /^(\d{1,15})?(-)?(\d{1,15})?$/;
const NUMBER = /^-?\d{1,15}$/;
/** How a list shows the state of a task that exited by itself. */
const EXITED = /^exit (\d{1,3})$/i;

/**
 * Reads a filter. All its words have to hold; those without a meaning of their own are one text, as it stands in the filter.
 *
 * @param nodes that a name may mean in other letters: `VM` for `vm`.
 */
export function parseFilter(filter: string, nodes: readonly string[] = []): Filter {
  const texts: string[] = [];
  const unknown: string[] = [];
  let query: Partial<TaskQuery> = {};
  for (const word of filter.split(/\s+/).filter((each) => each !== "")) {
    const [, given = "", value = ""] = WORD.exec(word) ?? [];
    const name = NAMES.find((each) => each === given.toLowerCase());
    const condition = name === undefined ? signalOf(word) : conditionOf(name, value, nodes);
    if (typeof condition === "string") return { wrong: condition };
    if (condition === undefined) texts.push(word);
    else query = { ...query, ...condition };
    if (name === undefined && given !== "" && !value.startsWith("/")) unknown.push(given);
  }
  const text = texts.join(" ");
  const code = EXITED.exec(text)?.[1];
  if (code !== undefined) return { query: { ...query, code: Number(code) } };
  return {
    query: text === "" ? query : { ...query, text },
    note:
      unknown[0] === undefined
        ? undefined
        : `${unknown[0]}: is looked for as text; words of a filter: ${NAMES.join(", ")}`,
  };
}

/** The name of a signal, as a list shows it as the state of a task. */
function signalOf(word: string): Partial<TaskQuery> | undefined {
  const signal = Object.entries(constants.signals).find(([name]) => name === word.toUpperCase())?.[1];
  return signal === undefined ? undefined : { code: returnCodeOf(signalled(signal)) };
}

function conditionOf(
  name: (typeof NAMES)[number],
  value: string,
  nodes: readonly string[],
): Partial<TaskQuery> | string {
  switch (name) {
    case "state":
      return signalOf(value) ?? statesOf(value);
    case "node":
      return { node: nodes.includes(value) ? value : (nodes.find((node) => isAlike(node, value)) ?? value) };
    case "id":
      return idsOf(value);
    case "code":
      return signalOf(value) ?? numberOf(name, value);
    default:
      return numberOf(name, value);
  }
}

function numberOf(name: "code" | "kind" | "engine", value: string): Partial<TaskQuery> | string {
  return NUMBER.test(value) ? { [name]: Number(value) } : `${name}:${value} is no number`;
}

function idsOf(value: string): Partial<TaskQuery> | string {
  const [range, from, dash, to] = RANGE.exec(value) ?? [];
  if (range === undefined || (from === undefined && to === undefined)) {
    return `id:${value} is no TaskID and no range such as 10-20`;
  }
  const last = dash === undefined ? from : to;
  return {
    from: from === undefined ? undefined : Number(from),
    to: last === undefined ? undefined : Number(last),
  };
}

function isAlike(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function statesOf(value: string): Partial<TaskQuery> | string {
  const names = value.toLowerCase().split(",");
  const states = TASK_STATES.filter((state) => names.includes(state));
  const unknown = names.find((each) => !(TASK_STATES as readonly string[]).includes(each));
  return unknown === undefined ? { states } : `state:${unknown} is none of ${TASK_STATES.join(", ")}`;
}

/** Only tasks that are also in these states. No state at all means that there is no such task. */
export function alsoIn(query: Partial<TaskQuery>, states: readonly TaskState[]): Partial<TaskQuery> {
  return { ...query, states: query.states?.filter((state) => states.includes(state)) ?? states };
}
