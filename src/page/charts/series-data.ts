/** What a chart draws of a series, and what its table and legend say. Pure. */

import type { SeriesDocument } from "../../web/api/answers.ts";

/** A series as a chart draws it: one value of each line for each time. */
export interface ChartData {
  /** Where each step begins: Unix times. */
  readonly times: readonly number[];
  readonly step: number;
  readonly lines: readonly ChartLine[];
}

export interface ChartLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** Tasks in a step become tasks a second; all else stays. The step that is under way would look like a fall: it is left out. */
export function chartData({ metric, from, step, lines }: SeriesDocument, until: number): ChartData {
  const whole = Math.floor((until - from) / step + 1e-6);
  const all = lines[0]?.values.length ?? 0;
  const count = Math.max(Math.min(all, 1), Math.min(all, whole));
  const factor = metric === "outcomes" || metric === "failures" ? 1 / step : 1;
  return {
    times: Array.from({ length: count }, (_, i) => from + i * step),
    step,
    lines: lines.map(({ name, values }) => ({
      name,
      values: values.slice(0, count).map((value) => (value === null ? null : value * factor)),
    })),
  };
}

/** Lines on top of each other: each becomes the sum of those up to it. What is not known counts as nothing. */
export function stacked(lines: readonly ChartLine[]): ChartLine[] {
  let below: readonly number[] = [];
  return lines.map(({ name, values }) => {
    below = values.map((value, i) => (value ?? 0) + (below[i] ?? 0));
    return { name, values: below };
  });
}

/** Lines of which something can be seen. `keep`: lines that are shown in any case. */
export function tellingLines(lines: readonly ChartLine[], keep: readonly string[]): ChartLine[] {
  return lines.filter(
    ({ name, values }) => keep.includes(name) || values.some((value) => value !== null && value !== 0),
  );
}

/** Rows of a table, at most so many: neighbours become one row with their mean. */
export function tableRows({ times, step, lines }: ChartData, most: number): TableRow[] {
  const each = Math.max(1, Math.ceil(times.length / most));
  const rows: TableRow[] = [];
  for (let first = 0; first < times.length; first += each) {
    const end = Math.min(times.length, first + each);
    const from = times[first] ?? 0;
    rows.push({ from, to: from + step * (end - first), values: lines.map(({ values }) => meanOf(values, first, end)) });
  }
  return rows;
}

export interface TableRow {
  readonly from: number;
  readonly to: number;
  /** One for each line; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

function meanOf(values: readonly (number | null)[], first: number, end: number): number | null {
  let sum = 0;
  let count = 0;
  for (let i = first; i < end; i++) {
    const value = values[i] ?? null;
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** Which step a time is in; the nearest one when it is in none. -1 when there are no steps. */
export function stepAt({ times, step }: Pick<ChartData, "times" | "step">, at: number): number {
  const first = times[0];
  if (first === undefined) return -1;
  return Math.max(0, Math.min(times.length - 1, Math.floor((at - first) / step + 1e-9)));
}
