import type { InstanceState } from "../../../../src/domain/instance-state.ts";
import type { Axis, Edge, Template, Workflow } from "../../../../src/workflows/document/workflow.ts";
import type { Instance } from "../../../../src/workflows/graph/instance.ts";
import type { KnownInstances, Standing } from "../../../../src/workflows/views/standing.ts";

const PLACE = { file: "w.yaml", line: 1, column: 1 };

/** An axis of these values. */
export function listAxis(name: string, ...values: readonly string[]): Axis {
  return { name, type: "string", place: PLACE, kind: "list", values };
}

/** An axis whose values a task prints. */
export function generatedAxis(name: string, by: string): Axis {
  return { name, type: "string", place: PLACE, kind: "generated", by };
}

/** A need of a task, joined by these axes. */
export function need(parent: string, ...axes: readonly string[]): Edge {
  return { parent, place: PLACE, match: axes.map((axis) => ({ axis, childAxis: axis, from: 0, to: 0 })) };
}

export function workflow(
  axes: readonly Axis[],
  templates: readonly Template[],
  rest: Partial<Workflow> = {},
): Workflow {
  return { name: "w", axes, templates, params: {}, given: {}, ...rest };
}

/** The instances of a workflow of list axes, by brute force. Templates have at most one axis; generated ones get `values`. */
export function instancesOf(
  { axes, templates }: Workflow,
  values: Readonly<Record<string, readonly string[]>> = {},
): KnownInstances {
  const valuesOf = (number: number): readonly (string | undefined)[] => {
    const axis = axes[templates[number]?.axes[0] ?? -1];
    if (axis === undefined) return [undefined];
    return axis.kind === "list" ? axis.values : (values[axis.name] ?? []);
  };
  const joined = (childNumber: number, edge: Edge): ((child: Instance, parent: Instance) => boolean) => {
    const parentNumber = templates.findIndex(({ name }) => name === edge.parent);
    return (child, parent) =>
      child.template === childNumber &&
      parent.template === parentNumber &&
      edge.match.every(() => valuesOf(childNumber)[child.index] === valuesOf(parentNumber)[parent.index]);
  };
  const all = (): Instance[] =>
    templates.flatMap((_, number) => valuesOf(number).map((__, index) => ({ template: number, index })));
  const needs = (child: Instance, parent: Instance): boolean =>
    templates[child.template]?.alternatives.flat().some((edge) => joined(child.template, edge)(child, parent)) ?? false;
  return {
    templates: templates.length,
    template: (number) => {
      const found = templates[number];
      if (found === undefined) throw new Error(`no template ${number}`);
      return found;
    },
    leftOutBy: () => undefined,
    axis: (number) => {
      const found = axes[number];
      if (found === undefined) throw new Error(`no axis ${number}`);
      return found;
    },
    size: (number) => valuesOf(number).length,
    has: (number, index) => index < valuesOf(number).length,
    nameOf: (number, index) => {
      const name = templates[number]?.name ?? "";
      const axis = axes[templates[number]?.axes[0] ?? -1];
      return axis === undefined ? name : `${name}[${axis.name}=${valuesOf(number)[index]}]`;
    },
    parents: (child) => all().filter((parent) => needs(child, parent)),
    children: (parent) => all().filter((child) => needs(child, parent)),
  };
}

/** Instances in these states, by their names. */
export function standingOf(instances: KnownInstances, states: Readonly<Record<string, InstanceState>>): Standing {
  return { instances, stateOf: ({ template: number, index }) => states[instances.nameOf(number, index)] };
}
