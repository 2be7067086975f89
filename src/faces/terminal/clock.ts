/** Time as observers need it, so that tests can turn the hands. */
export interface Clock {
  /** Unix time in seconds. */
  now(): number;
  /** Calls again and again, this many seconds apart, until the function it returns is called. Keeps no process alive. */
  every(seconds: number, action: () => void): () => void;
}

/**
 * A clock that shows this time.
 *
 * @param now Unix time in seconds.
 * @param failed told when an action throws, which is not called again: a run is not to end because somebody who looks on has failed.
 */
export function clockWith(now: () => number, failed: (error: unknown) => void): Clock {
  return {
    now,
    every: (seconds, action) => {
      const timer = setInterval(() => {
        try {
          action();
        } catch (error) {
          clearInterval(timer);
          failed(error);
        }
      }, seconds * 1000);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

/** The time of this machine. */
export const systemClock: Pick<Clock, "now"> = { now: () => Date.now() / 1000 };
