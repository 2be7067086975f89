import { onTestFinished, vi } from "vitest";
import { until } from "../../../support/until.ts";

/** How often a driver looks who is there, in milliseconds. */
const LOOK_MS = 500;

/** Has drivers of this test look at the clock only when the test says so. To be held before a run is started. */
export class HeldClock {
  constructor() {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
  }

  look(times = 1): void {
    vi.advanceTimersByTime(times * LOOK_MS);
  }

  /** Looks until something has come of it. */
  lookUntil(condition: () => boolean, what: string): Promise<void> {
    const lookAndSee = (): boolean => {
      this.look();
      return condition();
    };
    return until(lookAndSee, () => what);
  }
}

/** Has what drivers of this test wait for come when the test says so. To be held before a run is started. */
export function holdTimeouts(): (seconds: number) => Promise<void> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  return async (seconds) => void (await vi.advanceTimersByTimeAsync(seconds * 1000));
}
