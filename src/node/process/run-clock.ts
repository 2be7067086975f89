import { bootSeconds } from "./boot-clock.ts";

/** The boot clock is looked at no more often than this, in milliseconds: it costs a system call. */
const LOOK_MS = 1_000;

export interface RunClockOptions {
  /** Unix time in seconds that the clock does not begin before: an earlier driver of the run may have come so far. */
  readonly notBefore?: number | undefined;
  /** Seconds since the machine was started, the time that it was asleep included. */
  readonly boot?: () => number;
}

/**
 * A clock that reads the calendar once, and then counts: whoever sets the calendar changes no duration of the run. Time that
 * the machine was asleep counts, too, at the latest a second after it has woken up.
 *
 * @returns what tells the Unix time in seconds. It never goes back.
 */
export function runClock({ notBefore = 0, boot = bootSeconds }: RunClockOptions = {}): () => number {
  const begun = Math.max(notBefore, Date.now() / 1000);
  const bootedAt = boot();
  let base = begun;
  let since = performance.now();
  return () => {
    const passed = performance.now() - since;
    if (passed < LOOK_MS) return milliseconds(base + passed / 1000);
    base = Math.max(base + passed / 1000, begun + boot() - bootedAt);
    since += passed;
    return milliseconds(base);
  };
}

/** Records are written with no more digits than the calendar has given. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
