import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { exited } from "../../../../src/domain/ending.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import {
  plainLine,
  progressLine,
  slowestLine,
  type ProgressView,
} from "../../../../src/faces/terminal/progress-line.ts";
import { assigned, finished, joined, START, started } from "./events.ts";

/** A run of 10,000 tasks on 64 slots, a quarter of it done, two of them failed. */
function quarterDone(total: number | undefined = 10_000): RunState {
  const counts = new RunState();
  counts.handle(started(total));
  counts.handle(joined(0, 64));
  for (let id = 0; id < 2500; id++) counts.handle(finished(id, id < 2 ? { ending: exited(1) } : {}));
  for (let id = 2500; id < 2564; id++) counts.handle(assigned(id));
  return counts;
}

const now = START + 31;
const narrow = { earliest: now + 92, latest: now + 94, slow: 0 };
const wide = { earliest: now + 38, latest: now + 55, slow: 0 };
const view: ProgressView = { counts: quarterDone(), now, rate: 80.6, estimate: narrow, slowest: undefined };
const slowest = { id: 88_213, node: "node07", seconds: 192, usual: 4.1 };

describe("progressLine", () => {
  it("shows everything and a bar when there is room", () => {
    expect(progressLine(view, 199, false)).toBe(
      `[${"=".repeat(12)}${" ".repeat(36)}] 2500/10000 done  25%  2 failed in 1 kind  64 running  80.6/s  0:31  ETA 1:33`,
    );
  });

  it("shrinks the bar where there is less room", () => {
    expect(progressLine(view, 90, false)).toBe(
      "[==         ] 2500/10000 done  25%  2 failed in 1 kind  64 running  80.6/s  0:31  ETA 1:33",
    );
  });

  it("drops the least important parts first", () => {
    expect(progressLine(view, 65, false)).toBe("2500/10000 done  2 failed  64 running  80.6/s  0:31  ETA 1:33");
    expect(progressLine(view, 53, false)).toBe("2500/10000 done  2 failed  64 running  ETA 1:33");
    expect(progressLine(view, 39, false)).toBe("2500/10000 done  2 failed  64 running");
    expect(progressLine(view, 20, false)).toBe("2500/10000 done");
  });

  it("cuts the last part that is left rather than wrap", () => {
    expect(progressLine(view, 7, false)).toBe("2500/10");
  });

  it("paints failures red, and nothing else, when colours are allowed", () => {
    expect(progressLine(view, 39, true)).toBe("2500/10000 done  \u001b[31m2 failed\u001b[39m  64 running");
  });

  it("takes the same columns with and without colours", () => {
    // oxlint-disable-next-line no-control-regex
    expect(progressLine(view, 119, true).replaceAll(/\u001b\[\d+m/g, "")).toBe(progressLine(view, 119, false));
  });

  it("shows neither bar, percentage nor ETA when the total is not known", () => {
    const counts = quarterDone();
    counts.total = undefined;
    expect(progressLine({ ...view, counts, estimate: undefined }, 199, false)).toBe(
      "2500 done  2 failed in 1 kind  64 running  80.6/s  0:31",
    );
  });

  it("says that it is starting until an engine has joined", () => {
    const counts = new RunState();
    counts.handle(started(10));
    expect(progressLine({ ...view, counts, now: START, rate: undefined, estimate: undefined }, 40, false)).toBe(
      "starting  0/10 done  0%  0 running  0:00",
    );
  });

  it("says that the run is draining", () => {
    const counts = quarterDone();
    counts.handle({ type: "run-draining", time: START, reason: "interrupted" });
    const line = progressLine({ ...view, counts, estimate: undefined }, 60, false);
    expect(line).toBe("draining  2500/10000 done  2 failed  64 running  80.6/s");
  });

  it("shows a wide range as such, and its middle where there is less room", () => {
    const ranged = { ...view, estimate: wide };
    expect(progressLine(ranged, 90, false)).toContain("2 failed in 1 kind  64 running  80.6/s  0:31  ETA 0:38 to 0:55");
    expect(progressLine(ranged, 72, false)).toBe("2500/10000 done  25%  2 failed  64 running  80.6/s  0:31  ETA 0:47");
  });

  it("counts kinds of failures", () => {
    const counts = quarterDone();
    counts.handle(finished(2501, { ending: exited(3) }));
    expect(progressLine({ ...view, counts }, 199, false)).toContain("  3 failed in 2 kinds  ");
  });

  it("shows the slowest task where there is room for everything else", () => {
    const all = progressLine({ ...view, slowest }, 199, false);
    expect(all).toContain("0:31  ETA 1:33  task 88213 runs 3:12");
    expect(progressLine({ ...view, slowest }, 79, false)).toBe(progressLine(view, 79, false));
  });

  it("never takes more columns than it may", () => {
    const numbers = fc.record({
      total: fc.option(fc.nat(), { nil: undefined }),
      succeeded: fc.nat(),
      failed: fc.nat(),
      skipped: fc.nat(),
    });
    const rates = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(numbers, rates, fc.nat(1e7), fc.integer({ min: 1, max: 250 }), (changes, rate, elapsed, width) => {
        const counts = Object.assign(new RunState(), { started: START }, changes);
        expect(
          progressLine({ ...view, counts, now: START + elapsed, rate, estimate: wide, slowest }, width, false).length,
        ).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("plainLine", () => {
  it("says everything in words", () => {
    expect(plainLine(view)).toBe(
      "disbatch: 2500/10000 done, 2 failed in 1 kind, 64 running, 80.6/s, 0:31 elapsed, ETA 1:33",
    );
  });
});

describe("slowestLine", () => {
  it("tells where the task runs, and what is usual", () => {
    expect(slowestLine(slowest)).toBe(
      "disbatch: task 88213 has run for 3:12 on node07; 95 % of tasks took at most 4.1 s",
    );
  });
});
