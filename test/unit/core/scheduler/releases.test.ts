import { expect, test } from "vitest";
import type { SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";
import { barrier, task, tasks } from "./items.ts";
import { given, said, SteppedRun } from "./stepped-run.ts";

/** Ranks of the engines that are told to leave. */
function dismissed(commands: readonly SchedulerCommand[]): number[] {
  return commands.flatMap((command) => (command.type === "dismiss" ? [command.engine] : []));
}

test("an engine whose node others can use leaves when there is nothing left for it, and no other does", () => {
  const run = SteppedRun.begin(tasks(3), { engines: [1, 1, 1], releasable: [1, 2] });
  expect(dismissed(run.settle(0, [0]))).toEqual([]);
  expect(dismissed(run.settle(2, [2]))).toEqual([2]);
  expect(said(run.do((scheduler) => scheduler.engineGone(2, "left")))).toEqual([]);
  expect(dismissed(run.settle(1, [1]))).toEqual([1, 0]);
});

test("it stays for what comes behind a barrier", () => {
  const run = SteppedRun.begin([task(0), task(1), barrier(2), task(3), task(4)], { engines: [1, 1], releasable: [1] });
  expect(dismissed(run.settle(1, [1]))).toEqual([]);
  expect(given(run.settle(0, [0]))).toEqual([
    [0, 3, 1, 0],
    [1, 4, 1, 0],
  ]);
  expect(dismissed(run.settle(1, [4]))).toEqual([1]);
});

test("it stays while tasks wait on another engine for a slot, and takes them over", () => {
  const run = SteppedRun.begin(tasks(4), { engines: [1, 1], releasable: [1] });
  // Short tasks are given ahead of need.
  const ahead = run.do((scheduler) => scheduler.settled(0, [{ taskId: 0, failed: false, elapsed: 0.01 }]));
  expect(given(ahead).map(([engine, id]) => [engine, id])).toEqual([
    [0, 2],
    [0, 3],
  ]);
  const idle = run.settle(1, [1]);
  expect(said(idle)).toEqual(["recall"]);
  expect(given(run.do((scheduler) => scheduler.returned(0, [3])))).toEqual([[1, 3, 1, 0]]);
});

test("it stays while another engine is out of touch, whose tasks may come back", () => {
  const run = SteppedRun.begin(tasks(3), { engines: [1, 1, 1], releasable: [1, 2] });
  run.do((scheduler) => scheduler.engineSilent(2));
  expect(dismissed(run.settle(1, [1]))).toEqual([]);
  expect(given(run.do((scheduler) => scheduler.engineGone(2, "lost")))).toEqual([[1, 2, 2, 1]]);
  expect(dismissed(run.settle(1, [2]))).toEqual([1]);
});

test("one that joins when everything has been given out leaves again", () => {
  const run = SteppedRun.begin(tasks(1), { engines: [1] });
  run.do((scheduler) => scheduler.enginesStarted(1));
  expect(dismissed(run.do((scheduler) => scheduler.engineJoined(1, 4, { releasable: true })))).toEqual([1]);
});

test("one that is out of touch is told when it is back", () => {
  const run = SteppedRun.begin(tasks(4), { engines: [2, 1, 1], releasable: [1, 2] });
  run.do((scheduler) => scheduler.engineSilent(1));
  run.settle(1, [2]);
  expect(dismissed(run.settle(2, [3]))).toEqual([1, 2]);
  expect(dismissed(run.back(1, []))).toEqual([1]);
});

test("what an engine held that is lost after the others have left is run where it is started again", () => {
  const run = SteppedRun.begin(tasks(2), { engines: [1, 1], releasable: [0, 1] });
  expect(dismissed(run.settle(1, [1]))).toEqual([1]);
  run.do((scheduler) => scheduler.engineGone(1, "left"));
  run.do((scheduler) => scheduler.enginesStarted(1));
  run.do((scheduler) => scheduler.engineGone(0, "lost"));
  expect(given(run.do((scheduler) => scheduler.engineJoined(2, 1, { releasable: true })))).toEqual([[2, 0, 2, 1]]);
});
