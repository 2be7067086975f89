/** A run whose tasks' durations are known beforehand, in the order of its list. */
export interface Trace {
  readonly name: string;
  readonly slots: number;
  /** Seconds. */
  readonly durations: readonly number[];
}

/** Numbers from 0 to 1 from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
/** A duration of the task that stands at a place of the list, from 0 to 1. */
type Durations = (random: Random, place: number) => number;

interface Shape {
  readonly name: string;
  readonly slots: number;
  readonly tasks: number;
  readonly durations: Durations;
  readonly order?: "ascending" | "descending";
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** @param median in seconds. */
function lognormal(median: number, sigma: number): Durations {
  return (random) => median * Math.exp(sigma * normal(random));
}

/** @param shortest in seconds. */
function pareto(shortest: number, power: number): Durations {
  return (random) => shortest * (1 - random()) ** (-1 / power);
}

function either(share: number, rare: Durations, usual: Durations): Durations {
  return (random, place) => (random() < share ? rare(random, place) : usual(random, place));
}

/** Tasks that become so many times as long from the first to the last. */
function growing(times: number, durations: Durations): Durations {
  return (random, place) => durations(random, place) * times ** place;
}

/** What people run: simulations, fits, conversions, downloads; a few tasks take very much longer than most. */
const SHAPES: readonly Shape[] = [
  { name: "lognormal 1, 4 slots", slots: 4, tasks: 200, durations: lognormal(10, 1) },
  { name: "lognormal 1, 64 slots", slots: 64, tasks: 2000, durations: lognormal(30, 1) },
  { name: "lognormal 1.5, 16 slots", slots: 16, tasks: 1000, durations: lognormal(20, 1.5) },
  { name: "lognormal 1.5, 128 slots", slots: 128, tasks: 1000, durations: lognormal(60, 1.5) },
  { name: "lognormal 2, 32 slots", slots: 32, tasks: 5000, durations: lognormal(5, 2) },
  { name: "lognormal 2, 256 slots", slots: 256, tasks: 20_000, durations: lognormal(20, 2) },
  { name: "Pareto 1.1, 16 slots", slots: 16, tasks: 2000, durations: pareto(3, 1.1) },
  { name: "Pareto 1.5, 8 slots", slots: 8, tasks: 400, durations: pareto(10, 1.5) },
  { name: "Pareto 1.5, 64 slots", slots: 64, tasks: 1000, durations: pareto(10, 1.5) },
  { name: "Pareto 1.5, 256 slots", slots: 256, tasks: 10_000, durations: pareto(10, 1.5) },
  { name: "Pareto 2, 100 slots", slots: 100, tasks: 500, durations: pareto(20, 2) },
  {
    name: "bimodal, 5 % take 60 times as long, 32 slots",
    ...{ slots: 32, tasks: 1000, durations: either(0.05, lognormal(600, 0.3), lognormal(10, 0.3)) },
  },
  {
    name: "bimodal, 1 % take 100 times as long, 64 slots",
    ...{ slots: 64, tasks: 5000, durations: either(0.01, lognormal(1000, 0.5), lognormal(10, 0.5)) },
  },
  {
    name: "a third fails at once, the rest lognormal 1.5, 32 slots",
    ...{ slots: 32, tasks: 1000, durations: either(0.33, lognormal(0.2, 0.3), lognormal(40, 1.5)) },
  },
  { name: "lognormal 1, growing 4 times, 32 slots", slots: 32, tasks: 2000, durations: growing(4, lognormal(10, 1)) },
  { name: "Pareto 2, shrinking 4 times, 32 slots", slots: 32, tasks: 2000, durations: growing(0.25, pareto(20, 2)) },
  { name: "lognormal 1, sorted, 32 slots", slots: 32, tasks: 1000, durations: lognormal(20, 1), order: "ascending" },
  {
    name: "lognormal 1.2, longest first, 32 slots",
    ...{ slots: 32, tasks: 1000, durations: lognormal(20, 1.2), order: "descending" },
  },
  { name: "nearly one wave, Pareto 1.5, 200 slots", slots: 200, tasks: 300, durations: pareto(30, 1.5) },
  { name: "two waves, lognormal 1.2, 128 slots", slots: 128, tasks: 256, durations: lognormal(60, 1.2) },
];

/** Twenty runs. Each seed gives others of the same kinds. */
export function tracesFrom(seed: number): readonly Trace[] {
  return SHAPES.map(({ name, slots, tasks, durations, order }, i) => {
    const random = randomFrom(seed * 1000 + i);
    const list = Array.from({ length: tasks }, (_, task) => durations(random, task / tasks));
    if (order !== undefined) list.sort((a, b) => (order === "ascending" ? a - b : b - a));
    return { name, slots, durations: list };
  });
}
