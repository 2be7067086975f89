import { describe, expect, test } from "vitest";
import { needing, NeedsRun, plain } from "./needs-run.ts";

describe("a task that needs time", () => {
  test("goes where enough is left, and others go anywhere", () => {
    const run = new NeedsRun(
      [needing(0, "min-time=30m"), plain(1), needing(2, "min-time=5m")],
      [
        { slots: 1, timeLeft: 100 },
        { slots: 1, timeLeft: 600 },
        { slots: 1, timeLeft: 3600 },
      ],
    );
    expect([run.on(0), run.on(1), run.on(2)]).toEqual([[1], [2], [0]]);
  });

  test("is not run when nowhere enough is left any more, which is told once, and the rest goes on", () => {
    const run = new NeedsRun(
      [needing(0, "min-time=30m"), needing(1, "min-time=30m"), needing(2, "min-time=30m"), needing(3, "cores=1")],
      [{ slots: 1, timeLeft: 1810 }],
    );
    expect(run.on(0)).toEqual([0]);
    run.passTime(9);
    expect(run.unmet).toEqual([]);
    run.passTime(9);
    expect(run.unmet).toEqual([1, 2]);
    expect(run.told).toMatchObject([{ why: "needs 30 min; the most that is left to an engine is 1792 s" }]);
    expect(run.drain().end).toBe("unmet-needs");
    expect(run.done).toEqual([0, 3]);
  });

  test("waits for another engine where more may be added", () => {
    const run = new NeedsRun([needing(0, "min-time=30m")], [{ slots: 1, timeLeft: 60 }], { waitForEngines: true });
    expect([run.running(), run.unmet]).toEqual([[], []]);
    run.add({ slots: 1 });
    expect(run.on(1)).toEqual([0]);
  });
});
