import type { Graph } from "../graph/graph.ts";

/**
 * Asks something of a template and of all that it needs, at whatever distance. A template may need itself at other values, and
 * chains may be long.
 *
 * @param isSo of a template alone; asked once of each.
 */
export function withAllNeeds(graph: Graph, isSo: (template: number) => boolean): (template: number) => boolean {
  const own = new Map<number, boolean>();
  /** Templates of which it is so, with all that they need. */
  const good = new Set<number>();
  const bad = new Set<number>();
  const check = (template: number): boolean => {
    const known = own.get(template) ?? isSo(template);
    own.set(template, known);
    return known && !bad.has(template);
  };
  return (template) => {
    const seen = new Set([template]);
    for (const at of seen) {
      if (!check(at)) {
        bad.add(template);
        return false;
      }
      for (const { parent } of graph.edgesTo(at)) if (!good.has(parent)) seen.add(parent);
    }
    for (const at of seen) good.add(at);
    return true;
  };
}
