import type { AxisChoice, AxisMatch, Edge, Template } from "../document/workflow.ts";

/** Axes by their positions. */
type Axes = readonly { readonly name: string }[];

/**
 * By what the instances of two templates are connected, where that is not what everybody expects: undefined for the same value on
 * every axis that both have; `all` where an axis that both have decides nothing; otherwise what is said of each axis.
 */
export function edgeWords(edge: Edge, parent: Template, child: Template, axes: Axes): string | undefined {
  const namesOf = (template: Template): string[] => template.axes.map((axis) => axes[axis]?.name ?? "?");
  const childNames = new Set(namesOf(child));
  const common = namesOf(parent).filter((name) => childNames.has(name));
  const isSame = ({ axis, childAxis, from, to }: AxisMatch): boolean => axis === childAxis && from === 0 && to === 0;
  const named = new Set(edge.match.map(({ axis }) => axis));
  const isUsual = edge.match.every(isSame) && common.every((name) => named.has(name));
  const values = edge.values?.map(choiceWords) ?? [];
  const matched = isUsual ? [] : edge.match.map(matchWords);
  const words = isUsual || matched.length + values.length > 0 ? [...matched, ...values] : ["all"];
  const when = edge.when === undefined ? [] : [`when ${edge.when.map(choiceWords).join(", ")}`];
  return words.length + when.length === 0
    ? undefined
    : [words.join(", "), ...when].filter((each) => each !== "").join(" ");
}

/** Values that are named one by one. */
const MOST_NAMED = 5;

/** An axis and its values in one line: a few of them, where they are many. */
function choiceWords({ axis, values }: AxisChoice): string {
  const more = values.length - MOST_NAMED;
  const named = values.slice(0, MOST_NAMED).join(" or ");
  return `${axis}: ${named}${more > 0 ? ` or ${more} more` : ""}`;
}

function matchWords({ axis, childAxis, from, to }: AxisMatch): string {
  const first = shifted(childAxis, from);
  if (from !== to) return `${axis}: ${first} to ${shifted(childAxis, to)}`;
  return axis === childAxis && from === 0 ? axis : `${axis}: ${first}`;
}

function shifted(axis: string, by: number): string {
  return by === 0 ? axis : by < 0 ? `${axis} - ${-by}` : `${axis} + ${by}`;
}
