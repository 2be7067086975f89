import { DurationHistogram } from "../../domain/duration-histogram.ts";
import type { Estimate } from "../../domain/watch.ts";
import type { DurationTrend } from "./duration-trend.ts";
import { tailsOf } from "./duration-tail.ts";
import { Forecast, LONGEST } from "./forecast.ts";
import { Survival } from "./survival.ts";

/** What an estimate rests on. */
export interface EstimateBasis {
  /** Unix time in seconds. */
  readonly now: number;
  /** Tasks that have not been started. */
  readonly waiting: number;
  /** Slots there are now. */
  readonly slots: number;
  /** How long the tasks took that have ended, along the list. */
  readonly ended: DurationTrend;
  /** The running tasks. */
  readonly running: Iterable<RunningShare>;
  /** Share of the slots' time that is spent in tasks while there are tasks to start, from 0 to 1. */
  readonly busy: number;
}

/** A running task: where it stands in the list, from 0 to 1, and for how many seconds it has run. */
export interface RunningShare {
  readonly place: number;
  readonly age: number;
}

/** Fewer tasks that have ended tell nothing. */
const FEWEST_ENDED = 3;
/** Nothing is told while the longest times that were seen, and more, are those of this share of tasks. */
const MOST_UNSEEN = 0.5;
/** The run ends within the range with four chances in five. */
const CHANCE = 0.8;
/** Times at which the chances are looked at. */
const POINTS = 40;
/** Cases that are looked at: the less likely ones would cost more than they tell. */
const MOST_CASES = 6;

/**
 * When the run will have ended. It goes through two times. While tasks wait, all slots are busy: the time that takes follows
 * from the work. Then the last tasks run out, and the longest decides. A running task has as much before it as tasks of its age
 * have, as a rule: the more, the longer it has run, where durations are spread widely.
 *
 * @returns undefined when too little is known, or there is no end in sight.
 */
export function estimateEnd(basis: EstimateBasis): Estimate | undefined {
  const { now, waiting, slots, ended } = basis;
  const running = [...basis.running];
  const started = Math.min(
    1,
    running.reduce((far, { place }) => Math.max(far, place), ended.farthest),
  );
  const ages = new DurationHistogram();
  for (const { age } of running) ages.add(age);
  if (waiting <= 0 && ages.count === 0) return { earliest: now, latest: now, slow: 0 };
  if (ended.durations.count < FEWEST_ENDED || (waiting > 0 && slots <= 0)) return undefined;
  const rough = survivals(ended.durations, ages)[0]?.survival;
  if (rough === undefined) return undefined;
  if (waiting > 0 && rough.unseen > MOST_UNSEEN) return undefined;
  const outlook = ended.outlook(
    started,
    running.map(({ place, age }) => ({ place, seconds: rough.longerThan(rough.beyond(age) / 2) })),
  );
  const forecasts = survivals(outlook.durations, ages).map(({ survival, weight }) => ({
    forecast: new Forecast({ waiting, started, slots, busy: basis.busy, ages }, outlook, survival),
    weight,
  }));
  const [early, late] = rangeOf(forecasts);
  if (!(late < LONGEST)) return undefined;
  return { earliest: now + early, latest: now + late, slow: forecasts[0]?.forecast.slow ?? 0 };
}

/** The shortest time, from and to so many seconds from now, in which the run ends with the chance that is wanted. */
function rangeOf(forecasts: readonly Weighed[]): readonly [number, number] {
  const spare = 1 - CHANCE;
  const first = Math.min(...forecasts.map(({ forecast }) => forecast.quantile(spare / 20)));
  const last = Math.max(...forecasts.map(({ forecast }) => forecast.quantile(1 - spare / 20)), first * 1.0001);
  const times = Array.from({ length: POINTS + 1 }, (_, i) => first * (last / first) ** (i / POINTS));
  const chances = times.map((time) => average(forecasts, (forecast) => forecast.chance(time)));
  let best: readonly [number, number] = [first, last];
  let end = 0;
  for (const [i, from] of times.entries()) {
    const wanted = (chances[i] ?? 0) + CHANCE;
    while (end <= POINTS && (chances[end] ?? 1) < wanted) end++;
    if (end > POINTS) break;
    const [low = 0, high = 1] = [chances[end - 1], chances[end]];
    const [before = first, after = first] = [times[end - 1], times[end]];
    const to = high > low ? before + ((after - before) * (wanted - low)) / (high - low) : after;
    if (to - from < best[1] - best[0]) best = [from, to];
  }
  const step = average(forecasts, (forecast) => forecast.step);
  if (step === 0) return best;
  const inStep = forecasts.flatMap(({ forecast }) => forecast.inStep);
  const mix = (together: number, apart: number): number => step * together + (1 - step) * apart;
  return [mix(Math.min(...inStep), best[0]), mix(Math.max(...inStep), best[1])];
}

interface Weighed {
  readonly forecast: Forecast;
  readonly weight: number;
}

function average(forecasts: readonly Weighed[], value: (forecast: Forecast) => number): number {
  const total = forecasts.reduce((sum, { weight }) => sum + weight, 0);
  return forecasts.reduce((sum, { forecast, weight }) => sum + weight * value(forecast), 0) / total;
}

/** What may be true of the durations: the cases differ in the longest tasks. The likeliest comes first. */
function survivals(ended: DurationHistogram, ages: DurationHistogram) {
  const tails = tailsOf([...ended.filled()], [...ages.filled()], ended.count).toSorted((a, b) => b.weight - a.weight);
  return tails.slice(0, MOST_CASES).map((tail) => ({ survival: new Survival(ended, ages, tail), weight: tail.weight }));
}
