import type { Limit } from "./subjects.ts";

/** A number that was measured. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Smallest and largest value of the repetitions, when there was more than one. */
  readonly range?: readonly [number, number];
}

/** A number that was measured, and what it should be. */
export interface Goal extends Figure {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What one row of the table came to. */
export interface RowResult {
  readonly figures: readonly Figure[];
  readonly goals: readonly Goal[];
}

/** What every row is given. */
export interface Bench {
  /** Fewer tasks and repetitions: to see that everything runs, not to measure. */
  readonly quick: boolean;
  /** An empty folder for this row alone; removed afterwards. */
  readonly folder: string;
  /** GNU parallel is installed. */
  readonly parallel: boolean;
  /** The posix_spawn loop, compiled; undefined without a C compiler. */
  readonly limit: Limit | undefined;
  /** Says what is being done now. */
  readonly note: (text: string) => void;
}

/** One kind of work that is measured. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  readonly measure: (bench: Bench) => Promise<RowResult>;
}

/** Whether the goal is reached. */
export function isMet({ value, atLeast, atMost }: Goal): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}
