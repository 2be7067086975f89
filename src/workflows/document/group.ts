import type { TemplateDraft } from "./template.ts";
import type { Axis, Template } from "./workflow.ts";

/** Tasks of a group that no other one of it needs: what a need of the whole group waits for. */
export function endsOf(templates: readonly Template[], axes: readonly Axis[]): readonly Template[] {
  const needed = new Set<string>();
  for (const template of templates) {
    for (const { parent } of template.alternatives.flat()) if (parent !== template.name) needed.add(parent);
    for (const by of generatorsOf(template, axes)) needed.add(by);
  }
  return templates.filter(({ name }) => !needed.has(name));
}

/** Tasks of a group that need nothing of it: what needs of the whole group are put before. */
export function rootsOf(templates: readonly TemplateDraft[], axes: readonly Axis[]): readonly TemplateDraft[] {
  return templates.filter((template) => {
    const parents = template.alternatives.flat();
    return parents.every(({ parent }) => parent === template.name) && generatorsOf(template, axes).length === 0;
  });
}

/** Names of the tasks that make axes of a template. */
function generatorsOf(template: Template, axes: readonly Axis[]): readonly string[] {
  return template.axes.flatMap((position) => {
    const axis = axes[position];
    return axis?.kind === "generated" ? [axis.by] : [];
  });
}
