import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { runClock } from "../../../../src/node/process/run-clock.ts";

const BEGUN = 1_700_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: BEGUN * 1000, toFake: ["Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
});

/** The clock, on a machine that is asleep as often as the test says. */
function setUp(notBefore?: number) {
  let asleep = 0;
  const clock = runClock({ notBefore, boot: () => 5000 + asleep + Math.floor(performance.now() / 10) / 100 });
  return { clock, sleep: (seconds: number) => void (asleep += seconds) };
}

test("begins at the calendar's time, or at that of an earlier driver if it was later", () => {
  expect(setUp().clock()).toBeCloseTo(BEGUN);
  expect(setUp(BEGUN + 3600).clock()).toBeCloseTo(BEGUN + 3600);
  expect(setUp(BEGUN - 3600).clock()).toBeCloseTo(BEGUN);
});

test("counts what passes, whatever becomes of the calendar", () => {
  const { clock } = setUp();
  vi.advanceTimersByTime(20_000);
  vi.setSystemTime((BEGUN - 86_400) * 1000);
  expect(clock()).toBeCloseTo(BEGUN + 20, 1);
  vi.setSystemTime((BEGUN + 86_400) * 1000);
  vi.advanceTimersByTime(500);
  expect(clock()).toBeCloseTo(BEGUN + 20.5, 1);
});

test("counts the time asleep, and never goes back", () => {
  const { clock, sleep } = setUp();
  let before = clock();
  for (let i = 0; i < 5_000; i++) {
    vi.advanceTimersByTime(7);
    if (i === 2_000) sleep(3600);
    const now = clock();
    expect(now).toBeGreaterThanOrEqual(before);
    before = now;
  }
  expect(before).toBeCloseTo(BEGUN + 3600 + 35, 1);
});
