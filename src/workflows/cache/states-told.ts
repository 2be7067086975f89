import type { InstanceState } from "../../domain/instance-state.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";

/** Bad ends, the worst of them first. */
const BAD: readonly (InstanceState | undefined)[] = ["failed", "killed", "blocked", "skipped"];

/** What has ended, and is not done, has made nothing. */
export function isBadEnd(state: InstanceState | undefined): boolean {
  return BAD.includes(state);
}

/**
 * What a command may learn of ends by its variables `STATE_x`: the worst state of each task that it needs. A task that runs after
 * success alone, of tasks that may not fail, always learns the same.
 *
 * @returns parts of `Ingredients.said`; none where there is but one possibility.
 */
export function statesTold(
  graph: Graph,
  { template, index }: Instance,
  stateOf: (instance: Instance) => InstanceState | undefined,
): readonly (readonly [part: string, state: string])[] {
  const edges = graph.edgesTo(template);
  const isSure = ({ parent }: { readonly parent: number }): boolean => !graph.template(parent).allowFailure;
  if (graph.template(template).condition === "success" && edges.every(isSure)) return [];
  const worst = new Map<string, number>();
  for (const edge of edges) {
    if (!edge.isFor(index)) continue;
    const { name } = graph.template(edge.parent);
    let at = worst.get(name) ?? BAD.length;
    for (const parent of edge.parentsOf(index)) {
      const end = BAD.indexOf(stateOf({ template: edge.parent, index: parent }));
      if (end >= 0) at = Math.min(at, end);
    }
    worst.set(name, at);
  }
  return [...worst].map(([name, at]) => [`needs ${name}`, BAD[at] ?? "done"]);
}
