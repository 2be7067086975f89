/** Lines that are told in full within a period; a caller who comes again and again is not to fill the log. */
const MOST = 20;
/** Milliseconds of a period. */
const PERIOD_MS = 10_000;

/** Tells warnings, and of many in a short time only how many more there were. */
export class SparseWarnings {
  readonly #tell: (line: string) => void;
  readonly #clock: () => number;
  #since = -Infinity;
  #told = 0;
  #untold = 0;

  /** @param clock milliseconds that no calendar moves. */
  constructor(tell: (line: string) => void, clock: () => number = () => performance.now()) {
    this.#tell = tell;
    this.#clock = clock;
  }

  warning(line: string): void {
    const now = this.#clock();
    if (now - this.#since >= PERIOD_MS) {
      this.close();
      this.#since = now;
      this.#told = 0;
    }
    if (this.#told < MOST) {
      this.#told++;
      this.#tell(line);
    } else this.#untold++;
  }

  /** Tells how many there were of which nothing was told. */
  close(): void {
    if (this.#untold > 0) this.#tell(`${this.#untold} more such warnings of the key-value server`);
    this.#untold = 0;
  }
}
