import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FAIL_FAST } from "../../../../src/domain/halt-policy.ts";
import { isSuccess } from "../../../../src/domain/ending.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { barrier, perEngine, skipped, sorted, task, tasks } from "./items.ts";
import { ModelRun, type ModelRunOptions } from "./model-run.ts";

/** Items with the ids that a task file would give them. */
const streams = fc
  .array(fc.constantFrom("task", "task", "task", "task", "barrier", "check", "skipped", "skipped-failed"), {
    maxLength: 60,
  })
  .map((kinds) =>
    kinds.map((kind, id): StreamItem => {
      if (kind === "task") return task(id);
      if (kind === "barrier" || kind === "check") return barrier(id, kind === "check");
      return skipped(id, kind === "skipped" ? 0 : 1);
    }),
  );

const runs = fc.record({
  items: streams,
  engines: fc.array(fc.record({ slots: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 3 }),
  failing: fc.array(fc.nat({ max: 60 }), { maxLength: 4 }).map((ids) => new Set(ids)),
  elapsed: fc.constantFrom(0, 0.001, 0.05, 10),
  choices: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 50 }),
});

/** What a patient person with one slot would have run: ids up to a check barrier that fails, and why it ended. */
function plainModel(items: readonly StreamItem[], failing: ReadonlySet<number>) {
  const finished: number[] = [];
  let failed = false;
  for (const item of items) {
    if (item.kind === "task") {
      finished.push(item.id);
      failed ||= failing.has(item.id);
    } else if (item.kind === "skipped") {
      finished.push(item.task.id);
      failed ||= !isSuccess(item.previous.ending);
    } else if (item.kind === "barrier") {
      if (item.check && failed) return { finished, end: "check-failed" };
      failed = false;
    }
  }
  return { finished, end: "done" };
}

