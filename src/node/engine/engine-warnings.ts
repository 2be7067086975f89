/** Timers take no longer times, of milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** When all tasks of an engine are warned: so long before it ends them, or before its machine is taken away. */
export class EngineWarnings {
  readonly #before: number | undefined;
  readonly #warn: (why: string) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** @param before seconds; undefined when nobody is warned. @param warn told why what runs has only so much time left. */
  constructor(before: number | undefined, warn: (why: string) => void) {
    this.#before = before;
    this.#warn = warn;
  }

  /** What runs is going to end in so many seconds. What has been said before of the same reason counts no more. */
  endsIn(seconds: number, why: string): void {
    if (this.#before === undefined) return;
    clearTimeout(this.#timers.get(why));
    this.#wait(performance.now() + Math.max(0, seconds - this.#before) * 1000, why);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #wait(at: number, why: string): void {
    const ms = Math.max(0, at - performance.now());
    const then = (): void => (ms > LONGEST_TIMER_MS ? this.#wait(at, why) : this.#warn(why));
    this.#timers.set(why, setTimeout(then, Math.min(ms, LONGEST_TIMER_MS)));
  }
}
