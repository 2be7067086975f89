import { afterEach, expect, test, vi } from "vitest";
import { attendAllocationEnd } from "../../../../src/places/slurm/allocation-end.ts";

/** A job that ends after so many seconds, and what is told later of its end. */
function attend(seconds: number, minTimeLeft: number, later: (number | undefined)[] = []) {
  vi.useFakeTimers({ now: 0 });
  const told: number[] = [];
  const now = (): number => Date.now() / 1000;
  const askAgain = (): Promise<number | undefined> => Promise.resolve(later.shift());
  const stop = attendAllocationEnd({
    ...{ endTime: seconds, minTimeLeft, now, askAgain, outOfTime: () => told.push(now()) },
  });
  return { told, stop };
}

afterEach(() => void vi.useRealTimers());

const DAY = 86_400;

test("it tells when no more time is left than tasks need, once", async () => {
  const { told } = attend(1000, 300);
  await vi.advanceTimersByTimeAsync(2_000_000);
  expect(told).toEqual([700]);
});

test("too little time from the beginning is told at once", async () => {
  const { told } = attend(100, 300);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toHaveLength(1);
});

test("an end that has been put off is waited for", async () => {
  const { told } = attend(1000, 300, [2000, undefined]);
  await vi.advanceTimersByTimeAsync(3_000_000);
  expect(told).toEqual([1700]);
});

test("an end that is further off than timers go is waited for", async () => {
  const { told } = attend(60 * DAY, 300);
  await vi.advanceTimersByTimeAsync(59 * DAY * 1000);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(DAY * 1000);
  expect(told).toEqual([60 * DAY - 300]);
});

test("nothing is told when nobody waits any longer", async () => {
  const { told, stop } = attend(1000, 300);
  stop();
  await vi.advanceTimersByTimeAsync(2_000_000);
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
