import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { perEngine, sorted, task, tasks } from "./items.ts";
import { ModelRun, type ModelRunOptions } from "./model-run.ts";

const START = perEngine("start");
const base = { failing: new Set<number>(), elapsed: 0.001, choices: [0, 1, 2] };

/** Does this once, as soon as it can be done. */
function once(when: (run: ModelRun) => boolean, what: (run: ModelRun) => void): (run: ModelRun) => void {
  let done = false;
  return (run) => {
    if (done || !when(run)) return;
    done = true;
    what(run);
  };
}

describe("an engine that is stopped", () => {
  test("finishes what its slots run, gives the rest back, and takes no more", () => {
    const items = tasks(60);
    let at = 0;
    const interfere = once(
      (run) => (run.engines.get(0)?.held.length ?? 0) > 5,
      (run) => {
        run.stop(0);
        at = run.finished.length;
      },
    );
    const run = new ModelRun({ ...base, items, engines: [{ slots: 2 }, { slots: 1 }], interfere }).run();
    expect(run.end).toBe("done");
    expect(at).toBeLessThan(60);
    expect(sorted(run.finished)).toEqual(items.map((_, id) => id));
  });

  test("before it has begun leaves without having begun", () => {
    const items = [START, task(0)];
    const interfere = once(
      (run) => run.engines.has(0) && run.engines.has(1),
      (run) => run.stop(0),
    );
    const choices = [1, 1, 0];
    const run = new ModelRun({ ...base, choices, items, engines: [{ slots: 1 }, { slots: 1 }], interfere }).run();
    expect(run.end).toBe("done");
  });

  test("may be stopped twice, and one that is gone may be stopped", () => {
    const interfere = (run: ModelRun): void => {
      run.stop(0);
      run.stop(17);
    };
    const run = new ModelRun({ ...base, items: [task(0)], engines: [{ slots: 1 }, { slots: 1 }], interfere }).run();
    expect(run.end).toBe("done");
  });

  test("as the last one ends the run with work left, unless engines are waited for", () => {
    const options: ModelRunOptions = {
      ...base,
      items: [task(0), task(1)],
      engines: [{ slots: 1 }],
      elapsed: 10,
      interfere: once(
        (run) => run.live > 0,
        (run) => run.stop(0),
      ),
    };
    const run = new ModelRun(options).run();
    expect(run.end).toBe("no-engines");
    expect(run.finished).toEqual([0]);
  });
});

describe("a limit on the tasks of a context", () => {
  const items = tasks(40);

  test("counts tasks that were given back or lost as not taken", () => {
    const interfere = once(
      (run) => (run.engines.get(0)?.held.length ?? 0) > 2,
      (run) => run.lose(0),
    );
    const engines = [
      { slots: 1, quota: 40 },
      { slots: 1, quota: 40 },
    ];
    const run = new ModelRun({ ...base, items, engines, interfere }).run();
    expect(run.end).toBe("done");
    expect(run.finished).toHaveLength(40);
  });

  test("does not keep an engine from giving back, once it is stopped, what it has not started", () => {
    const stopped = once(
      (run) => run.scheduler.heldBy(0, 39) !== undefined,
      (run) => run.stop(0),
    );
    const run = new ModelRun({
      ...{ ...base, items, interfere: stopped, waitForEngines: false },
      engines: [{ slots: 1, quota: 40 }, { slots: 1 }],
      choices: [0],
    }).run();
    expect(run.end).toBe("done");
    expect(sorted(run.finished)).toEqual(items.map((_, id) => id));
  });
});

describe("a run that waits for engines", () => {
  const items = [START, task(0), task(1), task(2)];

  test("says so once, starts late engines with their start commands, and goes on", () => {
    const interfere = once(
      (run) => run.log.includes("await-engines"),
      (run) => run.add({ slots: 1 }),
    );
    const run = new ModelRun({ ...base, items, engines: [], waitForEngines: true, interfere }).run();
    expect(run.end).toBe("done");
    expect(run.log.filter((entry) => entry === "await-engines")).toHaveLength(1);
    expect(run.log.slice(0, 3)).toEqual(["await-engines", "admit:0:1:0", "assign:0"]);
  });

  test("says so again when the engines that were added are gone", () => {
    let added = 0;
    const interfere = (run: ModelRun): void => {
      const asked = run.log.filter((entry) => entry === "await-engines").length;
      if (asked > added) {
        added++;
        run.add({ slots: 1, quota: 1 });
      }
    };
    const run = new ModelRun({ ...base, items, engines: [], waitForEngines: true, interfere }).run();
    expect(run.end).toBe("done");
    expect(added).toBe(3);
  });

  test("is interrupted like any other", () => {
    const interfere = once(
      (run) => run.log.includes("await-engines"),
      (run) => run.apply(run.scheduler.drain("interrupted")),
    );
    const run = new ModelRun({ ...base, items, engines: [], waitForEngines: true, interfere }).run();
    expect(run.end).toBe("interrupted");
  });
});

test("however engines come and go, every task is finished once, as long as one more comes in the end", () => {
  const changes = fc.array(
    fc.record({
      step: fc.nat({ max: 60 }),
      what: fc.constantFrom("add", "stop", "lose"),
      rank: fc.nat({ max: 5 }),
    }),
    { maxLength: 8 },
  );
  const options = fc.record({
    count: fc.nat({ max: 40 }),
    engines: fc.array(
      fc.record({ slots: fc.integer({ min: 1, max: 3 }), quota: fc.constantFrom(2, 10, Number.POSITIVE_INFINITY) }),
      { maxLength: 3 },
    ),
    elapsed: fc.constantFrom(0.001, 0.05, 10),
    choices: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 50 }),
  });
  fc.assert(
    fc.property(options, changes, ({ count, ...rest }, happenings) => {
      const items = tasks(count);
      let asked = 0;
      const interfere = (run: ModelRun, step: number): void => {
        for (const { what, rank } of happenings.filter((happening) => happening.step === step)) {
          if (what === "add") run.add({ slots: 2 });
          else if (what === "stop") run.stop(rank);
          else run.lose(rank);
        }
        const awaited = run.log.filter((entry) => entry === "await-engines").length;
        if (awaited > asked) run.add({ slots: 1 });
        asked = awaited;
      };
      const run = new ModelRun({ ...rest, items, failing: new Set(), waitForEngines: true, interfere }).run();
      expect(run.end).toBe("done");
      expect(sorted(run.finished)).toEqual(items.map((_, id) => id));
    }),
    { numRuns: 500 },
  );
});
