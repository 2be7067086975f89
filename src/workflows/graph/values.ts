import type { Axis, AxisType } from "../document/workflow.ts";
import { dayNumber, dayText } from "./day.ts";

/** The values of an axis, by position. Positions stay when it grows. */
export interface Values {
  readonly type: AxisType;
  readonly length: number;
  at(position: number): string;
  /** The position of a value; -1 where it has none. Whole numbers are compared as numbers: `007` is `7`. */
  find(value: string): number;
  /** What is compared and shifted: a whole number, or the days since 1970-01-01; NaN for other texts. */
  numberAt(position: number): number;
  /** The position of a number; -1 where it has none. */
  findNumber(number: number): number;
}

/** The number by which a value is compared and shifted: NaN where it is compared as text. */
export function numberOf(type: AxisType, value: string): number {
  if (type === "date") return dayNumber(value);
  if (type === "string" || !/^[+-]?\d+$/.test(value)) return Number.NaN;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number + 0 : Number.NaN;
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
    const number = this.numberAt(position);
    return this.type === "date" ? dayText(number) : String(number);
  }

  find(value: string): number {
    return this.findNumber(numberOf(this.type, value));
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
  readonly #values: string[] = [];
  /** By number where they are compared so, else by text. Made when it is first wanted: most lists are only read. */
  #positions: Map<string | number, number> | undefined;

  constructor(type: AxisType, values: readonly string[]) {
    this.type = type;
    // Texts of a document differ already; numbers of the same value may be written in two ways.
    if (type === "string") this.#values = [...values];
    else for (const value of values) this.add(value);
  }

  get length(): number {
    return this.#values.length;
  }

  /** Adds a value at the end, unless it is there. */
  add(value: string): boolean {
    const positions = this.#allPositions();
    const key = this.#keyOf(value);
    if (positions.has(key)) return false;
    positions.set(key, this.#values.length);
    this.#values.push(value);
    return true;
  }

  at(position: number): string {
    return this.#values[position] ?? "";
  }

  find(value: string): number {
    return this.#allPositions().get(this.#keyOf(value)) ?? -1;
  }

  numberAt(position: number): number {
    return numberOf(this.type, this.at(position));
  }

  findNumber(number: number): number {
    return this.#allPositions().get(number) ?? -1;
  }

  #allPositions(): Map<string | number, number> {
    if (this.#positions === undefined) {
      this.#positions = new Map();
      for (const [position, value] of this.#values.entries()) this.#positions.set(this.#keyOf(value), position);
    }
    return this.#positions;
  }

  #keyOf(value: string): string | number {
    const number = numberOf(this.type, value);
    return Number.isNaN(number) ? value : number;
  }
}
