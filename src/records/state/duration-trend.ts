import { DurationHistogram } from "../../domain/duration-histogram.ts";

/** Stretches of the task list that are told apart. */
const STRETCHES = 32;
/** Durations below this many seconds count as this long: they differ by chance alone. */
const SHORTEST = 0.001;
/** Stretches with tasks that have ended which are needed to tell anything. */
const FEWEST_STRETCHES = 6;
const FEWEST_TASKS = 40;
const GUESSES = ["same", "latest", "line", "near"] as const;
/** What is thought of the guesses before there is anything to compare them by. */
const PRIOR = { same: 0.3, latest: 0.15, line: 0.35, near: 0.2 };

/** How the tasks to come are thought to differ from those that have ended. */
export interface Outlook {
  /** How long tasks take that are next in the list. */
  readonly durations: DurationHistogram;
  /** How many times as long tasks take at a place in the list, from 0 to 1. */
  readonly factorAt: (place: number) => number;
  /** Standard deviation of the logarithm of that. */
  readonly doubt: number;
}

/** A running task: its place in the list, and how many seconds it will take, as far as anyone can tell. */
export interface Expected {
  readonly place: number;
  readonly seconds: number;
}

/** A stretch of the list: where its middle is, and the durations of its tasks. */
interface Stretch {
  readonly place: number;
  readonly count: number;
  /** Mean of the logarithms. */
  readonly mean: number;
}

/**
 * Whether tasks get longer or shorter along the list, as in a list that is sorted. Tasks are taken together in stretches, so
 * that its size is fixed, and taking note of one costs the same at any size.
 */
export class DurationTrend {
  readonly #stretches: (DurationHistogram | undefined)[] = Array.from({ length: STRETCHES }, () => undefined);
  readonly #logs: Float64Array = new Float64Array(STRETCHES);
  readonly #squares: Float64Array = new Float64Array(STRETCHES);
  /** All of them. */
  readonly durations: DurationHistogram = new DurationHistogram();
  /** The farthest place from where a task has ended. */
  farthest = 0;

