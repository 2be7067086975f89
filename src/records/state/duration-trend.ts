/** Stretches of the task list that are told apart. */
const STRETCHES = 32;
/** Durations below this many seconds count as this long: they differ by chance alone. */
const SHORTEST = 0.001;
/** Stretches with tasks that have ended which are needed to tell anything. */
const FEWEST_STRETCHES = 6;
const FEWEST_TASKS = 40;
/** What is thought of the three guesses before there is anything to compare them by. */
const PRIOR = { same: 0.7, latest: 0.15, line: 0.15 };

/** How the tasks to come are thought to differ from those that have ended. */
export interface Outlook {
  /** How many times as long tasks take at a place in the list, from 0 to 1. */
  readonly factorAt: (place: number) => number;
  /** Standard deviation of the logarithm of that. */
  readonly doubt: number;
}

/** A stretch of the list: where its middle is, and the durations of its tasks. */
interface Stretch {
  readonly place: number;
  readonly count: number;
  /** Mean of the logarithms. */
  readonly mean: number;
}

const STEADY: Outlook = { factorAt: () => 1, doubt: 0 };

/**
 * Whether tasks get longer or shorter along the list, as in a list that is sorted. Tasks are taken together in stretches, so
 * that its size is fixed, and taking note of one costs the same at any size.
 */
export class DurationTrend {
  readonly #counts: Float64Array = new Float64Array(STRETCHES);
  readonly #logs: Float64Array = new Float64Array(STRETCHES);
  readonly #squares: Float64Array = new Float64Array(STRETCHES);

  /** @param place of the task in the list, from 0 to 1. */
  add(place: number, seconds: number): void {
    const stretch = Math.min(STRETCHES - 1, Math.max(0, Math.floor(place * STRETCHES)));
    const log = Math.log(Math.max(SHORTEST, seconds));
    this.#counts[stretch] = (this.#counts[stretch] ?? 0) + 1;
    this.#logs[stretch] = (this.#logs[stretch] ?? 0) + log;
    this.#squares[stretch] = (this.#squares[stretch] ?? 0) + log * log;
  }

  /**
   * What the stretches so far let expect of the rest. Three guesses stand against each other: the rest is as all so far; as
   * the latest; or the trend goes on. Each is tried on what is known: what would it have said of the later half, at the time
   * when only the earlier half had ended?
   *
   * @param started share of the list that has been started: tasks beyond it have ended by chance early, or not at all.
   */
  outlook(started: number): Outlook {
    const stretches = this.#stretches(started);
    const tasks = stretches.reduce((sum, { count }) => sum + count, 0);
    if (stretches.length < FEWEST_STRETCHES || tasks < FEWEST_TASKS) return STEADY;
    const variance = this.#variance();
    const half = Math.floor(stretches.length / 2);
    const early = stretches.slice(0, half);
    const late = stretches.slice(half);
    const target = meanOf(late);
    const names = ["same", "latest", "line"] as const;
    const scores = names.map((name) => {
      const guess = guessOf(name, early, target.place);
      const spread = variance * (1 / target.count + guess.leverage) + SLACK;
      const error = target.mean - guess.value;
      return { name, error, weight: (PRIOR[name] * Math.exp((-error * error) / (2 * spread))) / Math.sqrt(spread) };
    });
    const total = scores.reduce((sum, { weight }) => sum + weight, 0);
    if (!(total > 0)) return STEADY;
    const base = meanOf(stretches).mean;
    const reach = (stretches.at(-1)?.place ?? 0) - (stretches[0]?.place ?? 0);
    const centre = meanOf(stretches).place;
    const factorAt = (place: number): number => {
      // Nothing is foretold from farther away than it was seen.
      const near = Math.min(place, centre + reach);
      const value = scores.reduce((sum, { name, weight }) => sum + weight * guessOf(name, stretches, near).value, 0);
      return Math.exp(value / total - base);
    };
    const missed = scores.reduce((sum, { error, weight }) => sum + weight * error * error, 0) / total;
    return { factorAt, doubt: Math.sqrt(missed) };
  }

  #stretches(started: number): Stretch[] {
    const known: Stretch[] = [];
    // The last stretch that was begun is not complete.
    const complete = Math.floor(started * STRETCHES);
    for (let i = 0; i < Math.min(STRETCHES, complete); i++) {
      const count = this.#counts[i] ?? 0;
      if (count > 0) known.push({ place: (i + 0.5) / STRETCHES, count, mean: (this.#logs[i] ?? 0) / count });
    }
    return known;
  }

  /** Of the logarithms, within the stretches. */
  #variance(): number {
    let sum = 0;
    let tasks = 0;
    for (let i = 0; i < STRETCHES; i++) {
      const count = this.#counts[i] ?? 0;
      if (count < 2) continue;
      sum += (this.#squares[i] ?? 0) - (this.#logs[i] ?? 0) ** 2 / count;
      tasks += count - 1;
    }
    return tasks > 0 ? Math.max(0, sum / tasks) : 0;
  }
}

/** Variance of a guess that has other reasons than chance. */
const SLACK = 0.003;

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
  const { place: centre, count, mean } = meanOf(stretches);
  let across = 0;
  let along = 0;
  for (const stretch of stretches) {
    along += stretch.count * (stretch.place - centre) ** 2;
    across += stretch.count * (stretch.place - centre) * (stretch.mean - mean);
  }
  if (along === 0) return levelOf({ place, count, mean });
  return { value: mean + (across / along) * (place - centre), leverage: 1 / count + (place - centre) ** 2 / along };
}

function levelOf({ mean, count }: Stretch): Guess {
  return { value: mean, leverage: 1 / count };
}
