import { describe, expect, test } from "vitest";
import { FAIL_FAST } from "../../../../src/domain/halt-policy.ts";
import { Quota } from "../../../../src/core/scheduler/quota.ts";
import { Scheduler } from "../../../../src/core/scheduler/scheduler.ts";
import { barrier, task, tasks } from "./items.ts";
import { given, said, SteppedRun } from "./stepped-run.ts";

describe("what a lost engine held", () => {
  test("goes to the front of the queue, as the next attempt", () => {
    const run = SteppedRun.begin(tasks(5), { engines: [2, 1] });
    expect(given(run.settle(1, [2]))).toEqual([[1, 3, 1, 0]]);
    run.do((scheduler) => scheduler.engineGone(0));
    expect(given(run.settle(1, [3]))).toEqual([[1, 0, 2, 1]]);
    expect(given(run.settle(1, [0]))).toEqual([[1, 1, 2, 1]]);
    expect(given(run.settle(1, [1]))).toEqual([[1, 4, 1, 0]]);
  });

  test("counts as what it died of, also where it had no slot yet: how far the engine had come is not known", () => {
    const run = SteppedRun.begin(tasks(8), { engines: [2] });
    run.do((scheduler) => scheduler.settled(0, [{ taskId: 0, failed: false, elapsed: 0.1 }]));
    run.do((scheduler) => scheduler.settled(0, [{ taskId: 1, failed: false, elapsed: 0.1 }]));
    expect([2, 3, 4, 5].map((id) => run.scheduler.heldBy(0, id)?.attempt)).toEqual([1, 1, 1, 1]);
    run.do((scheduler) => scheduler.enginesStarted(1));
    run.do((scheduler) => scheduler.engineGone(0));
    const again = run.do((scheduler) => scheduler.engineJoined(1, 8));
    expect(given(again).slice(0, 4)).toEqual([
      [1, 2, 2, 1],
      [1, 3, 2, 1],
      [1, 4, 2, 1],
      [1, 5, 2, 1],
    ]);
  });

  test("counts as what it died of only where it had not ended yet", () => {
    const run = SteppedRun.begin(tasks(5), { engines: [2] });
    expect(given(run.do((scheduler) => scheduler.finished(0, [{ taskId: 0, failed: false }])))).toEqual([[0, 2, 1, 0]]);
    run.do((scheduler) => scheduler.enginesStarted(1));
    run.do((scheduler) => scheduler.engineGone(0));
    const again = run.do((scheduler) => scheduler.engineJoined(1, 3));
    expect(given(again)).toEqual([
      [1, 1, 2, 1],
      [1, 2, 2, 1],
      [1, 0, 2, 0],
    ]);
  });

  test("has not crashed an engine that had not begun, nor one that has left", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [1, 1] });
    run.do((scheduler) => scheduler.enginesStarted(1));
    run.do((scheduler) => scheduler.engineGone(0, "left"));
    expect(given(run.settle(1, [1]))).toEqual([[1, 0, 2, 0]]);
    run.do((scheduler) => scheduler.enginesStarted(1));
    expect(said(run.do((scheduler) => scheduler.engineJoined(2, 1)))).toEqual(["admit"]);
    expect(given(run.do((scheduler) => scheduler.engineGone(1)))).toEqual([[2, 0, 3, 1]]);
  });

  test("counts as not taken from the context's limit", () => {
    const quota = new Quota(1);
    const run = SteppedRun.begin(tasks(1), { waitForEngines: true });
    run.do((scheduler) => scheduler.enginesStarted(2));
    expect(given(run.do((scheduler) => scheduler.engineJoined(0, 1, { quota })))).toEqual([[0, 0, 1, 0]]);
    run.do((scheduler) => scheduler.engineGone(0));
    expect([quota.left, quota.held]).toEqual([1, 0]);
    expect(given(run.do((scheduler) => scheduler.engineJoined(1, 1, { quota })))).toEqual([[1, 0, 2, 1]]);
  });
});

describe("a task that engines die of", () => {
  test("is given up at the limit, with the attempt that was the last", () => {
    const run = SteppedRun.begin([task(0)], { engines: [1, 1, 1, 1], crashLimit: 3 });
    expect(given(run.do((scheduler) => scheduler.engineGone(0)))).toEqual([[1, 0, 2, 1]]);
    expect(given(run.do((scheduler) => scheduler.engineGone(1)))).toEqual([[2, 0, 3, 2]]);
    const last = run.do((scheduler) => scheduler.engineGone(2));
    expect(last[0]).toEqual({ type: "give-up", assignment: { task: task(0), attempt: 3, crashes: 3 } });
    // And was all that there was to do.
    expect(said(last)).toEqual(["give-up", "dismiss"]);
    expect(run.do((scheduler) => scheduler.engineGone(3, "left"))).toEqual([{ type: "end", reason: "done" }]);
  });

  test("is run for ever where there is no limit, and waits for an engine where there is none", () => {
    const run = SteppedRun.begin([task(0)], { engines: [1] });
    for (let died = 1; died < 50; died++) {
      run.do((scheduler) => scheduler.enginesStarted(1));
      run.do((scheduler) => scheduler.engineGone(died - 1));
      expect(given(run.do((scheduler) => scheduler.engineJoined(died, 1)))).toEqual([[died, 0, died + 1, died]]);
    }
  });

  test("is a failure to a barrier that checks", () => {
    const run = SteppedRun.begin([task(0), barrier(1, true), task(2)], { engines: [1, 1], crashLimit: 1 });
    expect(said(run.do((scheduler) => scheduler.engineGone(0)))).toEqual(["give-up", "pass-barrier", "dismiss"]);
    expect(run.do((scheduler) => scheduler.engineGone(1, "left"))).toEqual([{ type: "end", reason: "check-failed" }]);
  });

  test("ends a run that is to end at the first failure", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [1, 1], crashLimit: 1, halt: FAIL_FAST });
    const commands = run.do((scheduler) => scheduler.engineGone(0));
    expect(said(commands)).toEqual(["give-up", "terminating", "terminate"]);
    expect(run.do((scheduler) => scheduler.engineGone(1, "left"))).toEqual([{ type: "end", reason: "failed-fast" }]);
  });
});

