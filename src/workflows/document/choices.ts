import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { numberOf, TYPE_RULES, whyNoValue } from "./axis-values.ts";
import { KnownNames } from "./names.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";
import type { Axis, AxisChoice, ChoiceWords } from "./workflow.ts";

/** Axes of a template, as far as they could be read. */
export interface Axes {
  readonly all: readonly Axis[];
  readonly lacksSome: boolean;
  /** Combinations that are included may have values that the axes do not have. */
  readonly hasIncluded?: boolean | undefined;
}

/** Values of an axis among which the nearest one is looked for. */
const MOST_COMPARED = 1000;

/**
 * Values of axes, as they are said in `when` and `match`. What names no axis, or no value of one, is a mistake.
 *
 * @param axes of the task that is meant; undefined for one that is not there yet.
 * @param whose what the task is called in mistakes.
 */
export function readChoice(
  said: ChoiceWords,
  path: Path,
  axes: Axes | undefined,
  whose: string,
  { mistakes, tree }: Pick<Scope, "tree" | "mistakes">,
): AxisChoice[] {
  return Object.entries(said).flatMap(([name, values]): AxisChoice[] => {
    const axis = axes?.all.find((each) => each.name === name);
    if (axes !== undefined && axis === undefined) {
      if (axes.lacksSome) return [];
      const known = new KnownNames(() => axes.all.map((each) => each.name));
      mistakes.at(tree, [...path, name], known.unknown(`axis of ${whose}`, name), "key");
      return [];
    }
    const texts = values.map(String);
    for (const [i, text] of texts.entries()) {
      const wrong = axis === undefined ? whyNoValue(text) : whyNot(text, axis, axes?.hasIncluded === true);
      if (wrong === undefined) continue;
      const nearest = axis?.kind === "list" ? new KnownNames(() => axis.values.slice(0, MOST_COMPARED)) : undefined;
      const meant = nearest?.nearest(text);
      const hint = meant === undefined ? undefined : `did you mean ${meant}?`;
      mistakes.at(tree, [...path, name, i], { message: wrong, hint });
    }
    return [{ axis: name, values: [...new Set(texts)] }];
  });
}

/** Why an axis cannot have a value; undefined when it can, or may come to have it. */
function whyNot(text: string, axis: Axis, hasIncluded: boolean): string | undefined {
  const wrong = whyNoValue(text);
  if (wrong !== undefined) return wrong;
  const number = numberOf(axis.type, text);
  if (axis.type !== "string" && number === undefined) return `must be ${TYPE_RULES[axis.type]}, not ${quoteWord(text)}`;
  if (hasIncluded) return undefined;
  const isThere =
    axis.kind === "list"
      ? axis.values.includes(text)
      : axis.kind !== "range" || (number !== undefined && isIn(axis, number));
  return isThere ? undefined : `${quoteWord(text)} is no value of the axis ${axis.name}`;
}

function isIn({ from, to, step }: Extract<Axis, { kind: "range" }>, number: number): boolean {
  const steps = (number - from) / step;
  return Number.isInteger(steps) && steps >= 0 && steps <= Math.floor((to - from) / step);
}
