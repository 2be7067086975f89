import type { Combination } from "../document/workflow.ts";
import { Bits } from "./bits.ts";
import type { GraphAxis } from "./graph-axis.ts";
import type { Dimension } from "./space.ts";
import { namedValue } from "./named-value.ts";
import { ListValues, type Values } from "./values.ts";

/**
 * An axis as one template has it. Combinations that are included may have values that the axis does not have, or not yet: then
 * the template has a list of its own. Values that come later stand behind those that are included.
 */
export class TemplateAxis implements Dimension {
  readonly axis: GraphAxis;
  readonly values: Values;
  readonly #own: ListValues | undefined;
  /** Positions of values that the axis has, in a list of the template's own. */
  readonly #shared = new Bits();

  constructor(axis: GraphAxis, include: readonly Combination[]) {
    this.axis = axis;
    const included = include.flatMap((combination) => namedValue(combination, axis.name) ?? []);
    const extra = included.filter((value) => axis.values.find(value) === -1);
    if (extra.length === 0) {
      this.values = axis.values;
      return;
    }
    const shared = Array.from({ length: axis.values.length }, (_, position) => axis.values.at(position));
    this.values = this.#own = new ListValues(axis.definition.type, shared);
    for (const position of shared.keys()) this.#shared.add(position);
    for (const value of extra) this.#own.add(value);
  }

  get name(): string {
    return this.axis.name;
  }

  get isGrowing(): boolean {
    return this.axis.isGrowing;
  }

  get hasExtra(): boolean {
    return this.#own !== undefined;
  }

  /** The axis itself has the value of this position. */
  isShared(position: number): boolean {
    return this.#own === undefined || this.#shared.has(position);
  }

  /** Positions of the values that the axis itself has; undefined for all. */
  shared(): number[] | undefined {
    if (this.#own === undefined) return undefined;
    return Array.from({ length: this.values.length }, (_, position) => position).filter((each) => this.isShared(each));
  }

  /** The values that the axis itself has. */
  sharedValues(): readonly string[] {
    const { values } = this.axis;
    return Array.from({ length: values.length }, (_, position) => values.at(position));
  }

  /**
   * Takes note of a value that the axis has got.
   *
   * @returns its position, where the template has had the value before.
   */
  take(value: string): number | undefined {
    if (this.#own === undefined) return undefined;
    const isNew = this.#own.add(value);
    const position = this.#own.find(value);
    this.#shared.add(position);
    return isNew ? undefined : position;
  }
}
