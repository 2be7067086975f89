import type { AxisMatch, Edge, Template } from "../document/workflow.ts";

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
  if (edge.match.every(isSame) && common.every((name) => named.has(name))) return undefined;
  return edge.match.length === 0 ? "all" : edge.match.map(matchWords).join(", ");
}

function matchWords({ axis, childAxis, from, to }: AxisMatch): string {
  const first = shifted(childAxis, from);
  if (from !== to) return `${axis}: ${first} to ${shifted(childAxis, to)}`;
  return axis === childAxis && from === 0 ? axis : `${axis}: ${first}`;
}

function shifted(axis: string, by: number): string {
  return by === 0 ? axis : by < 0 ? `${axis} - ${-by}` : `${axis} + ${by}`;
}
