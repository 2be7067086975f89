/** Work in the background gives way to answers for so long, in milliseconds; an answer that takes longer has it go on beside. */
const LONGEST_WAY_MS = 300;

/** Who looks at a page: pages hear of a run in a stream of events, or ask now and then, as programs do. */
export class Presence {
  readonly #now: () => number;
  /** Answers that are being made, and from when on there have been some without a break. */
  #pending = 0;
  #busySince = 0;
  #calm: (() => void)[] = [];
  #readers = 0;
  #lastReader: number | undefined;
  #lastPage: number | undefined;
  #lastAsked: number | undefined;

  /** @param now in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get readers(): number {
    return this.#readers;
  }

  get lastReader(): number | undefined {
    return this.#lastReader;
  }

  /** When a page in a browser has asked for something: one in a tab that nobody sees asks now and then, and has no stream. */
  get lastPage(): number | undefined {
    return this.#lastPage;
  }

  get lastAsked(): number | undefined {
    return this.#lastAsked;
  }

  came(): void {
    this.#readers++;
  }

  went(): void {
    this.#readers--;
    this.#lastReader = this.#now();
  }

  /** Has a request answered, and takes note of it. */
  async answer(request: Request, answer: (request: Request) => Response | Promise<Response>): Promise<Response> {
    this.#lastAsked = this.#now();
    // Browsers say from where a page asks; programs do not.
    if (request.headers.get("sec-fetch-site") === "same-origin") this.#lastPage = this.#lastAsked;
    if (this.#pending++ === 0) this.#busySince = this.#lastAsked;
    try {
      return await answer(request);
    } finally {
      if (--this.#pending === 0) for (const resolve of this.#calm.splice(0)) resolve();
    }
  }

  /** Resolves when no answer is being made, so that work in the background makes nobody wait; soon in any case. */
  async giveWay(): Promise<void> {
    const left = this.#busySince + LONGEST_WAY_MS - this.#now();
    if (this.#pending === 0 || left <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, left);
      this.#calm.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
