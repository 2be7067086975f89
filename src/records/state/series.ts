import type { Series } from "../../domain/watch.ts";

/** Seconds of a step, from the finest. Each is a multiple of the one before; together they reach back ten hours. */
const STEPS = [1, 10, 60, 600] as const;

/** Steps that are kept of each. */
export const POINTS = 60;

/**
 * What happens in a run over time. Everything is added up within the second that is under way, and goes from there into the rings.
 * Taking note of something costs the same at any time, however long nothing has happened. Times are Unix times in seconds.
 */
export class RunSeries {
  readonly #rings = STEPS.map((step) => new Ring(step));
  /** Up to here slot seconds are added up. */
  #time = 0;
  /** End of the second that is under way. */
  #end = 0;
  #running = 0;
  #slots = 0;
  #sums = noSums();

  /** So many slots have tasks in them from now on, of so many. */
  change(time: number, running: number, slots: number): void {
    this.#advance(time);
    this.#running = running;
    this.#slots = slots;
  }

  /** A task has its outcome. */
  settled(time: number, success: boolean): void {
    this.#advance(time);
    if (success) this.#sums.succeeded++;
    else this.#sums.failed++;
  }

  /** From the finest to the coarsest, up to this time. */
  at(now: number): Series[] {
    this.#advance(now);
    if (this.#end > 0) this.#pour();
    return this.#rings.map((ring) => ring.series());
  }

  #advance(time: number): void {
    if (time <= this.#time) return;
    if (time < this.#end) {
      const seconds = time - this.#time;
      this.#sums.busy += this.#running * seconds;
      this.#sums.offered += this.#slots * seconds;
    } else {
      const from = this.#end === 0 ? time : this.#time;
      if (this.#end > 0) this.#pour();
      for (const ring of this.#rings) ring.spread(from, time, this.#running, this.#slots);
      this.#end = Math.floor(time) + 1;
    }
    this.#time = time;
  }

  #pour(): void {
    for (const ring of this.#rings) ring.add(this.#end - 1, this.#sums);
    this.#sums = noSums();
  }
}

interface Sums {
  succeeded: number;
  failed: number;
  busy: number;
  offered: number;
}

function noSums(): Sums {
  return { succeeded: 0, failed: 0, busy: 0, offered: 0 };
}

/** The latest steps of one length. */
class Ring {
  readonly #step: number;
  /** The step number `n` from 1970 stands at `n % POINTS`. */
  readonly #points: Sums[] = Array.from({ length: POINTS }, noSums);
  /** Numbers of the first and the newest step. */
  #first = -1;
  #newest = -1;

  constructor(step: number) {
    this.#step = step;
  }

  /** @param time in the newest step. */
  add(time: number, sums: Sums): void {
    const point = this.#reach(Math.floor(time / this.#step));
    point.succeeded += sums.succeeded;
    point.failed += sums.failed;
    point.busy += sums.busy;
    point.offered += sums.offered;
  }

  /** From one time to the other, nothing has changed. */
  spread(from: number, to: number, running: number, slots: number): void {
    const step = this.#step;
    const last = Math.floor(to / step);
    for (let n = Math.max(Math.floor(from / step), last - POINTS + 1); n <= last; n++) {
      const point = this.#reach(n);
      const seconds = Math.min(to, (n + 1) * step) - Math.max(from, n * step);
      point.busy += running * seconds;
      point.offered += slots * seconds;
    }
  }

  series(): Series {
    const length = this.#first < 0 ? 0 : Math.min(POINTS, this.#newest - this.#first + 1);
    const points = Array.from({ length }, (_, i) => this.#at(this.#newest - length + 1 + i));
    return {
      step: this.#step,
      since: this.#newest * this.#step,
      succeeded: points.map(({ succeeded }) => succeeded),
      failed: points.map(({ failed }) => failed),
      busy: points.map(({ busy }) => busy),
      offered: points.map(({ offered }) => offered),
    };
  }

  #reach(n: number): Sums {
    if (this.#first < 0) {
      this.#first = n;
      this.#newest = n;
    }
    if (n > this.#newest) {
      for (let passed = Math.max(this.#newest + 1, n - POINTS + 1); passed <= n; passed++) {
        Object.assign(this.#at(passed), noSums());
      }
      this.#newest = n;
    }
    return this.#at(n);
  }

  #at(n: number): Sums {
    const point = this.#points[n % POINTS];
    if (point === undefined) throw new Error(`step ${n} is before 1970`);
    return point;
  }
}
