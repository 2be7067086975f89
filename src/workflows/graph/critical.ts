import type { Arrow } from "./components.ts";

/**
 * For each template, how many steps the longest path has from it to a template that nothing needs. Templates that need one
 * another with shifts count as one.
 *
 * @param component of each template, as `componentsOf` numbers them.
 */
export function criticalPaths(component: Int32Array, links: readonly Arrow[]): Int32Array {
  const at = (template: number): number => component[template] ?? 0;
  const steps = new Int32Array(component.length);
  // Children have higher components than their parents: with the highest children first, each of them is known when it counts.
  for (const { child, parent } of highestFirst(component, links)) {
    if (at(child) === at(parent)) continue;
    steps[at(parent)] = Math.max(steps[at(parent)] ?? 0, (steps[at(child)] ?? 0) + 1);
  }
  return component.map((number) => steps[number] ?? 0);
}

/** Links by the components of their children, counted into place. */
function* highestFirst(component: Int32Array, links: readonly Arrow[]): Generator<Arrow> {
  const ends = new Int32Array(component.length + 1);
  for (const { child } of links) {
    const number = component[child] ?? 0;
    ends[number] = (ends[number] ?? 0) + 1;
  }
  for (let number = 1; number < ends.length; number++) ends[number] = (ends[number] ?? 0) + (ends[number - 1] ?? 0);
  const order = new Int32Array(links.length);
  for (const [i, { child }] of links.entries()) {
    const number = component[child] ?? 0;
    const place = (ends[number] ?? 0) - 1;
    ends[number] = place;
    order[place] = i;
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const link = links[order[i] ?? 0];
    if (link !== undefined) yield link;
  }
}
