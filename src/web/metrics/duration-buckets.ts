import type { DurationHistogram } from "../../domain/duration-histogram.ts";

/** Powers of two, in seconds, that buckets end at: from 8 ms to a day and a half. Histograms of durations have edges there. */
const FIRST_POWER = -7;
const LAST_POWER = 17;

/** Where the buckets end, in seconds, the last one without an end. */
export const BUCKET_ENDS: readonly number[] = [
  ...Array.from({ length: LAST_POWER - FIRST_POWER + 1 }, (_, at) => 2 ** (FIRST_POWER + at)),
  Infinity,
];

/** Tasks that took as long as a bucket says, or less; and the seconds of all. */
export interface Durations {
  /** One for each of `BUCKET_ENDS`. */
  readonly cumulated: readonly number[];
  readonly sum: number;
}

/** Adds up histograms. The cost grows with them, and not with tasks. */
export function durationsOf(histograms: Iterable<DurationHistogram>): Durations {
  const counts = BUCKET_ENDS.map(() => 0);
  let sum = 0;
  for (const histogram of histograms) {
    sum += histogram.total;
    for (const { to, count } of histogram.filled()) {
      const at = Math.min(BUCKET_ENDS.length - 1, Math.max(0, Math.ceil(Math.log2(to)) - FIRST_POWER));
      counts[at] = (counts[at] ?? 0) + count;
    }
  }
  let all = 0;
  return { cumulated: counts.map((count) => (all += count)), sum };
}
