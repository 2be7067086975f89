import type { DurationHistogram } from "../../domain/duration-histogram.ts";
import { bottomOf, type DurationTail } from "./duration-tail.ts";

/** The longest tasks of all that have ended are too few to be taken one by one: this share, within these bounds. */
const FEW = { share: 0.01, fewest: 3, most: 10 };
/** Points of the tail for each doubling, and where it is cut off: no task of a run is expected there. */
const TAIL_STEP = 2 ** 0.25;
const TAIL_END = 1e-10;
const MOST_TAIL_POINTS = 160;

/**
 * How long tasks take, as the share of tasks that take longer than a time. Tasks that still run count as what they are: known
 * to take longer than they have (the estimator of Kaplan and Meier). Without them, long tasks would be missing from what has
 * ended. Beyond the longest
 * few, the share falls as the tail that is given.
 */
export class Survival {
  /** Points of a curve that is straight between them. */
  readonly #times: number[] = [0];
  readonly #shares: number[] = [1];
  /** Integrals from 0 to each point: of the share, and of the share times the time. */
  readonly #areas: number[] = [0];
  readonly #moments: number[] = [0];
  /** The share of tasks that take longer than any that has ended. */
  readonly unseen: number;

  /** @param ages how long the tasks that run have run. */
  constructor(ended: DurationHistogram, ages: DurationHistogram, tail: DurationTail) {
    const buckets = [...ended.filled()];
    const running = [...ages.filled()];
    const few = Math.min(FEW.most, Math.max(FEW.fewest, Math.floor(FEW.share * ended.count)));
    // Below its beginning the tail tells nothing: there are tasks of another kind, and of those the bucket may be full.
    const start = Math.max(tail.from, bottomOf(buckets, few));
    let atRisk = ended.count + ages.count;
    let share = 1;
    let next = 0;
    for (const { from, to, count } of buckets) {
      for (let age = running[next]; age !== undefined && age.to <= from; age = running[++next]) atRisk -= age.count;
      const inside = running[next];
      const leaving = inside !== undefined && inside.from === from ? inside.count / 2 : 0;
      const isTail = from >= start;
      if (from > this.#last && !isTail) this.#add(from, share);
      share *= 1 - Math.min(1, count / Math.max(1, atRisk - leaving));
      if (!isTail) this.#add(to, share);
      atRisk -= count;
    }
    this.unseen = share;
    share = this.#shares.at(-1) ?? 1;
    const tailShare = share;
    if (start > this.#last) this.#add(start, share);
    const from = this.#last;
    const before = fallen(tail, from);
    for (let points = 1; points < MOST_TAIL_POINTS && share > TAIL_END; points++) {
      const time = from * TAIL_STEP ** points;
      share = tailShare * Math.exp(before - fallen(tail, time));
      this.#add(time, share);
    }
  }

  /** The share of tasks that take longer than this many seconds. */
  beyond(seconds: number): number {
    if (seconds <= 0) return 1;
    const at = this.#before(seconds);
    const end = this.#times[at + 1];
    const share = this.#shares[at] ?? 0;
    if (end === undefined) return 0;
    const start = this.#times[at] ?? 0;
    return share + (((this.#shares[at + 1] ?? 0) - share) * (seconds - start)) / (end - start);
  }

  /** What tasks take of the first so many seconds after their start, on average. */
  area(seconds: number): number {
    if (seconds <= 0) return 0;
    const at = this.#before(seconds);
    const start = this.#times[at] ?? 0;
    const width = at === this.#times.length - 1 ? 0 : seconds - start;
    return (this.#areas[at] ?? 0) + (width * ((this.#shares[at] ?? 0) + this.beyond(seconds))) / 2;
  }

  /** The mean square of what tasks take of the first so many seconds after their start. */
  squares(seconds: number): number {
    if (seconds <= 0) return 0;
    const at = this.#before(seconds);
    const start = this.#times[at] ?? 0;
    const width = at === this.#times.length - 1 ? 0 : seconds - start;
    const middle = start + width / 2;
    return 2 * ((this.#moments[at] ?? 0) + (width * middle * ((this.#shares[at] ?? 0) + this.beyond(seconds))) / 2);
  }

  /** The time that only this share of tasks take longer than. */
  longerThan(share: number): number {
    let low = 0;
    let high = this.#times.length - 1;
    if (share <= (this.#shares[high] ?? 0)) return this.#last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#shares[middle] ?? 0) > share) low = middle;
      else high = middle;
    }
    const [from = 0, to = from] = [this.#times[low], this.#times[high]];
    const [most = 1, least = most] = [this.#shares[low], this.#shares[high]];
    return most > least ? from + ((to - from) * (most - share)) / (most - least) : to;
  }

  get #last(): number {
    return this.#times.at(-1) ?? 0;
  }

  #add(time: number, share: number): void {
    const from = this.#last;
    const mean = ((this.#shares.at(-1) ?? 1) + share) / 2;
    this.#areas.push((this.#areas.at(-1) ?? 0) + (time - from) * mean);
    this.#moments.push((this.#moments.at(-1) ?? 0) + (time - from) * mean * ((from + time) / 2));
    this.#times.push(time);
    this.#shares.push(share);
  }

  /** Index of the last point at or before this time. */
  #before(seconds: number): number {
    let low = 0;
    let high = this.#times.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) <= seconds) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** Minus the logarithm of the share that takes longer. */
function fallen({ from, slope, bend }: DurationTail, time: number): number {
  const far = Math.max(0, Math.log(time / from));
  return far * (slope + bend * far);
}
