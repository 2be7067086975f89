import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { snapshotOf } from "../../../../src/records/state/snapshot.ts";
import { assigned, finished, interrupted, joined, runs, START, started } from "../../faces/terminal/events.ts";

const run = { jobId: "job", taskFile: "Tasks", host: "h", pid: 1 };

function snapshotAfter(...events: readonly RunEvent[]) {
  const counts = new RunState();
  for (const event of events) counts.handle(event);
  return snapshotOf(counts, run, START + 10);
}

const context: RunEvent = {
  type: "context-added",
  time: START,
  context: { label: "SSH0", nodes: [{ node: "n0", slots: 2, coresPerSlot: 1 }], taskLimit: 5 },
  later: false,
};

test("a snapshot tells which engines there are and have been, and what they hold and have done", () => {
  const { engines, tasks, phase, now } = snapshotAfter(
    ...[started(9), context, joined(0, 2), joined(1, 1), joined(2, 1)],
    { type: "engine-ready", time: START, engine: 0 },
    ...[assigned(0), assigned(1), assigned(2), assigned(3), finished(0), finished(1, { ending: exited(1) })],
    { type: "engine-left", time: START, engine: 1 },
    { type: "engine-lost", time: START, engine: 2, reason: "gone", crashed: true },
  );
  expect(
    engines.map(({ rank, state, running, finished: done, failed }) => [rank, state, running, done, failed]),
  ).toEqual([
    [0, "ready", 2, 2, 1],
    [1, "left", 0, 0, 0],
    [2, "lost", 0, 0, 0],
  ]);
  expect(tasks).toEqual({ total: 9, succeeded: 1, failed: 1, skipped: 0, retrying: 0, running: 2 });
  expect([phase, now]).toEqual(["running", START + 10]);
});

test("a context with a limit says how many tasks are left of it", () => {
  const { contexts } = snapshotAfter(started(9), context, joined(0, 2), assigned(0), assigned(1), finished(0), {
    type: "context-stopped",
    time: START,
    label: "SSH0",
  });
  expect(contexts).toEqual([{ label: "SSH0", nodes: ["n0"], tasksLeft: 3, stopped: true }]);
});

describe("what runs in the slots of an engine", () => {
  const three: readonly RunEvent[] = [
    ...[started(9), context, joined(0, 2), joined(1, 1), assigned(0), assigned(1), assigned(2, 1)],
    ...[runs(1, { slot: 1, start: START + 2 }), runs(0, { start: START + 1 }), runs(2, { engine: 1 })],
  ];
  const idsAfter = (...events: readonly RunEvent[]): number[][] =>
    snapshotAfter(...three, ...events).engines.map(({ tasks }) => tasks.map(({ taskId }) => taskId));

  test("is shown with its start, slot by slot", () => {
    expect(snapshotAfter(...three).engines.map(({ tasks }) => tasks)).toEqual([
      [
        { taskId: 0, attempt: 1, slot: 0, start: START + 1 },
        { taskId: 1, attempt: 1, slot: 1, start: START + 2 },
      ],
      [{ taskId: 2, attempt: 1, slot: 0, start: START }],
    ]);
  });

  test("is gone when it has ended, was cut short or handed back, or when its engine is gone", () => {
    expect(idsAfter(finished(1, { slot: 1 }))).toEqual([[0], [2]]);
    expect(idsAfter(interrupted(1))).toEqual([[0], [2]]);
    expect(idsAfter({ type: "task-returned", time: START, taskId: 0, engine: 0 })).toEqual([[1], [2]]);
    expect(idsAfter({ type: "engine-left", time: START, engine: 0 })).toEqual([[], [2]]);
    expect(idsAfter({ type: "engine-lost", time: START, engine: 1, reason: "gone", crashed: true })).toEqual([
      [0, 1],
      [],
    ]);
  });

  test("stays when it is told again, and gives way to what is started there next, whichever is heard of first", () => {
    expect(idsAfter(runs(0, { start: START + 1 }))).toEqual([[0, 1], [2]]);
    expect(idsAfter(assigned(3), runs(3), finished(0))).toEqual([[3, 1], [2]]);
  });

  test("is not told of an engine that is gone", () => {
    expect(idsAfter({ type: "engine-left", time: START, engine: 0 }, runs(0))).toEqual([[], [2]]);
  });
});
