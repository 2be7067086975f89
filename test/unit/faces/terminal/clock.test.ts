import { expect, test, vi } from "vitest";
import { clockWith } from "../../../../src/faces/terminal/clock.ts";

test("an action that throws is told of, and not called again", () => {
  vi.useFakeTimers();
  const faults: unknown[] = [];
  const clock = clockWith(
    () => 0,
    (error) => faults.push(error),
  );
  const fault = new Error("broken");
  let calls = 0;
  clock.every(1, () => {
    calls++;
    throw fault;
  });
  vi.advanceTimersByTime(5_000);
  vi.useRealTimers();
  expect(faults).toEqual([fault]);
  expect(calls).toBe(1);
});
