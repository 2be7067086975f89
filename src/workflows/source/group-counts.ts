import { END_BAD } from "./ends.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import { Rows } from "./rows.ts";

/** What an axis that may still grow can do to an edge. */
export type OpenAs =
  /** Groups may get more parents. */
  | "inside"
  /** Children may get groups, or more of them. */
  | "matched";

/**
 * Of each edge and each of its groups of parents: how many have not ended, and how the others have. A parent that ends is counted
 * once, whatever the number of its children.
 */
export class GroupCounts {
  readonly #open = new Rows((length) => new Int32Array(length));
  readonly #ends = new Rows((length) => new Uint8Array(length));
  /** By edge: groups that are counted. */
  readonly #known: number[] = [];
  /** By edge: axes that are open, and how generators of the others have ended. */
  readonly #openInside: number[] = [];
  readonly #openMatched: number[] = [];
  readonly #insideEnds: number[] = [];
  readonly #matchedEnds: number[] = [];

  /** Groups of the edge that are counted. */
  known(edge: GraphEdge): number {
    return this.#known[edge.number] ?? 0;
  }

  /** Whether it is known which axes of the edge are open. */
  isKnown({ number }: GraphEdge): boolean {
    return this.#openInside[number] !== undefined;
  }

  /** Counts all groups that the edge has by now. */
  grow({ number, groups }: GraphEdge): void {
    this.#known[number] = groups;
    this.#open.grow(number, groups);
    this.#ends.grow(number, groups);
  }

  /** Axes of the edge that are open. */
  open({ number }: GraphEdge, inside: number, matched: number): void {
    this.#openInside[number] = inside;
    this.#openMatched[number] = matched;
    this.#insideEnds[number] = 0;
    this.#matchedEnds[number] = 0;
  }

  /** One more parent is in the group, which has not ended. */
  expect({ number }: GraphEdge, group: number): void {
    const at = this.#open.at(number) + group;
    this.#open.cells[at] = (this.#open.cells[at] ?? 0) + 1;
  }

  /** A parent that was not counted has ended. */
  include({ number }: GraphEdge, group: number, ends: number): void {
    const at = this.#ends.at(number) + group;
    this.#ends.cells[at] = (this.#ends.cells[at] ?? 0) | ends;
  }

  /** A parent that was counted has ended. @returns whether it is the first that has not ended well. */
  end(edge: GraphEdge, group: number, ends: number): boolean {
    const at = this.#open.at(edge.number) + group;
    this.#open.cells[at] = (this.#open.cells[at] ?? 0) - 1;
    if (ends === 0) return false;
    const isFirst = (ends & END_BAD) !== 0 && (this.endsOf(edge, group) & END_BAD) === 0;
    this.include(edge, group, ends);
    return isFirst;
  }

  /** An axis has come to its end. @param ends of its generators. @returns whether no other one is open in this way. */
  endAxis({ number }: GraphEdge, how: OpenAs, ends: number): boolean {
    const [open, all] =
      how === "inside" ? [this.#openInside, this.#insideEnds] : [this.#openMatched, this.#matchedEnds];
    all[number] = (all[number] ?? 0) | ends;
    return (open[number] = (open[number] ?? 0) - 1) === 0;
  }

  /** Whether a child may get more groups. */
  isOpen({ number }: GraphEdge): boolean {
    return (this.#openMatched[number] ?? 0) > 0;
  }

  /** Whether all of the group have ended, and no more of them can come. */
  isComplete({ number }: GraphEdge, group: number): boolean {
    return (this.#openInside[number] ?? 0) === 0 && this.#open.cells[this.#open.at(number) + group] === 0;
  }

  /** How those of the group have ended that have, and generators without which not all of them are known. */
  endsOf({ number }: GraphEdge, group: number): number {
    return (this.#insideEnds[number] ?? 0) | (this.#ends.cells[this.#ends.at(number) + group] ?? 0);
  }

  /** How generators have ended without which it is not known of which groups a child is. */
  endsOfMissing({ number }: GraphEdge): number {
    return this.#matchedEnds[number] ?? 0;
  }

  /** How generators have ended without which not all parents in a group are known. */
  endsOfGrowth({ number }: GraphEdge): number {
    return this.#insideEnds[number] ?? 0;
  }
}

/** What an axis can do to an edge while it grows; undefined for nothing. @param axis one of the parent. */
export function openAs(graph: Graph, edge: GraphEdge, axis: number): OpenAs | undefined {
  const { name } = graph.axis(axis);
  const match = edge.definition.match.find((one) => one.axis === name);
  if (match === undefined) return "inside";
  const child = graph.template(edge.child);
  const isSame = match.from === 0 && match.to === 0 && match.childAxis === name && child.axes.includes(axis);
  // Values come to both at once, but for those that the child has been given before.
  return isSame && child.include.length === 0 ? undefined : "matched";
}