describe("an engine that is out of touch", () => {
  test("is given nothing, and its due when it is heard of again", () => {
    const run = SteppedRun.begin(tasks(5), { engines: [2, 1] });
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(run.settle(0, [0])).toEqual([]);
    expect(given(run.settle(1, [2]))).toEqual([[1, 3, 1, 0]]);
    expect(given(run.do((scheduler) => scheduler.engineHeard(0)))).toEqual([[0, 4, 1, 0]]);
  });

  test("is given its due when it is back", () => {
    const run = SteppedRun.begin(tasks(3), { engines: [2] });
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(run.settle(0, [0])).toEqual([]);
    expect(given(run.back(0, [1]))).toEqual([[0, 2, 1, 0]]);
  });

  test("and does not report what it was given, has not got it: that goes to others in the same attempt", () => {
    const run = SteppedRun.begin(tasks(3), { engines: [2, 1] });
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(run.settle(1, [2])).toEqual([]);
    expect(given(run.back(0, [1], { leaving: true }))).toEqual([[1, 0, 1, 0]]);
  });

  test("holds up barriers and the end of the run, until it is back or lost", () => {
    const run = SteppedRun.begin([task(0), barrier(1), task(2)], { engines: [1, 1] });
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(said(run.do((scheduler) => scheduler.engineHeard(1)))).toEqual([]);
    const lost = run.do((scheduler) => scheduler.engineGone(0));
    expect(given(lost)).toEqual([[1, 0, 2, 1]]);
    expect(said(run.settle(1, [0]))).toEqual(["pass-barrier", "assign"]);
  });

  test("does not leave the run without engines, unless it is lost", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [1] });
    expect(run.do((scheduler) => scheduler.engineSilent(0))).toEqual([]);
    expect(said(run.do((scheduler) => scheduler.engineGone(0)))).toEqual(["end"]);
  });

  test("is admitted when it is back, also once more when it has not heard of that", () => {
    const scheduler = new Scheduler({});
    scheduler.start();
    scheduler.enginesStarted(1);
    scheduler.engineJoined(0, 1);
    scheduler.engineSilent(0);
    expect(said(scheduler.pulled([task(0)]))).toEqual(["need-engines"]);
    const stands = { held: [], welcomed: false, ready: false, leaving: false };
    expect(said(scheduler.engineBack(0, stands))).toEqual(["admit"]);
    scheduler.engineSilent(0);
    expect(said(scheduler.engineBack(0, stands))).toEqual(["admit"]);
    scheduler.engineSilent(0);
    expect(given(scheduler.engineBack(0, { ...stands, welcomed: true, ready: true }))).toEqual([[0, 0, 1, 0]]);
  });

  test("that says that it is leaving gets nothing, and is not told to leave", () => {
    const run = SteppedRun.begin(tasks(3), { engines: [2] });
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(run.back(0, [0], { leaving: true })).toEqual([]);
    expect(run.settle(0, [0])).toEqual([]);
  });
});

describe("an engine that is back is told again", () => {
  test("to hand back what it has not started, until it has", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [2] });
    expect(said(run.do((scheduler) => scheduler.drain("interrupted")))).toEqual(["draining", "recall"]);
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(run.back(0, [0, 1])).toEqual([{ type: "recall", engine: 0 }]);
    run.do((scheduler) => scheduler.returned(0, [1]));
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(run.back(0, [0])).toEqual([]);
  });

  test("to leave, and within which time", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [1, 1] });
    run.do((scheduler) => scheduler.stopEngine(0, 7));
    run.do((scheduler) => scheduler.returned(0, []));
    run.do((scheduler) => scheduler.engineSilent(0));
    expect(run.back(0, [0])).toEqual([{ type: "dismiss", engine: 0, within: 7 }]);
  });

  test("to end its tasks", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [1, 1] });
    run.do((scheduler) => scheduler.engineSilent(0));
    run.do((scheduler) => scheduler.terminate("terminated"));
    expect(run.back(0, [0])).toEqual([{ type: "terminate", engine: 0 }]);
  });
});

describe("an engine is missed", () => {
  test("as long as it could be given tasks", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [1, 1] });
    expect([run.scheduler.misses(0), run.scheduler.misses(17)]).toEqual([true, false]);
    run.do((scheduler) => scheduler.stopEngine(0));
    expect(run.scheduler.misses(0)).toBe(false);
    run.do((scheduler) => scheduler.drain("interrupted"));
    expect(run.scheduler.misses(1)).toBe(false);
  });

  test("no more when the run waits for nothing but its engines to go", () => {
    const run = SteppedRun.begin([task(0)], { engines: [1, 1] });
    expect([run.scheduler.isDoneWith(0), run.scheduler.isDoneWith(1)]).toEqual([false, false]);
    run.settle(0, [0]);
    expect([run.scheduler.isDoneWith(0), run.scheduler.isDoneWith(1), run.scheduler.isDoneWith(17)]).toEqual([
      ...[true, true, false],
    ]);
  });
});
