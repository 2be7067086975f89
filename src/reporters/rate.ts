/** The window reaches back at least this many seconds, so that the number can be read. */
const SHORTEST_WINDOW = 5;
/** The window holds at least this many tasks, so that slow runs do not flicker. */
const FEWEST_TASKS = 10;
/** The window holds this many rounds of all slots: tasks of equal length end in bursts, one for each round. */
const ROUNDS = 2;

/**
 * Tasks per second of late: an exponentially weighted average whose window grows with the number of slots and with the
 * length of the tasks.
 */
export class RecentRate {
  #rate: number | undefined;
  #count = 0;
  #time: number;

  /** `start` is when counting began, in seconds. */
  constructor(start: number) {
    this.#time = start;
  }

  /** Tasks per second; undefined until the first one has finished. */
  get perSecond(): number | undefined {
    return this.#rate;
  }

  /** Takes note that `count` tasks had finished at `now` seconds, when there were this many slots. */
  sample(count: number, now: number, slots: number): void {
    const seconds = now - this.#time;
    const finished = count - this.#count;
    if (seconds <= 0) return;
    if (this.#rate === undefined) {
      // Until something has finished the first interval goes on; then it is one plain average.
      if (finished === 0) return;
      this.#rate = finished / seconds;
    } else {
      const window = Math.max(SHORTEST_WINDOW, Math.max(FEWEST_TASKS, ROUNDS * slots) / this.#rate);
      const weight = 1 - Math.exp(-seconds / window);
      this.#rate += weight * (finished / seconds - this.#rate);
    }
    this.#count = count;
    this.#time = now;
  }
}
