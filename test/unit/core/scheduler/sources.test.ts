import { describe, expect, test } from "vitest";
import type { SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";
import { Scheduler } from "../../../../src/core/scheduler/scheduler.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { task } from "./items.ts";
import { earlierState, given, said } from "./stepped-run.ts";

/** A run with an engine of four slots that has task 40, whose source has been asked for more and has not answered. */
function begin(): Scheduler {
  const scheduler = new Scheduler({});
  scheduler.start();
  const commands: SchedulerCommand[] = scheduler.pulled([task(40)]);
  expect(said(commands)).toContain("need-engines");
  scheduler.enginesStarted(1);
  scheduler.engineJoined(0, 4);
  expect(given(scheduler.engineReady(0))).toEqual([[0, 40, 1, 0]]);
  return scheduler;
}

function settle(scheduler: Scheduler, taskId: number): SchedulerCommand[] {
  return scheduler.settled(0, [{ taskId, failed: false, elapsed: 3600 }]);
}

describe("a source that has nothing now", () => {
  test("is not asked again, and nothing ends while all engines are idle", () => {
    const scheduler = begin();
    expect(settle(scheduler, 40)).toEqual([]);
    expect(scheduler.engineHeard(0)).toEqual([]);
    expect(given(scheduler.pulled([task(7)]))).toEqual([[0, 7, 1, 0]]);
    expect(settle(scheduler, 7)).toEqual([]);
    expect(said(scheduler.pulled([]))).toEqual(["dismiss"]);
    expect(scheduler.engineGone(0, "left")).toEqual([{ type: "end", reason: "done" }]);
  });

  test("holds up neither a run that is drained nor one that is terminated", () => {
    for (const end of ["drain", "terminate"] as const) {
      const scheduler = begin();
      settle(scheduler, 40);
      scheduler[end]("stopped");
      expect(scheduler.engineGone(0, "left")).toEqual([{ type: "end", reason: "stopped" }]);
      expect(scheduler.pulled([])).toEqual([]);
    }
  });

  test("is waited for without an engine, until it has something to do", () => {
    const scheduler = begin();
    settle(scheduler, 40);
    expect(scheduler.engineGone(0)).toEqual([]);
    expect(scheduler.pulled([task(7)])).toContainEqual({ type: "end", reason: "no-engines" });
  });
});

test("ids in any order, with many left out, are as good as others", () => {
  const scheduler = begin();
  const items: StreamItem[] = [999_999_999_999, 3, 500].map((id) => task(id));
  expect(given(scheduler.pulled(items)).map(([, id]) => id)).toEqual([999_999_999_999, 3, 500]);
});

test("tasks that were under way are started again once the source has no more per-engine commands, whatever else it has", () => {
  const scheduler = new Scheduler({});
  const returned = [{ task: task(0), attempt: 2, crashes: 0 }];
  scheduler.start(earlierState({ returned }));
  scheduler.enginesStarted(1);
  expect(said(scheduler.engineJoined(0, 1))).toEqual([]);
  expect(said(scheduler.headPulled())).toEqual(["admit"]);
  expect(given(scheduler.engineReady(0))).toEqual([[0, 0, 2, 0]]);
});

describe("a source that others feed", () => {
  test("has engines started before there is a task, which stay while there is none", () => {
    const scheduler = new Scheduler({ enginesAtOnce: true });
    expect(said(scheduler.start())).toEqual(["need-engines", "pull"]);
    scheduler.enginesStarted(1);
    scheduler.engineJoined(0, 2, { releasable: true });
    // Start commands may come first.
    expect(scheduler.engineHeard(0)).toEqual([]);
    expect(said(scheduler.pulled([task(0)]))).toEqual(["admit"]);
    const commands = scheduler.engineReady(0);
    expect([given(commands), said(commands)]).toEqual([[[0, 0, 1, 0]], ["assign", "pull"]]);
    expect(said(settle(scheduler, 0))).toEqual([]);
  });

  test("is not waited for when no engine could be started", () => {
    const scheduler = new Scheduler({ enginesAtOnce: true });
    scheduler.start();
    scheduler.enginesStarted(1);
    expect(scheduler.engineMissing()).toEqual([{ type: "end", reason: "no-engines" }]);
  });

  test("has none started when it has ended without a task", () => {
    const scheduler = new Scheduler({ enginesAtOnce: false });
    expect(said(scheduler.start())).toEqual(["pull"]);
    expect(scheduler.pulled([])).toEqual([{ type: "end", reason: "done" }]);
  });
});
