import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { exited } from "../../../../src/domain/ending.ts";
import { RunCounts } from "../../../../src/records/state/counts.ts";
import { plainLine, progressLine } from "../../../../src/faces/terminal/progress-line.ts";
import { assigned, finished, joined, START, started } from "./events.ts";

/** A run of 10,000 tasks on 64 slots, a quarter of it done, two of them failed. */
function quarterDone(total: number | undefined = 10_000): RunCounts {
  const counts = new RunCounts();
  counts.handle(started(total));
  counts.handle(joined(0, 64));
  for (let id = 0; id < 2500; id++) counts.handle(finished(id, id < 2 ? { ending: exited(1) } : {}));
  for (let id = 2500; id < 2564; id++) counts.handle(assigned(id));
  return counts;
}

const view = { counts: quarterDone(), now: START + 31, rate: 80.6 };

describe("progressLine", () => {
  it("shows everything and a bar when there is room", () => {
    expect(progressLine(view, 199, false)).toBe(
      `[${"=".repeat(12)}${" ".repeat(36)}] 2500/10000 done  25%  2 failed  64 running  80.6/s  0:31  ETA 1:33`,
    );
  });

  it("shrinks the bar on 80 columns", () => {
    expect(progressLine(view, 79, false)).toBe(
      "[==        ] 2500/10000 done  25%  2 failed  64 running  80.6/s  0:31  ETA 1:33",
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
    expect(progressLine({ ...view, counts }, 199, false)).toBe("2500 done  2 failed  64 running  80.6/s  0:31");
  });

  it("says that it is starting until an engine has joined", () => {
    const counts = new RunCounts();
    counts.handle(started(10));
    expect(progressLine({ counts, now: START, rate: undefined }, 40, false)).toBe(
      "starting  0/10 done  0%  0 running  0:00",
    );
  });

  it("says that the run is draining, and gives no estimate then", () => {
    const counts = quarterDone();
    counts.handle({ type: "run-draining", time: START, reason: "interrupted" });
    const line = progressLine({ ...view, counts }, 60, false);
    expect(line).toBe("draining  2500/10000 done  2 failed  64 running  80.6/s");
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
        const counts = Object.assign(new RunCounts(), { started: START }, changes);
        expect(progressLine({ counts, now: START + elapsed, rate }, width, false).length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe("plainLine", () => {
  it("says everything in words", () => {
    expect(plainLine(view)).toBe("disbatch: 2500/10000 done, 2 failed, 64 running, 80.6/s, 0:31 elapsed, ETA 1:33");
  });
});
