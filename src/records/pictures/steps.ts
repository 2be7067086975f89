import type { PicturedRun } from "./pictured-run.ts";

/** What part of a run is asked for, at which resolution. Whatever is missing or no number is chosen so that all of the run is shown. */
export interface Range {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly points?: number | undefined;
}

/** Steps of a line, at most, and as many as there are unless somebody wants another number. */
export const MOST_POINTS = 2000;
const USUAL_POINTS = 600;

/** Seconds; nothing is shown at a finer scale, nor after the year 5138. */
const SHORTEST = 0.001;
const LATEST = 1e11;

/** A stretch of time in steps of the same length. */
export interface Steps {
  readonly from: number;
  readonly to: number;
  readonly points: number;
  /** Seconds; more than 0. */
  readonly step: number;
}

/** The steps that somebody asks for, whatever the numbers are. @param most points at most. */
export function stepsOf(run: Pick<PicturedRun, "started" | "until">, range: Range, most = MOST_POINTS): Steps {
  const [started, until] = [timeOr(run.started, 0), timeOr(run.until, 0)];
  const ends = [timeOr(range.from, started), timeOr(range.to, Math.max(started, until))];
  const from = Math.min(...ends);
  const to = Math.max(...ends, from + SHORTEST);
  const points = Math.max(1, Math.min(Math.floor(numberOr(range.points, USUAL_POINTS)), most));
  return { from, to, points, step: (to - from) / points };
}

/** The step that a time is in; -1 for a time in none. The very end belongs to the last one. */
export function stepAt({ from, to, points, step }: Steps, time: number): number {
  if (!(time >= from && time <= to)) return -1;
  return Math.min(points - 1, Math.floor((time - from) / step));
}

function timeOr(time: number | undefined, other: number): number {
  return Math.max(0, Math.min(numberOr(time, other), LATEST));
}

function numberOr(number: number | undefined, other: number): number {
  return number === undefined || Number.isNaN(number) ? other : number;
}
