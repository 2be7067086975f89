/** Buckets for each doubling: a quantile is exact to 4.5 % either way. */
const PER_DOUBLING = 8;
/** The shortest duration that has a bucket of its own, in seconds: 2^-10, about a millisecond. */
const SHORTEST_POWER = -10;
/** The longest, 2^24 s: more than half a year. */
const LONGEST_POWER = 24;

/** Number of buckets; the first and the last hold what is beyond. */
const BUCKETS = (LONGEST_POWER - SHORTEST_POWER) * PER_DOUBLING;

/** Tasks of about the same length. Times are seconds. */
export interface DurationBucket {
  /** Where the bucket begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Tasks in it. */
  readonly count: number;
  /** Mean of the durations of those tasks. */
  readonly mean: number;
}

/** How long tasks took, in buckets whose widths grow with the durations. Taking note of one costs the same at any size. */
export class DurationHistogram {
  readonly #buckets: Float64Array = new Float64Array(BUCKETS);
  /** Seconds of the tasks in each bucket. */
  readonly #totals: Float64Array = new Float64Array(BUCKETS);
  count = 0;
  /** Seconds. */
  total = 0;
  longest = 0;

  /** @param seconds what is below 0, as by a clock that was set back, counts as 0. @param tasks that took this long. */
  add(seconds: number, tasks = 1): void {
    const duration = seconds > 0 ? seconds : 0;
    const bucket = bucketOf(duration);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + tasks;
    this.#totals[bucket] = (this.#totals[bucket] ?? 0) + duration * tasks;
    this.count += tasks;
    this.total += duration * tasks;
    if (duration > this.longest) this.longest = duration;
  }

  /** The duration that this share of tasks did not exceed, in seconds; 0 when there are none. @param share from 0 to 1. */
  quantile(share: number): number {
    if (this.count === 0) return 0;
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (const [bucket, tasks] of this.#buckets.entries()) {
      seen += tasks;
      if (seen >= wanted) return Math.min(middleOf(bucket), this.longest);
    }
    return this.longest;
  }

  /** The tasks here that are not among these, which are all here. The longest of them is not known: it is the longest of all. */
  without(these: DurationHistogram): DurationHistogram {
    const others = new DurationHistogram();
    for (const [bucket, tasks] of this.#buckets.entries()) {
      others.#buckets[bucket] = tasks - (these.#buckets[bucket] ?? 0);
      others.#totals[bucket] = (this.#totals[bucket] ?? 0) - (these.#totals[bucket] ?? 0);
    }
    others.count = this.count - these.count;
    others.total = this.total - these.total;
    others.longest = this.longest;
    return others;
  }

  /** Buckets that are not empty, from the shortest durations to the longest. */
  *filled(): Generator<DurationBucket> {
    for (const [bucket, count] of this.#buckets.entries()) {
      if (count === 0) continue;
      const mean = (this.#totals[bucket] ?? 0) / count;
      yield { from: bucket === 0 ? 0 : edgeOf(bucket), to: edgeOf(bucket + 1), count, mean };
    }
  }
}

function bucketOf(seconds: number): number {
  if (seconds <= 0) return 0;
  const bucket = Math.floor((Math.log2(seconds) - SHORTEST_POWER) * PER_DOUBLING);
  return Math.min(BUCKETS - 1, Math.max(0, bucket));
}

function edgeOf(bucket: number): number {
  return 2 ** (SHORTEST_POWER + bucket / PER_DOUBLING);
}

/** The geometric middle. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : edgeOf(bucket + 0.5);
}