  /** @param place of the task in the list, from 0 to 1. */
  add(place: number, seconds: number): void {
    if (place > this.farthest) this.farthest = place;
    const stretch = stretchOf(place);
    const log = Math.log(Math.max(SHORTEST, seconds));
    (this.#stretches[stretch] ??= new DurationHistogram()).add(seconds);
    this.#logs[stretch] = (this.#logs[stretch] ?? 0) + log;
    this.#squares[stretch] = (this.#squares[stretch] ?? 0) + log * log;
    this.durations.add(seconds);
  }

  /**
   * What the stretches so far let expect of the rest. Four guesses stand against each other: the rest is as all so far; as
   * the latest; the trend of all goes on; or that of the latest. Each is tried on what is known: what would it have said of the later half, at the time
   * when only the earlier half had ended?
   *
   * @param started share of the list that has been started.
   * @param running how long the running tasks will take. Without them the latest stretches would have short tasks only.
   */
  outlook(started: number, running: readonly Expected[]): Outlook {
    const stretches = this.#complete(started, running);
    const tasks = stretches.reduce((sum, { count }) => sum + count, 0);
    const steady = { durations: this.durations, factorAt: () => 1, doubt: 0 };
    if (stretches.length < FEWEST_STRETCHES || tasks < FEWEST_TASKS) return steady;
    const variance = this.#variance();
    const half = Math.floor(stretches.length / 2);
    const early = stretches.slice(0, half);
    const target = meanOf(stretches.slice(half));
    const tried = GUESSES.map((name) => {
      const guess = guessOf(name, early, target.place);
      const spread = variance * (1 / target.count + guess.leverage) + SLACK;
      const error = target.mean - guess.value;
      return { name, error, spread };
    });
    // Where no guess was good, none is believed over the others for being less bad.
    const least = Math.min(...tried.map(({ error, spread }) => Math.max(spread, error * error)));
    const scores = tried.map(({ name, error, spread }) => {
      const all = Math.max(spread, least);
      return { name, error, weight: (PRIOR[name] * Math.exp((-error * error) / (2 * all))) / Math.sqrt(all) };
    });
    const total = scores.reduce((sum, { weight }) => sum + weight, 0);
    if (!(total > 0)) return steady;
    const guess = (place: number): number =>
      scores.reduce((sum, { name, weight }) => sum + weight * guessOf(name, stretches, place).value, 0) / total;
    const last = stretches.at(-1)?.place ?? 0;
    const farthest = last + (last - (stretches[0]?.place ?? 0));
    const base = guess(started);
    // Nothing is foretold from farther away than it was seen.
    const factorAt = (place: number): number => Math.exp(guess(Math.min(place, farthest)) - base);
    const missed = scores.reduce((sum, { error, weight }) => sum + weight * error * error, 0) / total;
    return { durations: this.#asAt(base, levelsOf(stretches, variance)), factorAt, doubt: Math.sqrt(missed) };
  }

  /** All durations as they would be at a place where the logarithms' mean is `base`. */
  #asAt(base: number, levels: readonly Stretch[]): DurationHistogram {
    const moved = new DurationHistogram();
    for (const [i, durations] of this.#stretches.entries()) {
      if (durations === undefined) continue;
      // The nearest that is known.
      const place = placeOf(i);
      const level = levels.reduce((near, other) =>
        Math.abs(other.place - place) < Math.abs(near.place - place) ? other : near,
      );
      const factor = Math.exp(base - level.mean);
      for (const { mean, count } of durations.filled()) moved.add(mean * factor, count);
    }
    return moved;
  }

  #complete(started: number, running: readonly Expected[]): Stretch[] {
    const counts = this.#stretches.map((durations) => durations?.count ?? 0);
    const logs = [...this.#logs];
    for (const { place, seconds } of running) {
      const stretch = stretchOf(place);
      counts[stretch] = (counts[stretch] ?? 0) + 1;
      logs[stretch] = (logs[stretch] ?? 0) + Math.log(Math.max(SHORTEST, seconds));
    }
    const known: Stretch[] = [];
    // The last stretch that was begun is not complete; of some others too many still run.
    for (const [i, count] of counts.entries()) {
      if (i + 1 > started * STRETCHES || (this.#stretches[i]?.count ?? 0) < MOSTLY * count || count === 0) continue;
      known.push({ place: placeOf(i), count, mean: (logs[i] ?? 0) / count });
    }
    return known;
  }

  /** Of the logarithms, within the stretches. */
  #variance(): number {
    let sum = 0;
    let tasks = 0;
    for (let i = 0; i < STRETCHES; i++) {
      const count = this.#stretches[i]?.count ?? 0;
      if (count < 2) continue;
      sum += (this.#squares[i] ?? 0) - (this.#logs[i] ?? 0) ** 2 / count;
      tasks += count - 1;
    }
    return tasks > 0 ? Math.max(0, sum / tasks) : 0;
  }
}

/** How many times what is seen of a trend counts half, from the nearest stretch to the farthest. */
const FADING = 5;
/** Share of the tasks of a stretch that have to have ended for it to tell anything. */
const MOSTLY = 0.7;
/** Variance of a guess that has other reasons than chance. */
const SLACK = 0.003;

/** The stretches without what is chance in their means: the less they differ for other reasons, the closer they are to each other. */
function levelsOf(stretches: readonly Stretch[], variance: number): Stretch[] {
  const { mean, count } = meanOf(stretches);
  const apart = stretches.reduce((sum, stretch) => sum + stretch.count * (stretch.mean - mean) ** 2, 0) / count;
  const chance = (variance * (stretches.length - 1)) / count;
  const real = Math.max(0, apart - 2 * chance);
  return stretches.map((stretch) => {
    const own = real / (real + variance / stretch.count + 1e-12);
    return { ...stretch, mean: mean + own * (stretch.mean - mean) };
  });
}

function stretchOf(place: number): number {
  return Math.min(STRETCHES - 1, Math.max(0, Math.floor(place * STRETCHES)));
}

function placeOf(stretch: number): number {
  return (stretch + 0.5) / STRETCHES;
}

function meanOf(stretches: readonly Stretch[]): Stretch {
  const count = stretches.reduce((sum, stretch) => sum + stretch.count, 0);
  const place = stretches.reduce((sum, stretch) => sum + stretch.count * stretch.place, 0) / count;
  const mean = stretches.reduce((sum, stretch) => sum + stretch.count * stretch.mean, 0) / count;
  return { place, count, mean };
}

/** A guess, and how much of the variance of one task is in it. */
interface Guess {
  readonly value: number;
  readonly leverage: number;
}

function guessOf(name: keyof typeof PRIOR, stretches: readonly Stretch[], place: number): Guess {
  if (name === "same") return levelOf(meanOf(stretches));
  if (name === "latest") return levelOf(meanOf(stretches.slice(-Math.ceil(stretches.length / 3))));
  // A trend is seen in what is near.
  const last = stretches.at(-1)?.place ?? 0;
  const reach = Math.max(last - (stretches[0]?.place ?? 0), 1 / STRETCHES);
  const fades = name === "near" ? FADING : 0;
  const near = stretches.map((stretch) => ({
    ...stretch,
    count: stretch.count * 2 ** ((-fades * (last - stretch.place)) / reach),
  }));
  const { place: centre, count, mean } = meanOf(near);
  let across = 0;
  let along = 0;
  for (const stretch of near) {
    along += stretch.count * (stretch.place - centre) ** 2;
    across += stretch.count * (stretch.place - centre) * (stretch.mean - mean);
  }
  if (along === 0) return levelOf({ place, count, mean });
  return { value: mean + (across / along) * (place - centre), leverage: 1 / count + (place - centre) ** 2 / along };
}

function levelOf({ mean, count }: Stretch): Guess {
  return { value: mean, leverage: 1 / count };
}
