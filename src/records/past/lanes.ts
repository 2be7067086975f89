/** Seconds by which times in a status file may be off: they are rounded to the millisecond. */
const ROUNDED = 0.002;
/** More lanes are not told apart. */
const MOST_LANES = 4096;

/** A lane, and when the last task in it ended. */
interface Lane {
  readonly number: number;
  readonly end: number;
}

/** Slots as they can be told from when tasks began and ended: as many lanes as are needed so that none has two tasks at once. */
export class Lanes {
  /** In the order of their ends. */
  readonly #lanes: Lane[] = [];

  get count(): number {
    return this.#lanes.length;
  }

  /**
   * Finds a lane for a task that ran from then to then.
   *
   * @param finish tasks come in the order in which they ended, or nearly so: otherwise there are more lanes than are needed.
   * @returns the number of the lane, from 0.
   */
  add(start: number, finish: number): number {
    // The lane that has been empty for the shortest time takes it: so the others stay free for longer tasks.
    const free = this.#after(start + ROUNDED) - 1;
    if (free < 0 && this.#lanes.length >= MOST_LANES) return MOST_LANES - 1;
    const number = this.#lanes[free]?.number ?? this.#lanes.length;
    if (free >= 0) this.#lanes.splice(free, 1);
    this.#lanes.splice(this.#after(finish), 0, { number, end: finish });
    return number;
  }

  /** How many lanes have ended by then. */
  #after(time: number): number {
    let from = 0;
    let to = this.#lanes.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#lanes[middle]?.end ?? 0) <= time) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
