/** How many instances of a template stand where, in an order and in words. Pure. */

import { INSTANCE_STATE_NAMES, type InstanceState, type TemplateTally } from "../../domain/instance-state.ts";
import { formatCount } from "../words/numbers.ts";
import { stateWords, type Tone } from "../words/states.ts";

/** The order of a bar: what is done, what failed, what goes on, what is to come. */
const RANK: readonly Tone[] = ["good", "past", "bad", "warn", "busy", "calm"];

export interface StatePart {
  readonly name: InstanceState;
  readonly value: number;
  readonly tone: Tone;
}

/** States of which there are any. */
export function stateParts(counts: TemplateTally["counts"]): StatePart[] {
  return INSTANCE_STATE_NAMES.toReversed()
    .map((name) => ({
      name,
      value: counts[name] ?? 0,
      tone: name === "ready" ? ("calm" as const) : stateWords(name).tone,
    }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => RANK.indexOf(a.tone) - RANK.indexOf(b.tone));
}

/** `1,100 done, 12 failed`. */
export function countsText(counts: TemplateTally["counts"]): string {
  const parts = stateParts(counts);
  return parts.length === 0
    ? "no instances yet"
    : parts.map(({ name, value }) => `${formatCount(value)} ${name}`).join(", ");
}

/** States that a column of the list adds up. */
const COLUMNS: Readonly<Record<string, readonly InstanceState[]>> = {
  all: INSTANCE_STATE_NAMES,
  done: ["done", "reused"],
  failed: ["failed", "killed"],
  running: ["running"],
};

/** How many instances are in the states of a column. */
export function countOf({ counts }: Pick<TemplateTally, "counts">, column: string): number {
  return (COLUMNS[column] ?? []).reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}

/** Templates that have the text in their names, of a box alone where there is one. */
export function chosenTemplates(
  all: readonly TemplateTally[],
  text: string,
  box: { readonly templates: readonly string[] } | undefined,
): readonly TemplateTally[] {
  const wanted = text.toLowerCase();
  const inBox = box === undefined ? undefined : new Set(box.templates);
  return all.filter(({ name }) => name.toLowerCase().includes(wanted) && inBox?.has(name) !== false);
}

/** Templates in the order of a column: by name, by a count, or as the document has them. */
export function sortedTemplates(
  all: readonly TemplateTally[],
  by: string,
  descending: boolean,
): readonly TemplateTally[] {
  if (by !== "name" && !Object.hasOwn(COLUMNS, by)) return descending ? all.toReversed() : all;
  const compare = (a: TemplateTally, b: TemplateTally): number =>
    by === "name" ? a.name.localeCompare(b.name, "en", { numeric: true }) : countOf(a, by) - countOf(b, by);
  return all.toSorted((a, b) => (descending ? compare(b, a) : compare(a, b)));
}
