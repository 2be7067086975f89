/** Milliseconds of work, after which others have their turn. */
const SLICE_MS = 10;

/** Has long work give way to others, so that a driver, or a screen, never waits for it. */
export class Breather {
  #since = performance.now();

  /** Whether the work has gone on for long enough without a break. */
  get isDue(): boolean {
    return performance.now() - this.#since >= SLICE_MS;
  }

  /** Resolves when everybody else has had a turn. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}
