/** Seconds by which times in a status file may be off: they are rounded to the millisecond. */
const ROUNDED = 0.002;
/** More lanes are not told apart. */
const MOST_LANES = 4096;

/** Slots as they can be told from when tasks began and ended: as many lanes as are needed so that none has two tasks at once. */
export class Lanes {
  /** When the last task of each lane ended, in ascending order. */
  readonly #ends: number[] = [];

  get count(): number {
    return this.#ends.length;
  }

  /** A task that ran from then to then. They come about in the order of their ends. */
  add(start: number, finish: number): void {
    // The lane that has been empty for the shortest time takes it: so the others stay free for longer tasks.
    const free = this.#after(start + ROUNDED) - 1;
    if (free >= 0) this.#ends.splice(free, 1);
    else if (this.#ends.length >= MOST_LANES) return;
    this.#ends.splice(this.#after(finish), 0, finish);
  }

  /** How many lanes have ended by then. */
  #after(time: number): number {
    let from = 0;
    let to = this.#ends.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#ends[middle] ?? 0) <= time) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
