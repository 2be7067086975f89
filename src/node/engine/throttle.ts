import { memoryText } from "../../domain/limits.ts";
import type { MaxLoad, ThrottleTerms } from "../../domain/throttle.ts";
import type { HostReadings } from "../process/host-readings.ts";

/** Time between two looks at the host, in milliseconds. */
const LOOK_MS = 1000;
/** Seconds in which a load average takes in all but a third of what has changed. */
const LOAD_MEMORY = 60;

export interface ThrottleOptions {
  readonly terms: ThrottleTerms | undefined;
  readonly readings: HostReadings;
  /** Told once whenever tasks are held back for a reason of the host's, and without a reason when they are not any more. */
  readonly changed: (reason: string | undefined) => void;
  /** Told that tasks may be started that had to wait. */
  readonly proceed: () => void;
}

/**
 * Says whether an engine may start one more task now. The host is looked at once a second, never for a task. Its load average is slow:
 * what has just been started counts as much as the average does not show of it yet.
 */
export class Throttle {
  readonly #options: ThrottleOptions;
  #looking: NodeJS.Timeout | undefined;
  #delayed: NodeJS.Timeout | undefined;
  /** When the next task may be started, on the clock of `performance.now`. */
  #nextStart = Number.NEGATIVE_INFINITY;
  /** Why no task is started; undefined while they are. */
  #reason: string | undefined;
  #load = 0;
  /** What the load average does not show yet of tasks that run, and when that was worked out. */
  #unseen = 0;
  #unseenAt = 0;

  constructor(options: ThrottleOptions) {
    this.#options = options;
  }

  /** Begins to look at the host, if that matters. */
  begin(): void {
    const { maxLoad, minFreeMemory } = this.#options.terms ?? {};
    if (maxLoad === undefined && minFreeMemory === undefined) return;
    this.#unseenAt = performance.now();
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }

  /** Why tasks are held back for now; undefined when they are not, or only until the time since the last start has passed. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** Whether a task may be started now. If not, `proceed` is called as soon as that may have changed. */
  mayStart(): boolean {
    const { terms } = this.#options;
    if (terms === undefined) return true;
    if (this.#reason !== undefined) return false;
    if (terms.maxLoad !== undefined && this.#expectedLoad() >= this.#most(terms.maxLoad)) return false;
    const wait = this.#nextStart - performance.now();
    if (wait <= 0) return true;
    this.#delayed ??= setTimeout(() => {
      this.#delayed = undefined;
      this.#options.proceed();
    }, Math.ceil(wait));
    return false;
  }

  /** A task has been started. */
  started(): void {
    const { delay, maxLoad } = this.#options.terms ?? {};
    if (delay !== undefined) this.#nextStart = performance.now() + delay * 1000;
    if (maxLoad !== undefined) this.#unseen = this.#unseenNow() + 1;
  }

  /** A task has ended. @param seconds that it ran. */
  ended(seconds: number): void {
    if (this.#options.terms?.maxLoad === undefined) return;
    this.#unseen = Math.max(0, this.#unseenNow() - Math.exp(-seconds / LOAD_MEMORY));
  }

  close(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#delayed);
  }

  #look(): void {
    const { readings, changed, proceed } = this.#options;
    this.#load = readings.load();
    const before = this.#reason;
    this.#reason = this.#tooMuch();
    // The numbers in it change all the time.
    if ((before === undefined) !== (this.#reason === undefined)) changed(this.#reason);
    if (this.#reason === undefined) proceed();
  }

  #tooMuch(): string | undefined {
    const { terms, readings } = this.#options;
    const { maxLoad, minFreeMemory } = terms ?? {};
    if (maxLoad !== undefined && this.#load >= this.#most(maxLoad)) {
      return `the load is ${this.#load.toFixed(1)}, of ${Number(this.#most(maxLoad).toFixed(2))} at most`;
    }
    const free = minFreeMemory === undefined ? undefined : readings.availableMemory();
    if (free === undefined || minFreeMemory === undefined || free >= minFreeMemory) return undefined;
    return `${memoryText(free)} of memory are available, of ${memoryText(minFreeMemory)} at least`;
  }

  #most({ most, ofCores }: MaxLoad): number {
    return ofCores ? most * this.#options.readings.cores : most;
  }

  #expectedLoad(): number {
    return this.#load + (this.#unseen = this.#unseenNow());
  }

  #unseenNow(): number {
    const now = performance.now();
    const unseen = this.#unseen * Math.exp((this.#unseenAt - now) / 1000 / LOAD_MEMORY);
    this.#unseenAt = now;
    return unseen;
  }
}
