/** Timers that are forgotten all at once. */
export class Timers {
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Does something in so many milliseconds, unless it is all over by then. @returns how to have it left undone. */
  after(ms: number, action: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
