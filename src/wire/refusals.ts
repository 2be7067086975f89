/**
 * Told of those who have called and were refused.
 *
 * @param address from which it called, or what stands for several.
 * @param callers how many this is about.
 */
export type OnRefused = (address: string, why: string, callers: number) => void;

/** Refusals that are told of one by one in each period; the rest is counted, so that nobody can fill a log from outside. */
const TOLD_ONE_BY_ONE = 20;
const PERIOD_TICKS = 20;

/** Hands on who was refused, in measure. */
export class Refusals {
  readonly #tell: OnRefused;
  #told = 0;
  #untold = 0;
  #lastWhy = "";
  #ticks = 0;

  constructor(tell: OnRefused) {
    this.#tell = tell;
  }

  add(address: string, why: string): void {
    if (this.#told < TOLD_ONE_BY_ONE) {
      this.#told++;
      this.#tell(address, why, 1);
      return;
    }
    this.#untold++;
    this.#lastWhy = why;
  }

  /** Time goes on by one tick. */
  tick(): void {
    if (++this.#ticks % PERIOD_TICKS === 0) this.flush();
  }

  /** Tells of those that have only been counted. */
  flush(): void {
    this.#told = 0;
    if (this.#untold === 0) return;
    const untold = this.#untold;
    this.#untold = 0;
    this.#tell("various addresses", `the last of them: ${this.#lastWhy}`, untold);
  }
}
