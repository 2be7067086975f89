import type { Axis } from "../document/workflow.ts";
import { GraphAxis } from "./graph-axis.ts";

const NONE: readonly number[] = [];

/** All axes of a graph, with who has them and who makes their values. */
export class GraphAxes {
  readonly #axes: GraphAxis[] = [];
  /** For each axis, the templates that have it. */
  readonly #users: number[][] = [];
  /** For each template by name, the axes whose values it makes. */
  readonly #madeBy = new Map<string, number[]>();

  get count(): number {
    return this.#axes.length;
  }

  at(number: number): GraphAxis {
    const axis = this.#axes[number];
    if (axis === undefined) throw new Error(`no axis has the number ${number}`);
    return axis;
  }

  /** Templates that have an axis. */
  usersOf(number: number): readonly number[] {
    return this.#users[number] ?? NONE;
  }

  /** Axes whose values a template makes. */
  madeBy(name: string): readonly number[] {
    return this.#madeBy.get(name) ?? NONE;
  }

  /** These, and others behind them that are not added. */
  with(definitions: readonly Axis[]): readonly GraphAxis[] {
    return [...this.#axes, ...definitions.map((axis, i) => new GraphAxis(this.#axes.length + i, axis))];
  }

  add(axis: GraphAxis): void {
    this.#axes.push(axis);
    this.#users.push([]);
    if (axis.definition.kind !== "generated") return;
    const made = this.#madeBy.get(axis.definition.by);
    if (made === undefined) this.#madeBy.set(axis.definition.by, [axis.number]);
    else made.push(axis.number);
  }

  /** A template has an axis. */
  use(number: number, template: number): void {
    this.#users[number]?.push(template);
  }
}
