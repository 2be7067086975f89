import type { DurationBucket } from "../../domain/duration-histogram.ts";

/**
 * How rare long tasks get: of those that take longer than `from` seconds, the share exp(-(slope L + bend L²)) takes longer than
 * e^L times as much. Without a bend that is a power of time, the heaviest tail there is; with one it is as of a lognormal.
 */
export interface DurationTail {
  readonly from: number;
  readonly slope: number;
  readonly bend: number;
  /** How likely it is, among its like. */
  readonly weight: number;
}

/** The tail is seen in this share of all that have ended, within these bounds. */
const SEEN = { share: 0.12, fewest: 8, most: 400 };
/** Bends that are tried, in slopes squared. Each is as likely as the others beforehand. */
const SHAPES = [0, 0.06, 0.2, 0.7, 3, 12] as const;
/** Shapes below this are as good as straight, and the least slope of a bent one. */
const BENT = { from: 0.1, least: 0.1 };
/** What is assumed of a tail beforehand, as if so many tasks had shown it; and the least slope of one without a bend: heavier, and its mean would have no end. */
const USUAL = { slope: 2, weight: 1, least: 1.4 };
/** The least bend: as of a lognormal whose logarithms have a standard deviation of 5. */
const LEAST_BEND = 0.03;
/** No task takes as long as what is in between, which is this much in logarithms, and some take longer: those are of another kind. */
const GAP = { width: Math.log(2.5), beyond: 5 };
/** The slope may be as much less or more as few tasks tell: equally likely cases, in standard deviations. */
const LEANS = [-1.2, 0, 1.2] as const;
/** With more than this many tasks it is exact enough. */
const EXACT = 150;
/** Cases that are less likely than this are left out. */
const UNLIKELY = 0.06;

/** Tails that agree with what was seen: the more likely, the more weight. */
export function tailsOf(
  ended: readonly DurationBucket[],
  running: readonly DurationBucket[],
  count: number,
): DurationTail[] {
  const wanted = Math.min(SEEN.most, Math.max(SEEN.fewest, Math.floor(SEEN.share * count)));
  const from = Math.max(bottomOf(ended, wanted), endOfGap(ended, running));
  if (from <= 0) return [{ from: 1e-3, slope: USUAL.slope, bend: 0, weight: 1 }];
  const events = beyond(ended, from);
  const all = [...events, ...beyond(running, from)];
  const known = events.reduce((sum, [, tasks]) => sum + tasks, 0);
  const fits = SHAPES.map((shape) => ({ ...fitted(events, all, shape), shape }));
  const best = Math.max(...fits.map(({ likelihood }) => likelihood));
  const weighed = fits.map((fit) => ({ ...fit, weight: Math.exp(fit.likelihood - best) }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const leans = known > EXACT ? [0] : LEANS;
  return weighed
    .filter(({ weight }) => weight >= UNLIKELY * total)
    .flatMap(({ slope, shape, weight }) =>
      leans.map((lean) => {
        const leant = Math.max(
          shape < BENT.from ? USUAL.least : BENT.least,
          slope * Math.exp(lean / Math.sqrt(known + USUAL.weight)),
        );
        return { from, slope: leant, bend: Math.max(LEAST_BEND, shape * leant * leant), weight };
      }),
    );
}

/** Where the bucket begins that has the last of the so many longest tasks. */
export function bottomOf(buckets: readonly DurationBucket[], tasks: number): number {
  let seen = 0;
  for (const bucket of buckets.toReversed()) {
    seen += bucket.count;
    if (seen >= tasks) return bucket.from;
  }
  return buckets[0]?.from ?? 0;
}

/** Where the long tasks begin that are of another kind than the rest; 0 when there are none. */
function endOfGap(ended: readonly DurationBucket[], running: readonly DurationBucket[]): number {
  let end = 0;
  let beyondGap = 0;
  for (let i = ended.length - 1; i > 0 && end === 0; i--) {
    const [above, below] = [ended[i], ended[i - 1]];
    if (above === undefined || below === undefined) break;
    beyondGap += above.count;
    const longer = running.reduce((sum, { mean, count }) => (mean > below.to ? sum + count : sum), 0);
    if (Math.log(above.from / Math.max(below.to, 1e-3)) >= GAP.width && beyondGap + longer >= GAP.beyond)
      end = above.from;
  }
  return end;
}

/** How far tasks are beyond, in logarithms, and how many are there. */
function beyond(buckets: readonly DurationBucket[], from: number): (readonly [number, number])[] {
  return buckets.filter(({ mean }) => mean > from).map(({ mean, count }) => [Math.log(mean / from), count] as const);
}

/** The slope that makes most likely what was seen, where the bend is so many slopes squared. */
function fitted(
  events: readonly (readonly [number, number])[],
  all: readonly (readonly [number, number])[],
  shape: number,
): { readonly slope: number; readonly likelihood: number } {
  const prior = USUAL.weight / USUAL.slope;
  const logLikelihood = (slope: number): number => {
    let sum = USUAL.weight * Math.log(slope) - slope * prior;
    for (const [far, tasks] of events) sum += tasks * Math.log(slope * (1 + 2 * shape * slope * far));
    for (const [far, tasks] of all) sum -= tasks * slope * far * (1 + shape * slope * far);
    return sum;
  };
  // It has one top: the golden section finds it.
  let low = Math.log(0.02);
  let high = Math.log(200);
  while (high - low > 0.02) {
    const third = (high - low) / 3;
    if (logLikelihood(Math.exp(low + third)) < logLikelihood(Math.exp(high - third))) low += third;
    else high -= third;
  }
  const slope = Math.exp((low + high) / 2);
  return { slope, likelihood: logLikelihood(slope) };
}
