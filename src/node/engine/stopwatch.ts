/** When a command began, by the calendar, and how long it took, by a clock that nobody sets. */
export class Stopwatch {
  /** Unix time in seconds. */
  readonly start = Date.now() / 1000;
  readonly #from = performance.now();

  /** In seconds. */
  times(): { start: number; finish: number } {
    const { start } = this;
    return { start, finish: start + (performance.now() - this.#from) / 1000 };
  }
}
