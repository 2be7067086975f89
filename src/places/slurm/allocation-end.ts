/** Timers take no longer times, of milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface AllocationEndOptions {
  /** Unix time in seconds at which the job ends. */
  readonly endTime: number;
  /** Asks for it again: it may have been put off meanwhile. Undefined when nobody knows, or there is none any more. */
  readonly askAgain: () => Promise<number | undefined>;
  /** Seconds before the end from which nothing is to be started any more. */
  readonly minTimeLeft: number;
  /** Called once, when no more time is left than that. */
  readonly outOfTime: () => void;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** Waits until an allocation has no more time left than tasks need. @returns a function that waits no longer. */
export function attendAllocationEnd(options: AllocationEndOptions): () => void {
  const { askAgain, minTimeLeft, outOfTime, now } = options;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const waitFor = (endTime: number): void => {
    const ms = Math.max(0, endTime - minTimeLeft - now()) * 1000;
    timer = setTimeout(() => void (ms > LONGEST_TIMER ? waitFor(endTime) : look(endTime)), Math.min(ms, LONGEST_TIMER));
    timer.unref();
  };
  const look = async (known: number): Promise<void> => {
    const endTime = await askAgain();
    if (over) return;
    if (endTime !== undefined && endTime > known) waitFor(endTime);
    else outOfTime();
  };
  waitFor(options.endTime);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
