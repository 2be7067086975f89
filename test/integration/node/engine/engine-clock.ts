import { onTestFinished, vi } from "vitest";

/**
 * The clock of an engine that runs in this process: it goes on by itself, and limits of tasks come when the test says so. So a
 * limit may be longer than any machine takes for what is to come before it, and nobody waits for it.
 */
export class EngineClock {
  /** Has to be called before the engine is opened. The usual clock is back when the test is over. */
  static begin(): EngineClock {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    return new EngineClock();
  }

  /** So many seconds go by. */
  async pass(seconds: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(seconds * 1000);
  }
}

/** The engine's clock stands still until it is let go on: all that happens meanwhile happens at once, however long it takes. */
export function stopClock(): () => void {
  const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  const goOn = (): void => clock.mockRestore();
  onTestFinished(goOn);
  return goOn;
}
