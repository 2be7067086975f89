import { describe, expect, it } from "vitest";

import { LiveEstimate } from "../../../../src/records/state/live-estimate.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { SteadyEstimate } from "../../../../src/records/state/steady-estimate.ts";
import { assigned, finished, joined, START, started } from "../../faces/terminal/events.ts";

const about = (earliest: number, latest: number, slow = 0) => ({ earliest, latest, slow });

describe("SteadyEstimate", () => {
  it("stays where it is while the end hardly moves, and moves when it does", () => {
    const steady = new SteadyEstimate();
    expect(steady.next(about(1000, 1100), 0)).toEqual(about(1000, 1100));
    expect(steady.next(about(1020, 1120), 1)).toEqual(about(1000, 1100));
    expect(steady.next(about(1200, 1300), 2)).toEqual(about(1200, 1300));
  });

  it("tells of another number of slow tasks, and of an end that is no longer known, at once", () => {
    const steady = new SteadyEstimate();
    steady.next(about(1000, 1100), 0);
    expect(steady.next(about(1000, 1100, 2), 0)).toEqual(about(1000, 1100, 2));
    expect(steady.next(undefined, 0)).toBeUndefined();
  });
});

describe("LiveEstimate", () => {
  it("is made once a second, and is none once the run does not go on", () => {
    const state = new RunState();
    state.handle(started(10));
    state.handle(joined(0, 1));
    state.handle({ type: "engine-ready", time: START, engine: 0 });
    for (const id of [0, 1, 2, 3, 4]) {
      state.handle(assigned(id));
      state.handle(finished(id, { start: START + id, finish: START + id + 1 }));
    }
    const estimate = new LiveEstimate(state);
    const first = estimate.at(START + 5);
    expect(first?.latest).toBeGreaterThan(START + 5);
    state.total = 1000;
    expect(estimate.at(START + 5.9)).toBe(first);
    expect(estimate.at(START + 6)?.latest).toBeGreaterThan((first?.latest ?? 0) + 100);
    state.handle({ type: "run-draining", time: START + 7, reason: "stopped" });
    expect(estimate.at(START + 7)).toBeUndefined();
  });
});
