import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TaskWatch } from "../../../../src/node/engine/task-watch.ts";
import { WatchedTask } from "../../../../src/node/engine/watched-task.ts";
import { FakeProc } from "../process/fake-proc.ts";

const MEBI = 1024 ** 2;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const proc = new FakeProc();
  const over: (readonly [task: number, used: number])[] = [];
  const watch = new TaskWatch<WatchedTask>("e1", ({ taskId }, used) => over.push([taskId, used / MEBI]), proc.root);
  return { proc, over, watch };
}

function task(taskId: number, group: number, memory?: number): WatchedTask {
  const limit = memory === undefined ? undefined : memory * MEBI;
  const overseer = { begin: () => undefined, forget: () => undefined };
  const watched = new WatchedTask({ taskId, attempt: 1, slot: 0, timeout: undefined, memory: limit }, overseer);
  watched.begun(group);
  return watched;
}

describe("the watch tells of a task", () => {
  test("that holds more than its limit, and not of one that holds as much", () => {
    const { proc, over, watch } = setUp();
    proc.set(100, { resident: 101, proportion: 101 });
    proc.set(200, { resident: 100, proportion: 100 });
    watch.add(task(1, 100, 100));
    watch.add(task(2, 200, 100));
    vi.advanceTimersByTime(1000);
    expect(over).toEqual([[1, 101]]);
  });

  test("by all of its processes together, each page that they share counted once", () => {
    const { proc, over, watch } = setUp();
    proc.set(100, { resident: 60, proportion: 40 });
    proc.set(101, { group: 100, resident: 60, proportion: 40 });
    const shared = task(1, 100, 100);
    watch.add(shared);
    vi.advanceTimersByTime(1000);
    expect([over, shared.peak]).toEqual([[], 80 * MEBI]);
    proc.set(101, { group: 100, resident: 90, proportion: 70 });
    vi.advanceTimersByTime(1000);
    expect(over).toEqual([[1, 110]]);
  });

  test("where the system counts no shared pages, as if nothing was shared", () => {
    const { proc, over, watch } = setUp();
    proc.set(100, { resident: 60 });
    proc.set(101, { group: 100, resident: 60 });
    watch.add(task(1, 100, 100));
    vi.advanceTimersByTime(1000);
    expect(over).toEqual([[1, 120]]);
  });
});

test("the watch keeps the most that a task has held, and its processor time", () => {
  const { proc, watch } = setUp();
  const one = task(1, 100);
  watch.add(one);
  proc.set(100, { resident: 70, cpu: [150, 25] });
  vi.advanceTimersByTime(1000);
  proc.set(100, { resident: 30, cpu: [250, 25] });
  vi.advanceTimersByTime(1000);
  expect([one.peak, one.cpu]).toEqual([70 * MEBI, 2.75]);
  // The system keeps what the process has held between two looks.
  proc.set(100, { resident: 30, most: 90, cpu: [350, 25] });
  vi.advanceTimersByTime(2000);
  expect([one.peak, one.cpu]).toEqual([90 * MEBI, 3.75]);
});

test("the watch looks at a task without a limit less and less, but several times a minute", () => {
  const { proc, watch } = setUp();
  const one = task(1, 100);
  watch.add(one);
  const seen: number[] = [];
  for (let second = 1; second <= 64; second++) {
    proc.set(100, { cpu: [second * 100, 0] });
    vi.advanceTimersByTime(1000);
    if (one.cpu === second) seen.push(second);
  }
  expect(seen).toEqual([1, 2, 4, 8, 16, 32, 48, 64]);
});

test("the watch looks only when a task is a second old, and has no timer when none is left", () => {
  const { proc, over, watch } = setUp();
  proc.set(100, { resident: 101, proportion: 101 });
  const gone = task(0, 99);
  watch.add(gone);
  vi.advanceTimersByTime(500);
  const young = task(1, 100, 100);
  watch.add(young);
  watch.drop(gone);
  vi.advanceTimersByTime(500);
  expect(over).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(over).toEqual([[1, 101]]);
  watch.drop(young);
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
});
