import { expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { RunCounts } from "../../../../src/records/state/counts.ts";
import { snapshotOf } from "../../../../src/records/state/snapshot.ts";
import { assigned, finished, joined, START, started } from "../../faces/terminal/events.ts";

const run = { jobId: "job", taskFile: "Tasks", host: "h", pid: 1 };

function snapshotAfter(...events: readonly RunEvent[]) {
  const counts = new RunCounts();
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
  expect(tasks).toEqual({ total: 9, succeeded: 1, failed: 1, skipped: 0, running: 2 });
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
