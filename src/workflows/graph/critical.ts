import { componentsOf } from "./components.ts";
import type { Link } from "./link.ts";

/**
 * For each template, how many steps the longest path has from it to a template that nothing needs. Templates that need one
 * another with shifts count as one.
 */
export function criticalPaths(templates: number, links: readonly Link[]): Int32Array {
  const component = componentsOf(templates, links);
  const at = (template: number): number => component[template] ?? 0;
  // Children have higher components than their parents: with the highest children first, each of them is known when it counts.
  const outward = links.filter(({ child, parent }) => at(child) !== at(parent));
  const steps = new Int32Array(templates);
  for (const { child, parent } of outward.toSorted((a, b) => at(b.child) - at(a.child))) {
    steps[at(parent)] = Math.max(steps[at(parent)] ?? 0, (steps[at(child)] ?? 0) + 1);
  }
  return component.map((number) => steps[number] ?? 0);
}
