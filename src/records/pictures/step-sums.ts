import type { Steps } from "./steps.ts";

/**
 * Seconds of what lasts from one time to another, by step, in each of some lanes: exact, and adding a stretch costs the same however many
 * steps it covers.
 */
export class StepSums {
  readonly #from: number;
  readonly #to: number;
  readonly #points: number;
  readonly #step: number;
  /** Steps in a second: a division takes longer. */
  readonly #rate: number;
  /** Seconds of stretches that cover a step in part. */
  readonly #parts: Float64Array;
  /** How many more stretches cover the step as a whole than the one before. */
  readonly #changes: Int32Array;

  constructor(steps: Steps, lanes = 1) {
    const { from, to, points, step } = steps;
    this.#from = from;
    this.#to = to;
    this.#points = points;
    this.#step = step;
    this.#rate = 1 / step;
    this.#parts = new Float64Array(lanes * points);
    this.#changes = new Int32Array(lanes * (points + 1));
  }

  /** @param weight how many of them there are. */
  add(start: number, end: number, weight = 1, lane = 0): void {
    const from = this.#from;
    const to = this.#to;
    const points = this.#points;
    const step = this.#step;
    const begin = (start > from ? start : from) - from;
    const finish = (end < to ? end : to) - from;
    if (!(finish > begin)) return;
    const first = Math.min(points - 1, Math.floor(begin * this.#rate));
    const last = Math.min(points - 1, Math.floor(finish * this.#rate));
    const parts = this.#parts;
    const row = lane * points;
    if (first === last) {
      parts[row + first] = (parts[row + first] ?? 0) + weight * (finish - begin);
      return;
    }
    parts[row + first] = (parts[row + first] ?? 0) + weight * ((first + 1) * step - begin);
    parts[row + last] = (parts[row + last] ?? 0) + weight * (finish - last * step);
    const changes = this.#changes;
    const place = lane * (points + 1);
    changes[place + first + 1] = (changes[place + first + 1] ?? 0) + weight;
    changes[place + last] = (changes[place + last] ?? 0) - weight;
  }

  /** Seconds in each step of a lane, put into an array that is there already where there are many lanes. */
  seconds(lane = 0, into = new Float64Array(this.#points)): Float64Array {
    const [points, step] = [this.#points, this.#step];
    let whole = 0;
    for (let i = 0; i < points; i++) {
      whole += this.#changes[lane * (points + 1) + i] ?? 0;
      into[i] = (this.#parts[lane * points + i] ?? 0) + whole * step;
    }
    return into;
  }
}
