import type { Instance } from "../graph/instance.ts";
import type { Drawing, DrawnEdge, DrawnNode } from "./drawing.ts";
import { allInstances, type KnownInstances, type Standing } from "./standing.ts";

/** Arrows of a drawing, at most: more can be drawn and cannot be looked at. */
const MOST_EDGES = 100_000;

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
  const drawn = new Set<string>();
  const nodes: DrawnNode[] = [];
  let more = 0;
  for (const instance of allInstances(instances)) {
    if (nodes.length === limit) more++;
    else {
      const node = instances.nameOf(instance.template, instance.index);
      drawn.add(node);
      nodes.push({ name: node, axes: [], isGrowing: false, state: standing?.stateOf(instance) });
    }
  }
  return { name, nodes, edges: [...edgesBetween(instances, nodes.length, drawn)], more };
}

/** Arrows to the first so many instances, from those that are drawn. */
function* edgesBetween(instances: KnownInstances, count: number, drawn: ReadonlySet<string>): Generator<DrawnEdge> {
  let seen = 0;
  let edges = 0;
  for (const child of allInstances(instances)) {
    if (seen++ === count) return;
    const to = nameOf(instances, child);
    const parents = new Set<string>();
    for (const parent of instances.parents(child)) parents.add(nameOf(instances, parent));
    for (const from of parents) {
      if (!drawn.has(from)) continue;
      if (edges++ === MOST_EDGES) return;
      yield { from, to, kind: "need" };
    }
  }
}

function nameOf(instances: KnownInstances, { template, index }: Instance): string {
  return instances.nameOf(template, index);
}
