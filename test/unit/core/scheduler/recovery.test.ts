import { describe, expect, test } from "vitest";
import type { Assignment } from "../../../../src/domain/task.ts";
import { Quota } from "../../../../src/core/scheduler/quota.ts";
import { barrier, perEngine, skipped, task, tasks } from "./items.ts";
import { earlierState, given, said, SteppedRun, type SteppedRunOptions } from "./stepped-run.ts";

const assignment = (id: number, attempt = 1, crashes = 0): Assignment => ({ task: task(id), attempt, crashes });

/** An engine of two slots that an earlier driver has left. */
function engine(rank: number, held: readonly Assignment[], quota = new Quota(Number.POSITIVE_INFINITY)) {
  return { rank, slots: 2, quota, ready: true, held };
}

describe("a run that is taken up again", () => {
  test("gives out what no engine holds before anything else, in the attempts that are due", () => {
    const run = new SteppedRun([task(7), task(8)], { engines: [4] });
    const earlier = earlierState({ returned: [assignment(3, 2, 1), assignment(5)] });
    expect(given(run.do((scheduler) => scheduler.start(earlier)))).toEqual([
      [0, 3, 2, 1],
      [0, 5, 1, 0],
      [0, 7, 1, 0],
      [0, 8, 1, 0],
    ]);
  });

  test("takes its engines for out of touch: what they hold is waited for until they are back or lost", () => {
    const run = new SteppedRun([barrier(4), task(5)]);
    const engines = [engine(0, [assignment(2)]), engine(1, [assignment(3, 2, 1)])];
    expect(said(run.do((scheduler) => scheduler.start(earlierState({ engines }))))).toEqual(["meet-barrier"]);
    expect(run.settle(0, [2])).toEqual([]);
    // It is told once more how to begin, which it may have done.
    expect(said(run.back(0, []))).toEqual(["admit"]);
    expect(given(run.do((scheduler) => scheduler.engineGone(1)))).toEqual([[0, 3, 3, 2]]);
    expect(said(run.settle(0, [3]))).toEqual(["pass-barrier", "assign"]);
  });

  test("counts what its engines hold for the limit of their context", () => {
    const quota = new Quota(3);
    const run = new SteppedRun(tasks(5));
    const engines = [engine(0, [assignment(10)], quota), engine(1, [assignment(11)], quota)];
    run.do((scheduler) => scheduler.start(earlierState({ engines })));
    expect([quota.left, quota.held]).toEqual([1, 2]);
    expect(given(run.back(0, [10]))).toEqual([[0, 0, 1, 0]]);
    expect(given(run.back(1, [11]))).toEqual([]);
  });

  test("does not let an engine begin before all per-engine commands are known", () => {
    const run = new SteppedRun([perEngine("start"), perEngine("stop"), task(0)]);
    const earlier = earlierState({ engines: [{ ...engine(0, []), ready: false }] });
    run.do((scheduler) => scheduler.start(earlier));
    const [admit] = run.back(0, [], { welcomed: false, ready: false });
    expect(admit).toEqual({ type: "admit", engine: 0, start: [perEngine("start")], stop: [perEngine("stop")] });
  });

  test("remembers that something had failed since the last barrier", () => {
    const run = new SteppedRun([barrier(3, true), task(4)], { engines: [1] });
    const commands = run.do((scheduler) => scheduler.start(earlierState({ failedSinceBarrier: 1 })));
    expect(commands).toContainEqual({ type: "pass-barrier", barrier: barrier(3, true), failed: true });
  });

  test("with nothing left to do ends when its engines have gone", () => {
    const run = new SteppedRun([skipped(0)]);
    expect(said(run.do((scheduler) => scheduler.start(earlierState({ engines: [engine(0, [])] }))))).toEqual([
      ...["skip", "dismiss"],
    ]);
    expect(run.back(0, [])).toEqual([{ type: "dismiss", engine: 0 }]);
    expect(run.do((scheduler) => scheduler.engineGone(0, "left"))).toEqual([{ type: "end", reason: "done" }]);
  });

  test("asks for engines in place of those that have gone", () => {
    const run = new SteppedRun([], { engines: [1] });
    const earlier = earlierState({ returned: [assignment(3, 2, 1)] });
    expect(given(run.do((scheduler) => scheduler.start(earlier)))).toEqual([[0, 3, 2, 1]]);
  });

  test("tells at its end that it has tasks that no engine could run, though it was its earlier driver that found so", () => {
    const run = new SteppedRun([]);
    expect(run.do((scheduler) => scheduler.start(earlierState({ anyUnmet: true })))).toEqual([
      { type: "end", reason: "unmet-needs" },
    ]);
  });

  test("that holds nothing but per-engine commands is not taken for one when tasks were skipped", () => {
    const run = new SteppedRun([perEngine("start")]);
    expect(said(run.do((scheduler) => scheduler.start(earlierState({ anySkipped: true }))))).toEqual(["end"]);
  });
});

