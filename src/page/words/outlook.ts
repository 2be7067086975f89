/** How a run does now, made of its latest steps. */

import type { RunView, Series } from "../../domain/watch.ts";

/** Steps of a picture in a line. */
const STEPS = 30;

/** How a run does: rates in tasks a second, shares from 0 to 1. The newest stands last. Undefined where too little is known. */
export interface Outlook {
  readonly rate: number | undefined;
  readonly rates: readonly number[];
  readonly busy: number | undefined;
  readonly shares: readonly number[];
  readonly failing: readonly number[];
  /** Seconds of a step. */
  readonly step: number;
}

/** The step that is under way tells too little: the one before it is the newest that counts. */
export function outlookOf(view: RunView): Outlook {
  const series = chosenSeries(view);
  if (series === undefined) return { rate: undefined, rates: [], busy: undefined, shares: [], failing: [], step: 1 };
  const { step } = series;
  const end = series.busy.length > 1 ? -1 : series.busy.length;
  const newest = <T>(values: readonly T[]): T[] => values.slice(0, end).slice(-STEPS);
  const rates = newest(series.succeeded.map((n, i) => (n + (series.failed[i] ?? 0)) / step));
  const shares = newest(
    series.busy.map((seconds, i) => Math.min(1, seconds / Math.max(series.offered[i] ?? 0, Number.EPSILON))),
  );
  const failing = newest(series.failed.map((n) => n / step));
  return { rate: rates.at(-1), rates, busy: shares.at(-1), shares, failing, step };
}

/** The coarsest series that the run has been long enough for to fill most of a picture. */
function chosenSeries({ series, now, started, ended }: RunView): Series | undefined {
  const span = (ended ?? now) - started;
  return series.findLast(({ step }) => step * STEPS * 0.5 <= span) ?? series[0];
}

/** How busy the slots have been so far, from 0 to 1. Tasks that still run do not count. */
export function busySoFar({ slots }: RunView): number | undefined {
  return slots.offeredSeconds <= 0 ? undefined : Math.min(1, slots.busySeconds / slots.offeredSeconds);
}
