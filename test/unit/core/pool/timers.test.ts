import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { Timers } from "../../../../src/core/pool/timers.ts";

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

test("what is put off is done in its time, unless it is called off or all is over", () => {
  const timers = new Timers();
  const done: string[] = [];
  timers.after(10, () => done.push("first"));
  const callOff = timers.after(10, () => done.push("called off"));
  timers.after(30, () => done.push("too late"));
  callOff();
  vi.advanceTimersByTime(20);
  timers.clear();
  vi.advanceTimersByTime(20);
  expect(done).toEqual(["first"]);
});
