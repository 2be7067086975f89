import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadlines } from "../../../../src/node/engine/deadlines.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function deadlines(): { reached: string[]; all: Deadlines<string> } {
  const reached: string[] = [];
  return { reached, all: new Deadlines((holder) => reached.push(holder)) };
}

describe("deadlines", () => {
  test("are told of each in its time, whatever the order in which they were set", () => {
    const { all, reached } = deadlines();
    all.set("late", 3000);
    all.set("soon", 1000);
    all.set("between", 2000);
    vi.advanceTimersByTime(999);
    expect(reached).toEqual([]);
    vi.advanceTimersByTime(2);
    expect(reached).toEqual(["soon"]);
    vi.advanceTimersByTime(1000);
    expect(reached).toEqual(["soon", "between"]);
    vi.advanceTimersByTime(1000);
    expect(reached).toEqual(["soon", "between", "late"]);
  });

  test("have one timer between them, and none when the last has come", () => {
    const { all } = deadlines();
    for (let i = 0; i < 1000; i++) all.set(String(i), HOUR + i);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2 * HOUR);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that are dropped are never told of, and those that are set again have the new one", () => {
    const { all, reached } = deadlines();
    all.set("dropped", 1000);
    all.set("moved", 1000);
    all.set("moved", 5000);
    all.drop("dropped");
    vi.advanceTimersByTime(4000);
    expect(reached).toEqual([]);
    vi.advanceTimersByTime(1001);
    expect(reached).toEqual(["moved"]);
  });

  test("may be further away than timers reach", () => {
    const { all, reached } = deadlines();
    all.set("next season", 90 * DAY);
    vi.advanceTimersByTime(89 * DAY);
    expect(reached).toEqual([]);
    vi.advanceTimersByTime(DAY + 1);
    expect(reached).toEqual(["next season"]);
  });

  test("take no notice of a calendar that is set", () => {
    const { all, reached } = deadlines();
    all.set("task", 1000);
    vi.setSystemTime(0);
    vi.advanceTimersByTime(1001);
    expect(reached).toEqual(["task"]);
  });

  test("let what has ended be heard of first, where both have waited", () => {
    const { all, reached } = deadlines();
    all.set("ended", 1000);
    setTimeout(() => all.drop("ended"), 1000);
    vi.advanceTimersByTime(2000);
    expect(reached).toEqual([]);
  });

  test("end when they are closed", () => {
    const { all, reached } = deadlines();
    all.set("task", 1000);
    all.close();
    vi.advanceTimersByTime(2000);
    expect([reached, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