describe("a run", () => {
  test("settles the same tasks and ends for the same reason as a plain loop, whatever the order of events", () => {
    fc.assert(
      fc.property(runs, (options) => {
        const run = new ModelRun(options).run();
        const model = plainModel(options.items, options.failing);
        expect(run.end).toBe(model.end);
        expect(sorted(run.finished)).toEqual(model.finished);
      }),
      { numRuns: 500 },
    );
  });

  test("passes no barrier before everything ahead of it is finished, and starts nothing behind it before that", () => {
    fc.assert(
      fc.property(runs, (options) => {
        const { log } = new ModelRun(options).run();
        for (const [at, entry] of log.entries()) {
          const [what, id = ""] = entry.split(":");
          if (what !== "pass") continue;
          const later = log.slice(at).filter((e) => e.startsWith("finish:") || e.startsWith("assign:"));
          expect(later.every((e) => Number(e.split(":")[1]) > Number(id))).toBe(true);
          const earlier = log.slice(0, at).filter((e) => e.startsWith("assign:"));
          expect(earlier.every((e) => Number(e.split(":")[1]) < Number(id))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("runs every task once even when engines are lost, as long as one is left", () => {
    const losses = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(runs, losses, (options, steps) => {
        const engines = [...options.engines, { slots: 1 }];
        const last = engines.length - 1;
        const interfere = (run: ModelRun, step: number): void => {
          if (!steps.includes(step)) return;
          const victim = [...run.engines.keys()].find((rank) => rank !== last);
          if (victim !== undefined) run.lose(victim);
        };
        const run = new ModelRun({ ...options, engines, interfere }).run();
        expect(sorted(run.finished)).toEqual(plainModel(options.items, options.failing).finished);
      }),
      { numRuns: 300 },
    );
  });

  test("gives a task that is run again the next attempt number", () => {
    const attempts: number[] = [];
    const options: ModelRunOptions = {
      items: [task(0)],
      engines: [{ slots: 1 }, { slots: 1 }],
      failing: new Set(),
      elapsed: 1,
      choices: [0],
      interfere: (run) => {
        for (const [rank, engine] of run.engines) {
          if (engine.held[0] !== undefined && attempts.length === 0) {
            attempts.push(engine.held[0].attempt);
            run.lose(rank);
          }
        }
        for (const engine of run.engines.values()) if (engine.held[0]) attempts.push(engine.held[0].attempt);
      },
    };
    new ModelRun(options).run();
    expect(attempts[0]).toBe(1);
    expect(attempts.at(-1)).toBe(2);
  });

  test("drained at any moment, ends with nothing live and no task started afterwards", () => {
    fc.assert(
      fc.property(runs, fc.nat({ max: 80 }), (options, when) => {
        let drainedAt = Number.POSITIVE_INFINITY;
        const interfere = (run: ModelRun, step: number): void => {
          if (step !== when) return;
          drainedAt = run.log.length;
          run.apply(run.scheduler.drain("interrupted"));
        };
        const run = new ModelRun({ ...options, interfere }).run();
        expect(run.live).toBe(0);
        expect(run.log.slice(drainedAt).filter((entry) => entry.startsWith("assign:"))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("terminated at any moment, ends for that reason", () => {
    fc.assert(
      fc.property(runs, fc.nat({ max: 80 }), (options, when) => {
        let terminated = false;
        const interfere = (run: ModelRun, step: number): void => {
          if (step !== when) return;
          terminated = true;
          run.apply(run.scheduler.terminate("terminated"));
        };
        const run = new ModelRun({ ...options, interfere }).run();
        expect(run.end).toBe(terminated ? "terminated" : plainModel(options.items, options.failing).end);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the number of tasks that an engine holds", () => {
  const base = { items: tasks(200), engines: [{ slots: 2 }], failing: new Set<number>(), choices: [1, 0] };

  test("is what its slots can run when tasks are long", () => {
    expect(new ModelRun({ ...base, elapsed: 10 }).run().mostHeld).toBe(0);
  });

  test("is more when tasks are short", () => {
    expect(new ModelRun({ ...base, elapsed: 0.001 }).run().mostHeld).toBeGreaterThan(10);
  });

  test("stays at its slots when the run is to stop at the first failure", () => {
    expect(new ModelRun({ ...base, elapsed: 0.001, halt: FAIL_FAST }).run().mostHeld).toBe(0);
  });
});

test("at the first failure, when asked to, the run ends and starts no further task", () => {
  fc.assert(
    fc.property(runs, (options) => {
      const run = new ModelRun({ ...options, halt: FAIL_FAST }).run();
      const failures = run.finished.filter((id) => options.failing.has(id) && options.items[id]?.kind === "task");
      const model = plainModel(options.items, options.failing);
      expect(failures.length).toBeLessThanOrEqual(1);
      expect(run.end).toBe(failures.length === 1 ? "failed-fast" : model.end);
    }),
    { numRuns: 300 },
  );
});

describe("engines are called for", () => {
  const base = { engines: [{ slots: 1 }], failing: new Set<number>(), elapsed: 1, choices: [0] };

  test("not at all when every task is skipped", () => {
    const run = new ModelRun({ ...base, items: [perEngine("start"), skipped(0), barrier(1), skipped(2)] }).run();
    expect(run.end).toBe("done");
    expect(run.log).toEqual(["finish:0", "pass:1", "finish:2"]);
  });

  test("for a file of per-engine commands alone, which all engines run", () => {
    const engines = [{ slots: 1 }, { slots: 1 }];
    const run = new ModelRun({ ...base, engines, items: [perEngine("start"), perEngine("stop")] }).run();
    expect(run.end).toBe("done");
    expect(run.log).toEqual(["admit:0:1:1", "admit:1:1:1"]);
  });

  test("and when none is left with work to do, the run ends saying so", () => {
    const interfere = (run: ModelRun): void => {
      if (run.live > 0) run.lose(0);
    };
    expect(new ModelRun({ ...base, items: [task(0)], interfere }).run().end).toBe("no-engines");
  });
});

describe("a limit on the tasks of a context", () => {
  const base = { failing: new Set<number>(), elapsed: 0.001, choices: [0, 1, 2] };
  const items = tasks(4);

  test("that is smaller than the list ends the run for want of engines", () => {
    const run = new ModelRun({ ...base, items, engines: [{ slots: 2, quota: 3 }] }).run();
    expect(run.end).toBe("no-engines");
    expect(run.finished).toHaveLength(3);
  });

  test("that is just large enough lets the run end well", () => {
    const run = new ModelRun({ ...base, items, engines: [{ slots: 2, quota: 4 }] }).run();
    expect(run.end).toBe("done");
  });
});
