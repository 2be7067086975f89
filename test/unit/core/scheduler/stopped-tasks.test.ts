import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Quota } from "../../../../src/core/scheduler/quota.ts";
import { task, tasks } from "./items.ts";
import { ModelRun } from "./model-run.ts";
import { earlierState, said, SteppedRun } from "./stepped-run.ts";

describe("a task that is stopped", () => {
  test("has one outcome, and is given out no more, whatever happens to its engine", () => {
    const what = fc.constantFrom("stop-task", "stop-task", "lose", "cut", "hush", "stop");
    const happening = fc.array(fc.record({ step: fc.nat(120), what, id: fc.nat(29), rank: fc.nat(4) }), {
      maxLength: 25,
    });
    const choices = fc.array(fc.nat(50), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(happening, choices, fc.constantFrom(0.001, 10), (events, chosen, elapsed) => {
        const items = tasks(30);
        const stoppedAt = new Map<number, number>();
        const run = new ModelRun({
          items,
          engines: [{ slots: 2 }, { slots: 1 }],
          failing: new Set(),
          elapsed,
          choices: [...chosen, 0, 1, 2],
          interfere: (model, step) => {
            for (const { what: kind, id, rank } of events.filter((event) => event.step === step)) {
              if (kind === "lose") {
                model.lose(rank);
                model.add({ slots: 2 });
              } else if (kind === "cut") model.cut(rank, { assignments: id % 3, welcome: false });
              else if (kind === "hush") model.hush(rank);
              else if (kind === "stop") {
                model.stop(rank);
                model.add({ slots: 1 });
              } else if (model.stopTask(id)) stoppedAt.set(id, model.log.length);
            }
          },
        }).run();
        expect(run.end).toBe("done");
        expect(run.finished.toSorted((a, b) => a - b)).toEqual(items.map((_, id) => id));
        for (const [id, at] of stoppedAt) expect(run.log.slice(at)).not.toContain(`assign:${id}`);
      }),
    );
  });

  test("is told to its engine again when that is back, and settled when it was recovered waiting", () => {
    const assignment = { task: task(0), attempt: 1, crashes: 0 };
    const quota = new Quota(Number.POSITIVE_INFINITY);
    const engines = [{ rank: 3, slots: 1, quota, ready: true, held: [assignment] }];
    const returned = [{ task: task(1), attempt: 2, crashes: 0 }];
    const stopped = new Map([
      [0, 3],
      [1, 2],
    ]);
    const run = new SteppedRun([]);
    const begun = run.scheduler.start(earlierState({ engines, returned, stopped }));
    expect(begun).toContainEqual({ type: "settle-stopped", assignment: returned[0], engine: 2 });
    const report = { held: [assignment], welcomed: true, ready: true, leaving: false };
    expect(run.scheduler.engineBack(3, report)).toContainEqual({
      ...{ type: "stop-task", engine: 3, taskId: 0, attempt: 1 },
    });
    expect(said(run.scheduler.engineGone(3))).toContain("settle-stopped");
  });

  test("waits while the run is on hold, since an engine may say that it has it", () => {
    const returned = [{ task: task(1), attempt: 2, crashes: 0 }];
    const run = new SteppedRun([]);
    run.scheduler.hold();
    const begun = run.scheduler.start(earlierState({ returned, stopped: new Map([[1, 2]]) }));
    expect(said(begun)).not.toContain("settle-stopped");
    expect(said(run.scheduler.release())).toContain("settle-stopped");
  });
});
