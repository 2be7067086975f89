import type { TemplateTally } from "../../domain/instance-state.ts";
import type { Template, Workflow } from "../document/workflow.ts";
import { type Drawing, type DrawnEdge, type DrawnNode, worstState } from "./drawing.ts";
import { edgeWords } from "./edge-words.ts";

/** How many instances a template has. */
export interface TemplateSize {
  readonly count: number;
  readonly isGrowing: boolean;
}

/**
 * Draws the templates of a workflow.
 *
 * @param sizeOf by the template's position.
 * @param tallies of a run, whose states are shown then.
 * @param limit templates, at most.
 */
export function drawTemplates(
  workflow: Workflow,
  sizeOf: (template: number) => TemplateSize,
  tallies: readonly TemplateTally[] | undefined,
  limit: number,
): Drawing {
  const { name, templates, axes } = workflow;
  const drawn = templates.slice(0, limit);
  const byName = new Map(drawn.map((template) => [template.name, template]));
  const counts = new Map(tallies?.map((tally) => [tally.name, tally.counts]));
  const nodes = drawn.map((template, position): DrawnNode => {
    const { count, isGrowing } = sizeOf(position);
    return {
      name: template.name,
      axes: template.axes.map((axis) => axes[axis]?.name ?? "?"),
      count,
      isGrowing,
      generates: generatedBy(template),
      state: worstState(counts.get(template.name) ?? {}),
    };
  });
  const edges = drawn.flatMap((template) => [
    ...needsOf(template, byName, workflow),
    ...valuesFor(template, byName, workflow),
  ]);
  return { name, nodes, edges, more: templates.length - drawn.length, moreEdges: 0 };
}

/** What the output of a template makes: the name of an axis, or `tasks`. */
function generatedBy({ generates }: Template): string | undefined {
  return generates?.kind === "axis" ? generates.axis : generates?.kind;
}

function needsOf(child: Template, byName: ReadonlyMap<string, Template>, { axes }: Workflow): DrawnEdge[] {
  const { alternatives } = child;
  return alternatives.flatMap((edges, number) =>
    edges.flatMap((edge): DrawnEdge[] => {
      const parent = byName.get(edge.parent);
      if (parent === undefined) return [];
      const label = edgeWords(edge, parent, child, axes);
      const alternative = alternatives.length > 1 ? number : undefined;
      return [{ from: parent.name, to: child.name, label, kind: "need", alternative }];
    }),
  );
}

/** Arrows from those that print the values of its axes, unless something that it needs has these values already. */
function valuesFor(template: Template, byName: ReadonlyMap<string, Template>, { axes }: Workflow): DrawnEdge[] {
  const needed = template.alternatives.flat().flatMap(({ parent }) => byName.get(parent)?.axes ?? []);
  return template.axes.flatMap((position): DrawnEdge[] => {
    const axis = axes[position];
    if (axis?.kind !== "generated" || !byName.has(axis.by) || needed.includes(position)) return [];
    return [{ from: axis.by, to: template.name, label: axis.name, kind: "values" }];
  });
}
