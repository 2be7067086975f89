import { columnsOf } from "./columns.ts";
import { MergedNodes } from "./merged-nodes.ts";

/** Who needs whom: places in a list, from what is needed to what needs it. Nodes may need themselves, and one another. */
export interface NeedGraph {
  readonly size: number;
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/** Nodes that are drawn as one, and where. */
interface PlacedBox {
  /** In order. */
  readonly nodes: readonly number[];
  /** What a box needs stands in columns before its own, unless they need one another. Columns are dense, from 0. */
  readonly column: number;
  /** From 0 in each column. */
  readonly row: number;
}

export interface BoxPlan {
  /** Column by column, and row by row. */
  readonly boxes: readonly PlacedBox[];
  /** Between boxes, by their places in the list: no box to itself, and each pair once. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

/**
 * Places the nodes of a graph in columns, as few boxes as there may be. Where there are more nodes, those are drawn as one first that
 * nobody can tell apart by their neighbours, then chains, and in the end whatever stands in one column.
 *
 * @param most boxes, at least 1.
 */
export function planBoxes({ size, edges }: NeedGraph, most: number): BoxPlan {
  const column = columnsOf(size, edges);
  const merged = new MergedNodes(column, edges);
  while (merged.count > most && (merged.joinTwins() || merged.joinChains(most))) continue;
  if (merged.count > most) merged.joinColumns(most);
  return arranged(merged);
}

function arranged(merged: MergedNodes): BoxPlan {
  const groups = merged.groups();
  const dense = [...new Set(groups.map(({ column }) => column))].toSorted((a, b) => a - b);
  const columnOf = new Map(dense.map((column, place) => [column, place]));
  const parents = groups.map((): number[] => []);
  for (const [from, to] of merged.edges()) parents[to]?.push(from);
  const inColumn = new Map(dense.map((column) => [column, [] as number[]]));
  for (const [place, { column }] of groups.entries()) inColumn.get(column)?.push(place);
  const rows: number[] = [];
  const order: number[] = [];
  for (const here of inColumn.values()) {
    const height = new Map(here.map((place) => [place, meanRow(parents[place] ?? [], rows)]));
    // What has no parents stands where it comes in the list.
    const sorted = here.toSorted((a, b) => (height.get(a) ?? 0) - (height.get(b) ?? 0) || a - b);
    for (const [row, place] of sorted.entries()) rows[place] = row;
    order.push(...sorted);
  }
  const placeOf = new Map(order.map((group, place) => [group, place]));
  const boxes = order.map((place): PlacedBox => {
    const { nodes = [], column = 0 } = groups[place] ?? {};
    return { nodes, column: columnOf.get(column) ?? 0, row: rows[place] ?? 0 };
  });
  const edges = [...merged.edges()].map(([from, to]) => [placeOf.get(from) ?? 0, placeOf.get(to) ?? 0] as const);
  return { boxes, edges };
}

function meanRow(parents: readonly number[], rows: readonly number[]): number {
  const known = parents.flatMap((parent) => rows[parent] ?? []);
  return known.length === 0 ? 0 : known.reduce((sum, row) => sum + row, 0) / known.length;
}
