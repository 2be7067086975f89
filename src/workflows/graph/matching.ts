import { numberOf } from "../document/axis-values.ts";
import type { AxisMatch, AxisType, Edge } from "../document/workflow.ts";
import type { TemplateAxis } from "./template-axis.ts";
import type { TemplateInstances } from "./template-instances.ts";
import { textOf, type Values } from "./values.ts";

/**
 * Which values of a child's axis go with which of the parent's: those whose distance is within bounds. Both directions are
 * computed from these bounds.
 */
export class Matching {
  readonly parentDimension: number;
  readonly childDimension: number;
  readonly parentAxis: TemplateAxis;
  readonly childAxis: TemplateAxis;
  /** From the child's value to the first and last of the parent's. */
  readonly #from: number;
  readonly #to: number;

  constructor(
    { from, to }: AxisMatch,
    parent: readonly [number, TemplateAxis],
    child: readonly [number, TemplateAxis],
  ) {
    [this.parentDimension, this.parentAxis] = parent;
    [this.childDimension, this.childAxis] = child;
    this.#from = from;
    this.#to = to;
  }

  /** Those of an edge, in the order of the parent's axes. */
  static all({ match }: Edge, parents: TemplateInstances, children: TemplateInstances): readonly Matching[] {
    if (match.length === 0) return NONE;
    const all = match.map((axisMatch) => {
      const ofParent = parents.dimensionOf(axisMatch.axis);
      const ofChild = children.dimensionOf(axisMatch.childAxis);
      const parentAxis = parents.axes[ofParent];
      const childAxis = children.axes[ofChild];
      if (parentAxis === undefined || childAxis === undefined) {
        const where = `from ${children.template.name} to ${parents.template.name}`;
        throw new Error(
          `the edge ${where} matches axes that they do not have: ${axisMatch.axis}, ${axisMatch.childAxis}`,
        );
      }
      return new Matching(axisMatch, [ofParent, parentAxis], [ofChild, childAxis]);
    });
    return all.toSorted((a, b) => a.parentDimension - b.parentDimension);
  }

  /** A child's value may go with several values of the parent. */
  get isWindow(): boolean {
    return this.#from !== this.#to;
  }

  /** The parent's position for a child's position; -1 where there is none. Not for windows. */
  parentOf(childPosition: number): number {
    const { values } = this.childAxis;
    return counterpart(values, childPosition, this.#from, this.parentAxis.values);
  }

  /** The parent's values for some of a child's; undefined for any. @param isCircular any value may come to be needed by way of a shift. */
  parentValues(values: readonly string[] | undefined, isCircular: boolean): readonly string[] | undefined {
    if (this.#from === 0 && this.#to === 0) return values;
    if (isCircular) return undefined;
    return shifted(values, this.childAxis.values.type, [this.#from, this.#to], this.parentAxis.values.type);
  }

  /** The child's values for some of a parent's; undefined for any. */
  childValues(values: readonly string[] | undefined, isCircular: boolean): readonly string[] | undefined {
    if (this.#from === 0 && this.#to === 0) return values;
    if (isCircular) return undefined;
    return shifted(values, this.parentAxis.values.type, [-this.#to, -this.#from], this.childAxis.values.type);
  }

  /** Values that go with a child's may still come to the parent's axis, and bring more parents. */
  mayGrow(childPosition: number): boolean {
    if (this.parentAxis.axis.isClosed) return false;
    const found = this.parentsOf(childPosition).filter((position) => this.parentAxis.isShared(position));
    return found.length <= this.#to - this.#from;
  }

  /** The parent's positions for a child's position. */
  parentsOf(childPosition: number): number[] {
    return counterparts(this.childAxis.values, childPosition, [this.#from, this.#to], this.parentAxis.values);
  }

  /** The child's positions for a parent's position. */
  childrenOf(parentPosition: number): number[] {
    return counterparts(this.parentAxis.values, parentPosition, [-this.#to, -this.#from], this.childAxis.values);
  }
}

const NONE: readonly Matching[] = [];

/** Values at these steps from others: undefined for any, where they are too many to be named. */
function shifted(
  values: readonly string[] | undefined,
  of: AxisType,
  [first, last]: readonly [number, number],
  to: AxisType,
): readonly string[] | undefined {
  if (values === undefined || (last - first + 1) * values.length > MOST_NAMED) return undefined;
  const all = new Set(first <= 0 && last >= 0 ? values : []);
  for (const value of of === to ? values : []) {
    const number = numberOf(of, value);
    if (number === undefined) continue;
    for (let shift = first; shift <= last; shift++) all.add(textOf(to, number + shift));
  }
  return [...all];
}

/** Values that are named one by one. */
const MOST_NAMED = 100_000;

/** The position of the value that is `shift` steps away; -1 where there is none. Without a shift it is the same text. */
function counterpart(of: Values, position: number, shift: number, among: Values): number {
  if (shift === 0) return of === among ? position : among.find(of.at(position));
  if (of.type !== among.type) return -1;
  const number = of.numberAt(position);
  return Number.isNaN(number) ? -1 : among.findNumber(number + shift);
}

function counterparts(of: Values, position: number, [first, last]: readonly [number, number], among: Values): number[] {
  const found: number[] = [];
  if (last - first < among.length) {
    for (let shift = first; shift <= last; shift++) {
      const other = counterpart(of, position, shift, among);
      if (other !== -1) found.push(other);
    }
    return found;
  }
  // More distances than values: each value is looked at.
  for (let other = 0; other < among.length; other++) {
    const distance = distanceOf(of, position, among, other);
    if (distance >= first && distance <= last) found.push(other);
  }
  return found;
}

/** Steps from one value to another: NaN where they cannot be counted. */
function distanceOf(of: Values, position: number, among: Values, other: number): number {
  if (of.at(position) === among.at(other)) return 0;
  return of.type === among.type ? among.numberAt(other) - of.numberAt(position) : Number.NaN;
}
