/** A stretch of time, in seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Stretches of time that do not overlap, in order. How much of another stretch they cover is found in the time that a search takes. */
export class Windows {
  readonly #from: Float64Array;
  /** How much of time is covered before each of them, and after the last. */
  readonly #before: Float64Array;
  readonly #to: Float64Array;

  /** @param stretches in any order; where they overlap, they are one. Empty ones are let pass. */
  constructor(stretches: Iterable<Stretch>) {
    const merged: { from: number; to: number }[] = [];
    const sorted = [...stretches].filter(({ from, to }) => to > from).toSorted((a, b) => a.from - b.from);
    for (const { from, to } of sorted) {
      const last = merged.at(-1);
      if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
      else merged.push({ from, to });
    }
    this.#from = Float64Array.from(merged, ({ from }) => from);
    this.#to = Float64Array.from(merged, ({ to }) => to);
    this.#before = new Float64Array(merged.length + 1);
    for (const [i, { from, to }] of merged.entries()) this.#before[i + 1] = (this.#before[i] ?? 0) + to - from;
  }

  /** How much of time they cover, in seconds. */
  get total(): number {
    return this.#before.at(-1) ?? 0;
  }

  /** All of them, in order. */
  stretches(): Stretch[] {
    return Array.from(this.#from, (from, i) => ({ from, to: this.#to[i] ?? from }));
  }

  /** How much of this stretch they cover, in seconds. */
  within(from: number, to: number): number {
    return to > from ? this.#until(to) - this.#until(from) : 0;
  }

  /** What of these stretches no window covers. */
  leftOf(stretches: readonly Stretch[]): Stretch[] {
    const left: Stretch[] = [];
    for (const { from, to } of stretches) {
      let at = from;
      for (let i = this.#firstEndingAfter(from); i < this.#from.length && (this.#from[i] ?? 0) < to; i++) {
        const [begin, end] = [this.#from[i] ?? 0, this.#to[i] ?? 0];
        if (begin > at) left.push({ from: at, to: begin });
        at = Math.max(at, end);
      }
      if (at < to) left.push({ from: at, to });
    }
    return left;
  }

  /** How much they cover of the time before this moment. */
  #until(time: number): number {
    const i = this.#firstEndingAfter(time);
    const begin = this.#from[i];
    return (this.#before[i] ?? 0) + (begin === undefined ? 0 : Math.max(0, time - begin));
  }

  #firstEndingAfter(time: number): number {
    let low = 0;
    let high = this.#to.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#to[middle] ?? 0) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
