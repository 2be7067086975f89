import type { Instance } from "../graph/instance.ts";
import { type Drawing, type DrawnEdge, type DrawnNode, MOST_EDGES_COUNTED } from "./drawing.ts";
import { allInstances, type KnownInstances, type Standing } from "./standing.ts";

/** Arrows of a drawing, at most: more can be drawn and cannot be looked at. */
const MOST_EDGES = 100_000;
/** Indexes are below this; the product with the number of a template is a safe integer. */
const MOST_INDEXES = 2 ** 32;

/**
 * Draws instances, as many as the limit has room for, and the arrows between them.
 *
 * @param standing of a run, whose states are shown then; undefined for those that no run has begun.
 */
export function drawInstances(
  name: string,
  instances: KnownInstances,
  standing: Pick<Standing, "stateOf"> | undefined,
  limit: number,
): Drawing {
  /** Their places in the list. */
  const drawn = new Map<number, number>();
  const nodes: DrawnNode[] = [];
  let more = 0;
  for (const instance of allInstances(instances)) {
    if (nodes.length === limit) more++;
    else {
      drawn.set(keyOf(instance), nodes.length);
      const node = instances.nameOf(instance.template, instance.index);
      nodes.push({ name: node, axes: [], isGrowing: false, state: standing?.stateOf(instance) });
    }
  }
  const edges: DrawnEdge[] = [];
  let moreEdges = 0;
  for (const [from, to] of edgesBetween(instances, drawn)) {
    if (edges.length < MOST_EDGES) edges.push({ from: nameAt(nodes, from), to: nameAt(nodes, to), kind: "need" });
    else if (++moreEdges === MOST_EDGES_COUNTED) break;
  }
  return { name, nodes, edges, more, moreEdges };
}

/** Arrows between the instances that are drawn, by their places. */
function* edgesBetween(
  instances: KnownInstances,
  drawn: ReadonlyMap<number, number>,
): Generator<readonly [from: number, to: number]> {
  let to = 0;
  for (const child of allInstances(instances)) {
    if (to === drawn.size) return;
    // Several edges may lead to the same one.
    const parents = new Set<number>();
    for (const parent of instances.parents(child)) {
      const from = drawn.get(keyOf(parent));
      if (from !== undefined) parents.add(from);
    }
    for (const from of parents) yield [from, to];
    to++;
  }
}

function keyOf({ template, index }: Instance): number {
  return template * MOST_INDEXES + index;
}

function nameAt(nodes: readonly DrawnNode[], place: number): string {
  return nodes[place]?.name ?? "";
}
