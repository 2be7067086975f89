/** The window reaches back at least this many seconds, so that the number can be read. */
const SHORTEST_WINDOW = 5;
/** The window holds at least this many tasks, so that slow runs do not flicker. */
const FEWEST_TASKS = 10;
/** The window holds this many rounds of all slots: tasks of equal length end in bursts, one for each round. */
const ROUNDS = 2;

/**
 * Tasks per second of late: an exponentially weighted average whose window grows with the number of slots and with the
 * length of the tasks. While the run is younger than its window, it is the plain average.
 */
export class RecentRate {
  #rate: number | undefined;
  #count: number;
  #time: number;
  /** When there was something to work with, in seconds. */
  #start: number;

  /** `start` is when the run began or was taken up, in seconds; so many tasks had finished by then. */
  constructor(start: number, count = 0) {
    this.#count = count;
    this.#time = start;
    this.#start = start;
  }

  /** Tasks per second; undefined until the first one has finished. */
  get perSecond(): number | undefined {
    return this.#rate;
  }

  /** Takes note that `count` tasks had finished at `now` seconds, when there were this many slots. */
  sample(count: number, now: number, slots: number): void {
    const finished = count - this.#count;
    const isNone = this.#rate === undefined && finished === 0;
    if (slots === 0 && isNone) {
      // Waiting for engines says nothing about tasks.
      this.#start = now;
      this.#time = now;
    }
    const seconds = now - this.#time;
    if (seconds <= 0 || isNone) return;
    const old = this.#rate ?? 0;
    const window = Math.max(SHORTEST_WINDOW, Math.max(FEWEST_TASKS, ROUNDS * slots) / old);
    const weight = Math.max(1 - Math.exp(-seconds / window), seconds / (now - this.#start));
    this.#rate = old + weight * (finished / seconds - old);
    this.#count = count;
    this.#time = now;
  }
}
