import type { DurationHistogram } from "../../domain/duration-histogram.ts";
import type { Outlook } from "./duration-trend.ts";
import type { Survival } from "./survival.ts";

/** After a year an estimate is no news. */
export const LONGEST = 366 * 86_400;
/** Equally likely values of a normal distribution. */
const NORMAL = [-1.4, -0.53, 0, 0.53, 1.4] as const;
/** Pieces of the rest of the list that may differ in how long tasks take. */
const PIECES = 4;
/** A running task this many times as old as the longest that has ended shows that tasks differ. */
const LATE = 1.1;
/** How exact the ends of what is looked at have to be, as a share. */
const PRECISION = 0.05;
/** Tasks are slow when only this share takes longer. */
const SLOW_SHARE = 0.02;
/** Slots whose tasks differ by more than this share of a task, summed up, are out of step with each other. */
const OUT_OF_STEP = 0.4;
/** Steps of a search by halves. */
const HALVINGS = 40;

/** What is left to do, and by how many. */
export interface Work {
  /** Tasks that have not been started, and the place in the list from which on they stand: 0 to 1. */
  readonly waiting: number;
  readonly started: number;
  readonly slots: number;
  /** Share of the slots' time that is spent in tasks while there are tasks to start, from 0 to 1. */
  readonly busy: number;
  /** How long the running tasks have run. */
  readonly ages: DurationHistogram;
}

/** A piece of the list that waits: its tasks, how long they take in comparison, and which share of the way it is on slots. */
interface Piece {
  readonly tasks: number;
  readonly factor: number;
  readonly from: number;
  readonly to: number;
}

/** Chances of the end, in seconds from now. */
export class Forecast {
  readonly #survival: Survival;
  readonly #ages: readonly { readonly age: number; readonly count: number; readonly beyond: number }[];
  readonly #waiting: number;
  readonly #slots: number;
  readonly #pieces: readonly Piece[];
  /** When the last task starts, in a few equally likely cases. */
  readonly #lastStarts: readonly number[];
  /** The end, if all slots were in step, in the same cases; and how much they are: 0 to 1. */
  readonly inStep: readonly number[];
  readonly step: number;
  /** Tasks that hold up the end. */
  readonly slow: number;

