import { numberOf } from "../document/axis-values.ts";
import { dateOf } from "../document/dates.ts";
import type { Axis, AxisType } from "../document/workflow.ts";

/** The values of an axis, by position. Positions stay when it grows. */
export interface Values {
  readonly type: AxisType;
  readonly length: number;
  at(position: number): string;
  /** The position of a value; -1 where it has none. */
  find(value: string): number;
  /** What values are shifted by: a whole number, or the days since 1970-01-01; NaN for other texts. */
  numberAt(position: number): number;
  /** The position of a number; -1 where it has none. */
  findNumber(number: number): number;
}

/** The value of a number: a whole number, or a day since 1970-01-01. */
export function textOf(type: AxisType, number: number): string {
  return type === "date" ? dateOf(number) : String(number);
}

/** The values that an axis has at the beginning. */
export function valuesOf(axis: Axis): Values {
  if (axis.kind === "range") return new RangeValues(axis.type, axis);
  return new ListValues(axis.type, axis.kind === "list" ? axis.values : []);
}

/** Whole numbers or days at even distances: computed, never stored. */
class RangeValues implements Values {
  readonly type: AxisType;
  readonly length: number;
  readonly #from: number;
  readonly #step: number;

  constructor(
    type: AxisType,
    { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
  ) {
    this.type = type;
    this.length = Math.max(0, Math.floor((to - from) / step) + 1);
    this.#from = from;
    this.#step = step;
  }

  at(position: number): string {
    return textOf(this.type, this.numberAt(position));
  }

  find(value: string): number {
    return this.findNumber(numberOf(this.type, value) ?? Number.NaN);
  }

  numberAt(position: number): number {
    return this.#from + position * this.#step;
  }

  findNumber(number: number): number {
    const position = (number - this.#from) / this.#step;
    return Number.isInteger(position) && position >= 0 && position < this.length ? position + 0 : -1;
  }
}

/** Values in the order in which they have come, each once. */
export class ListValues implements Values {
  readonly type: AxisType;
  readonly #values: string[];
  /** Made when it is first wanted: most lists are only read. */
  #positions: Map<string, number> | undefined;

  /** @param values which differ. */
  constructor(type: AxisType, values: readonly string[]) {
    this.type = type;
    this.#values = [...values];
  }

  get length(): number {
    return this.#values.length;
  }

  /** Adds a value at the end, unless it is there. */
  add(value: string): boolean {
    const positions = this.#allPositions();
    if (positions.has(value)) return false;
    positions.set(value, this.#values.length);
    this.#values.push(value);
    return true;
  }

  at(position: number): string {
    return this.#values[position] ?? "";
  }

  find(value: string): number {
    return this.#allPositions().get(value) ?? -1;
  }

  numberAt(position: number): number {
    return numberOf(this.type, this.at(position)) ?? Number.NaN;
  }

  findNumber(number: number): number {
    return this.find(textOf(this.type, number));
  }

  #allPositions(): Map<string, number> {
    this.#positions ??= new Map(this.#values.map((value, position) => [value, position]));
    return this.#positions;
  }
}
