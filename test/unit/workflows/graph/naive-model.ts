import type { Axis, AxisChoice, Edge, Template, Workflow } from "../../../../src/workflows/document/workflow.ts";

/** Values of an instance by axis. */
export type Values = Readonly<Record<string, string>>;

/** The meaning of a document in nested loops, on values alone. */
export class NaiveModel {
  readonly #workflow: Workflow;
  readonly #values: string[][];

  constructor(workflow: Workflow) {
    this.#workflow = workflow;
    this.#values = workflow.axes.map((axis) => valuesOf(axis));
  }

  add(axis: number, values: readonly string[]): void {
    const all = this.#values[axis] ?? [];
    for (const value of values) if (!all.includes(value)) all.push(value);
  }

  /** All instances of a template. */
  instances({ axes, include, exclude }: Template): Values[] {
    let all: Values[] = [{}];
    for (const axis of axes) {
      const name = this.#workflow.axes[axis]?.name ?? "";
      all = all.flatMap((values) => (this.#values[axis] ?? []).map((value) => ({ ...values, [name]: value })));
    }
    const agree = (values: Values, combination: Values): boolean =>
      Object.entries(combination).every(([name, value]) => values[name] === value);
    const left = all.filter((values) => !exclude.some((combination) => agree(values, combination)));
    for (const combination of include) if (!left.some((values) => agree(values, combination))) left.push(combination);
    return left;
  }

  /** Whether a child needs a parent by way of an edge between their templates. */
  isEdge(edge: Edge, parent: readonly [Template, Values], child: readonly [Template, Values]): boolean {
    const has = (choices: readonly AxisChoice[] | undefined, values: Values): boolean =>
      choices?.every(({ axis, values: some }) => some.includes(values[axis] ?? "")) ?? true;
    if (!has(edge.values, parent[1]) || !has(edge.when, child[1])) return false;
    return edge.match.every(({ axis, childAxis, from, to }) => {
      const [theirs, own] = [parent[1][axis] ?? "", child[1][childAxis] ?? ""];
      if (theirs === own) return from <= 0 && to >= 0;
      if (from === 0 && to === 0) return false;
      const [type, ownType] = [this.#type(parent[0], axis), this.#type(child[0], childAxis)];
      const distance = numberOf(type, theirs) - numberOf(type, own);
      return type === ownType && distance >= from && distance <= to;
    });
  }

  #type(template: Template, axis: string): string {
    const found = template.axes.map((each) => this.#workflow.axes[each]).find((each) => each?.name === axis);
    return found?.type ?? "";
  }
}

function valuesOf(axis: Axis): string[] {
  if (axis.kind === "list") return [...axis.values];
  if (axis.kind !== "range") return [];
  const values: string[] = [];
  const { from, to, step, type } = axis;
  for (let n = from; step > 0 ? n <= to : n >= to; n += step) values.push(type === "date" ? dateOf(n) : String(n));
  return values;
}

/** The date of so many days since 1970-01-01. */
export function dateOf(day: number): string {
  return new Date(Date.UTC(1970, 0, 1 + day)).toISOString().slice(0, 10);
}

function numberOf(type: string, value: string): number {
  if (type === "date") return Date.parse(value) / 86_400_000;
  return type === "int" && /^(?:0|-?[1-9]\d*)$/.test(value) ? Number(value) : Number.NaN;
}
