import type { Place } from "../../domain/errors.ts";
import type { Axis, Edge, Template } from "../document/workflow.ts";

/** One template cannot do without another: it needs it, or has an axis whose values that one makes. */
export interface Link {
  /** Templates, by number. */
  readonly child: number;
  readonly parent: number;
  /** Where it is said. */
  readonly place: Place;
  /** Undefined for an axis whose values the parent makes. */
  readonly edge: Edge | undefined;
}

/**
 * All links of a document.
 *
 * @param numbers of templates, by name.
 * @throws Error when it names a template that it does not have.
 */
export function linksOf(
  axes: readonly Axis[],
  templates: readonly Template[],
  numbers: (name: string) => number | undefined,
): Link[] {
  const numberOf = (name: string): number => {
    const number = numbers(name);
    if (number === undefined) throw new Error(`no task is called ${name}`);
    return number;
  };
  const links: Link[] = [];
  for (const [child, template] of templates.entries()) {
    for (const edges of template.alternatives) {
      for (const edge of edges) links.push({ child, parent: numberOf(edge.parent), place: edge.place, edge });
    }
    for (const number of template.axes) {
      const axis = axes[number];
      if (axis?.kind !== "generated") continue;
      links.push({ child, parent: numberOf(axis.by), place: template.place, edge: undefined });
    }
  }
  return links;
}
