/** How the tries of one engine have ended of late. */
interface Row {
  /** Tries in a row that have failed there, up to now. */
  failures: number;
  /** Tries that had succeeded anywhere when that row began. */
  successesBefore: number;
}

/** Finds engines on which one task after another fails, while tasks succeed elsewhere: their host is likely to be at fault. */
export class BadEngines {
  readonly #most: number;
  readonly #rows = new Map<number, Row>();
  #successes = 0;

  /** @param most so many failures in a row are too many; `Infinity` when none are. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Takes note of how a try has ended on the engine of this rank. */
  note(rank: number, failed: boolean): void {
    if (this.#most === Number.POSITIVE_INFINITY) return;
    if (!failed) {
      this.#successes++;
      this.#rows.delete(rank);
      return;
    }
    const row = this.#rows.get(rank);
    if (row === undefined) this.#rows.set(rank, { failures: 1, successesBefore: this.#successes });
    else row.failures++;
  }

  /** How many tries in a row have failed on the engine, when those are too many and others have done better meanwhile. */
  tooManyOn(rank: number): number | undefined {
    const row = this.#rows.get(rank);
    if (row === undefined || row.failures < this.#most || this.#successes === row.successesBefore) return undefined;
    return row.failures;
  }

  /** The engine has gone, or is about to. */
  forget(rank: number): void {
    this.#rows.delete(rank);
  }
}
