import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { statusOf } from "../../../../src/run/kvs/status-of.ts";
import { assigned, finished, joined, START, started } from "../../faces/terminal/events.ts";

function statusAfter(...events: readonly RunEvent[]): unknown {
  const counts = new RunState();
  for (const event of events) counts.handle(event);
  const facts = { now: START + 100, returnCode: 3, joined: () => START, lastHeard: () => START + 7 };
  return statusOf(counts, facts);
}

const ready: RunEvent = { type: "engine-ready", time: START, engine: 0 };

describe("the status of a run in the words of disBatch", () => {
  test("has an engine that runs, with its slots, and that more tasks may come", () => {
    expect(statusAfter(started(), joined(0, 2), ready, assigned(0))).toMatchObject({
      more: "More tasks.",
      barriers: 0,
      currentReturnCode: 3,
      engines: { 0: { rank: 0, active: 2, assigned: 1, finished: 0, status: "running", last: START + 100 } },
      activeCylinders: 2,
    });
  });

  test("says that no more tasks come when all that are known have been given out", () => {
    expect(statusAfter(started(1), joined(0, 1), ready, assigned(0))).toMatchObject({ more: "No more tasks." });
    expect(statusAfter(started(2), joined(0, 1), ready, assigned(0), finished(0))).toMatchObject({
      more: "More tasks.",
      engines: { 0: { assigned: 0, finished: 1 } },
    });
  });

  test("has an engine that is being stopped, and one that has gone and was last heard of then", () => {
    const stopping: RunEvent = { type: "engine-stopping", time: START, engine: 0 };
    const left: RunEvent = { type: "engine-left", time: START, engine: 0 };
    expect(statusAfter(started(), joined(0, 2), ready, stopping)).toMatchObject({
      engines: { 0: { status: "stopping", active: 0 } },
    });
    expect(statusAfter(started(), joined(0, 2), ready, left)).toMatchObject({
      engines: { 0: { status: "stopped", active: 0, last: START + 7 } },
      activeCylinders: 0,
    });
  });
});