describe("a run on hold", () => {
  /** One whose engine 0 is known to hold task 2; two more may come back. */
  function onHold(options: SteppedRunOptions = {}): SteppedRun {
    const run = new SteppedRun([task(7)], options);
    run.scheduler.hold();
    const engines = [engine(0, [assignment(2)]), engine(1, []), engine(2, [])];
    const earlier = earlierState({ engines, returned: [assignment(3, 2), assignment(4)] });
    expect(run.do((scheduler) => scheduler.start(earlier))).toEqual([]);
    return run;
  }

  test("starts nothing and asks for nothing, whoever comes back, until it is released", () => {
    const run = onHold();
    expect(run.back(0, [2])).toEqual([]);
    expect(run.settle(0, [2])).toEqual([]);
    expect(run.back(1, [])).toEqual([]);
    const commands = run.do((scheduler) => scheduler.release());
    expect(given(commands).map(([, id, attempt]) => [id, attempt])).toEqual([
      [3, 2],
      [4, 1],
      [7, 1],
    ]);
  });

  test("lets an engine keep what it turns out to have", () => {
    const run = onHold();
    expect(run.scheduler.claim(1, assignment(3, 2))).toBe(true);
    expect(run.scheduler.claim(1, assignment(20))).toBe(true);
    run.back(1, [3, 20]);
    expect(run.scheduler.heldBy(1, 3)).toEqual(assignment(3, 2));
    run.back(0, [2]);
    const commands = run.do((scheduler) => scheduler.release());
    expect(given(commands).map(([, id]) => id)).toEqual([4]);
    expect(given(run.settle(1, [3, 20]))).toEqual([[1, 7, 1, 0]]);
  });

  test("believes that of nobody who is not known, nor when it is over", () => {
    const run = onHold();
    expect(run.scheduler.claim(17, assignment(3, 2))).toBe(false);
    run.do((scheduler) => scheduler.release());
    expect(run.scheduler.claim(1, assignment(20))).toBe(false);
    expect(run.scheduler.heldBy(1, 20)).toBeUndefined();
  });

  test("keeps what a lost engine held until it is released", () => {
    const run = onHold();
    expect(run.do((scheduler) => scheduler.engineGone(0))).toEqual([]);
    run.back(1, []);
    expect(given(run.do((scheduler) => scheduler.release()))).toEqual([
      [1, 2, 2, 1],
      [1, 3, 2, 0],
    ]);
    expect(given(run.settle(1, [2]))).toEqual([[1, 4, 1, 0]]);
  });

  test("gives up what engines die of all the same", () => {
    const run = onHold({ crashLimit: 1 });
    expect(run.do((scheduler) => scheduler.engineGone(0))).toEqual([
      { type: "give-up", assignment: assignment(2, 1, 1) },
    ]);
  });

  test("can be ended", () => {
    const run = onHold();
    expect(said(run.do((scheduler) => scheduler.terminate("terminated")))).toEqual([
      ...["terminating", "terminate", "terminate", "terminate"],
    ]);
    for (const rank of [0, 1]) run.do((scheduler) => scheduler.engineGone(rank));
    expect(said(run.do((scheduler) => scheduler.engineGone(2)))).toEqual(["end"]);
  });
});
