/** Time as observers need it, so that tests can turn the hands. */
export interface Clock {
  /** Unix time in seconds. */
  now(): number;
  /** Calls again and again, this many seconds apart, until the function it returns is called. Keeps no process alive. */
  every(seconds: number, action: () => void): () => void;
}

/** A clock that shows this time. @param now Unix time in seconds. */
export function clockWith(now: () => number): Clock {
  return {
    now,
    every: (seconds, action) => {
      const timer = setInterval(action, seconds * 1000);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

/** The time of this machine. */
export const systemClock: Clock = clockWith(() => Date.now() / 1000);
