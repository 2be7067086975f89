import type { Steps } from "./steps.ts";

/** Seconds of what lasts from one time to another, by step: exact, and adding a stretch costs the same however many steps it covers. */
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

  constructor(steps: Steps) {
    const { from, to, points, step } = steps;
    this.#from = from;
    this.#to = to;
    this.#points = points;
    this.#step = step;
    this.#rate = 1 / step;
    this.#parts = new Float64Array(points);
    this.#changes = new Int32Array(points + 1);
  }

  /** @param weight how many of them there are. */
  add(start: number, end: number, weight = 1): void {
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
    if (first === last) {
      parts[first] = (parts[first] ?? 0) + weight * (finish - begin);
      return;
    }
    parts[first] = (parts[first] ?? 0) + weight * ((first + 1) * step - begin);
    parts[last] = (parts[last] ?? 0) + weight * (finish - last * step);
    const changes = this.#changes;
    changes[first + 1] = (changes[first + 1] ?? 0) + weight;
    changes[last] = (changes[last] ?? 0) - weight;
  }

  /** Seconds in each step, put into an array that is there already where many are made. */
  seconds(into = new Float64Array(this.#points)): Float64Array {
    const [points, step] = [this.#points, this.#step];
    let whole = 0;
    for (let i = 0; i < points; i++) {
      whole += this.#changes[i] ?? 0;
      into[i] = (this.#parts[i] ?? 0) + whole * step;
    }
    return into;
  }
}