  constructor(work: Work, outlook: Outlook, survival: Survival) {
    const { waiting, slots, ages, started } = work;
    const known = outlook.durations.count;
    this.#survival = survival;
    this.#ages = [...ages.filled()].map(({ mean, count }) => {
      return { age: mean, count, beyond: Math.max(Number.MIN_VALUE, survival.beyond(mean)) };
    });
    this.#waiting = waiting;
    this.#slots = Math.max(slots, Math.min(ages.count, slots + 1), 1);
    this.#pieces = waiting > 0 ? piecesOf(waiting, started, outlook) : [];
    const busy = Math.min(1, Math.max(0.01, work.busy));
    const start = waiting > 0 ? this.#lastStart() : 0;
    const factor = averageFactor(this.#pieces);
    const taken = survival.area(start) * factor;
    const variance = Math.max(0, survival.squares(start) * factor ** 2 - taken ** 2);
    // What chance does to the tasks that wait, and what it has done to those that are known.
    const chance = (waiting * (1 + waiting / known) + ages.count) * variance;
    const doubt = waiting * taken * outlook.doubt;
    const spread = waiting > 0 ? Math.sqrt(chance + doubt * doubt) / this.#slots : 0;
    this.#lastStarts = waiting > 0 ? NORMAL.map((z) => Math.max(start * 0.2, start + z * spread) / busy) : [0];
    const { mean, deviation } = momentsOf(outlook.durations);
    const each = mean * factor;
    const isLate = this.#ages.some(({ age }) => age > LATE * outlook.durations.longest);
    const alike = (deviation * Math.sqrt(1 + waiting / this.#slots)) / Math.max(mean, Number.MIN_VALUE) / OUT_OF_STEP;
    this.step = waiting > 0 && !isLate ? Math.max(0, 1 - alike) : 0;
    const doubts = NORMAL.map((z) => 1 + z * (deviation / Math.max(mean, Number.MIN_VALUE) / Math.sqrt(known)));
    this.inStep = this.step > 0 ? doubts.map((doubted) => this.#endInStep(each * Math.max(0, doubted)) / busy) : [];
    const old = survival.longerThan(SLOW_SHARE);
    this.slow = this.#ages.reduce((sum, { age, count, beyond }) => {
      const rest = survival.longerThan(beyond / 2) - age;
      return age > old && rest >= start ? sum + count : sum;
    }, 0);
  }

  /** Seconds until the end, which come true or are undercut with this chance. */
  quantile(chance: number): number {
    let high = Math.max(...this.#lastStarts, this.#survival.longerThan(0.5), 1e-3);
    while (this.chance(high) < chance && high < LONGEST) high *= 2;
    let low = 0;
    for (let i = 0; i < HALVINGS && high - low > PRECISION * high; i++) {
      const middle = (low + high) / 2;
      if (this.chance(middle) < chance) low = middle;
      else high = middle;
    }
    return high;
  }

  /** The chance that all has ended by then. */
  chance(time: number): number {
    let running = 0;
    for (const { age, count, beyond } of this.#ages) {
      const left = Math.min(1, this.#survival.beyond(age + time) / beyond);
      if (left >= 1) return 0;
      running += count * Math.log1p(-left);
    }
    const all = Math.exp(running);
    if (this.#waiting <= 0) return all;
    const sum = this.#lastStarts.reduce(
      (chances, start) => chances + (time < start ? 0 : this.#waitingDone(time, start)),
      0,
    );
    return (all * sum) / this.#lastStarts.length;
  }

  /** The chance that all that wait now have ended by then, when the last of them starts at `start`. */
  #waitingDone(time: number, start: number): number {
    let left = 0;
    for (const { tasks, factor, from, to } of this.#pieces) {
      const [first, last] = [start * from, start * to];
      const width = last - first;
      const mean =
        width > 0
          ? (factor * (this.#survival.area((time - first) / factor) - this.#survival.area((time - last) / factor))) /
            width
          : this.#survival.beyond((time - last) / factor);
      left += tasks * mean;
    }
    return Math.exp(-left);
  }

  /** When the last task starts if chance does nothing: then the slots have had as much time as the tasks have taken. */
  #lastStart(): number {
    let high = Math.max(1e-3, this.#survival.longerThan(0.5));
    while (this.#taken(high) > this.#slots * high && high < LONGEST) high *= 2;
    let low = 0;
    for (let i = 0; i < HALVINGS && high - low > 1e-3 * high; i++) {
      const middle = (low + high) / 2;
      if (this.#taken(middle) > this.#slots * middle) low = middle;
      else high = middle;
    }
    return high;
  }

  /** Slot seconds taken by then, by running tasks and by those that wait, which are all started by then. */
  #taken(time: number): number {
    let taken = 0;
    for (const { age, count, beyond } of this.#ages)
      taken += Math.min(count * time, (count * (this.#survival.area(age + time) - this.#survival.area(age))) / beyond);
    for (const { tasks, factor, from, to } of this.#pieces) {
      // Three places in the piece stand for all.
      for (const share of [1 / 6, 1 / 2, 5 / 6]) {
        const left = time * (1 - (from + share * (to - from)));
        taken += (tasks / 3) * factor * this.#survival.area(left / factor);
      }
    }
    return taken;
  }

  /** The end when all tasks take exactly this long: slots get theirs in turn. */
  #endInStep(task: number): number {
    const frees: { readonly free: number; readonly count: number }[] = [];
    let known = 0;
    for (const { age, count } of this.#ages) {
      frees.push({ free: Math.max(0, task - age), count });
      known += count;
    }
    if (known < this.#slots) frees.push({ free: 0, count: this.#slots - known });
    frees.sort((a, b) => a.free - b.free);
    const rounds = Math.floor(this.#waiting / this.#slots);
    let rest = this.#waiting - rounds * this.#slots;
    let end = 0;
    for (const { free, count } of frees) {
      const extra = rest > 0 ? 1 : 0;
      if (rounds + extra > 0 || free > 0) end = Math.max(end, free + (rounds + extra) * task);
      rest -= count;
    }
    return end;
  }
}

function piecesOf(waiting: number, started: number, outlook: Outlook): Piece[] {
  const width = (1 - started) / PIECES;
  const factors = Array.from({ length: PIECES }, (_, i) => outlook.factorAt(started + (i + 0.5) * width));
  const total = factors.reduce((sum, factor) => sum + factor, 0);
  let from = 0;
  return factors.map((factor) => {
    const to = Math.min(1, from + factor / total);
    const piece = { tasks: waiting / PIECES, factor, from, to };
    from = to;
    return piece;
  });
}

function averageFactor(pieces: readonly Piece[]): number {
  return pieces.length === 0 ? 1 : pieces.reduce((sum, { factor }) => sum + factor, 0) / pieces.length;
}

function momentsOf(durations: DurationHistogram): { readonly mean: number; readonly deviation: number } {
  const mean = durations.total / durations.count;
  let squares = 0;
  for (const bucket of durations.filled()) squares += bucket.count * (bucket.mean - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / durations.count) };
}
