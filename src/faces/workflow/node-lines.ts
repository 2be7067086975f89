import { plural } from "../../domain/plural.ts";
import { type Drawing, type DrawnEdge, type DrawnNode, MOST_EDGES_COUNTED } from "../../workflows/views/drawing.ts";

/** What stands in the box of a node: `clean[day]`, how many that are (`?` while nobody knows), and what it makes. */
export function nodeLines({ name, axes, count, isGrowing, generates }: DrawnNode): readonly string[] {
  const title = axes.length === 0 ? name : `${name}[${axes.join(",")}]`;
  const number =
    axes.length === 0 || count === undefined
      ? []
      : [count === 0 && isGrowing ? "?" : `${count}${isGrowing ? "+" : ""}`];
  return [title, ...number, ...(generates === undefined ? [] : [`makes ${generates}`])];
}

/** What stands at an arrow; undefined for nothing. */
export function arrowWords({ label, alternative }: Pick<DrawnEdge, "label" | "alternative">): string | undefined {
  if (alternative === undefined) return label;
  const choice = `or ${alternative + 1}`;
  return label === undefined ? choice : `${label}, ${choice}`;
}

/** What a drawing leaves out, in words; none where all is drawn. */
export function leftOutWords({ more, moreEdges }: Pick<Drawing, "more" | "moreEdges">): readonly string[] {
  const arrows = plural(moreEdges, "more arrow");
  return [
    ...(more === 0 ? [] : [`and ${more} more`]),
    ...(moreEdges === 0 ? [] : [moreEdges === MOST_EDGES_COUNTED ? `and at least ${arrows}` : `and ${arrows}`]),
  ];
}
