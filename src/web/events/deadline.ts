/** What it takes to do something later. Milliseconds, of a clock that nobody sets. */
export interface Clock {
  readonly now: () => number;
  /** Calls back after so long, unless the returned function is called first. Does not keep the process alive. */
  readonly after: (delay: number, call: () => void) => () => void;
}

/** Something that is done at a time, unless something else is set before. Putting it off costs next to nothing: no timer is made for that. */
export class Deadline {
  readonly #clock: Clock;
  #due: { readonly at: number; readonly call: () => void } | undefined;
  #timer: { readonly at: number; readonly stop: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back after so long, in milliseconds, and forgets what it was set to before. */
  set(delay: number, call: () => void): void {
    const at = this.#clock.now() + delay;
    this.#due = { at, call };
    // One that goes off earlier finds that it is not time yet.
    if (this.#timer === undefined || this.#timer.at > at) this.#setTimer(at, delay);
  }

  clear(): void {
    this.#due = undefined;
    this.#timer?.stop();
    this.#timer = undefined;
  }

  #setTimer(at: number, delay: number): void {
    this.#timer?.stop();
    this.#timer = { at, stop: this.#clock.after(delay, () => this.#goOff()) };
  }

  #goOff(): void {
    this.#timer = undefined;
    const due = this.#due;
    if (due === undefined) return;
    const rest = due.at - this.#clock.now();
    if (rest > 0) return this.#setTimer(due.at, rest);
    this.#due = undefined;
    due.call();
  }
}
