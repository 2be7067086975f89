import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { barrierAt, needing, type NeedsEngine, NeedsRun, plain } from "./needs-run.ts";

const GIB = 2 ** 30;

describe("a task that needs something", () => {
  test("starts where all of it is free", () => {
    const run = new NeedsRun(
      [needing(0, "cores=4"), needing(1, "memory=6G"), needing(2, "gpus=1"), needing(3, "disk=100G")],
      [
        { slots: 1 },
        { slots: 4, capacity: { memory: 4 * GIB } },
        { slots: 1, capacity: { memory: 8 * GIB } },
        { slots: 1, capacity: { gpus: 2, memory: GIB } },
        { slots: 1, capacity: { named: { disk: 200 * GIB }, memory: GIB } },
      ],
    );
    expect([run.on(1), run.on(3), run.on(4)]).toEqual([[0], [2], [3]]);
    // Of the first engine nobody knows how much memory it has.
    expect([...run.on(0), ...run.on(2)]).toEqual([1]);
  });

  test("of less than a core runs beside others, and many small parts come to exactly one core", () => {
    const run = new NeedsRun(
      Array.from({ length: 11 }, (_, id) => needing(id, "cores=0.1")),
      [{ slots: 1, capacity: { mostTasks: 100 } }],
    );
    expect(run.on(0)).toHaveLength(10);
    expect(run.drain().end).toBe("done");
  });

  test("of less than a slot is one of so many at the most", () => {
    const run = new NeedsRun(
      Array.from({ length: 9 }, (_, id) => needing(id, "cores=0.01")),
      [{ slots: 2, capacity: { mostTasks: 4 } }],
    );
    expect(run.on(0)).toHaveLength(4);
  });

  test("takes a slot where nothing is said of cores", () => {
    const run = new NeedsRun(
      [needing(0, "memory=1G"), plain(1), plain(2), needing(3, "cores=1")],
      [{ slots: 2, capacity: { cores: 8, coresPerSlot: 4 } }],
    );
    expect(run.on(0)).toEqual([0, 1]);
    run.finish(0);
    expect(run.on(0)).toEqual([1, 2]);
  });

  test("waits for its share of what the whole run has, on whichever engine it is", () => {
    const run = new NeedsRun(
      Array.from({ length: 6 }, (_, id) => needing(id, "license=1")),
      [{ slots: 4 }, { slots: 4 }],
      { runResources: { license: 3 } },
    );
    expect(run.running()).toHaveLength(3);
    run.finish(0, false);
    expect(run.given).toEqual([0, 1, 2, 3]);
    expect(run.drain().end).toBe("done");
  });

  test("may run in its context only", () => {
    const run = new NeedsRun(
      [needing(0, "context=big"), needing(1, "context=big"), plain(2)],
      [
        { slots: 4, context: "small" },
        { slots: 1, context: "big" },
      ],
    );
    expect([run.on(0), run.on(1)]).toEqual([[2], [0]]);
    expect(run.drain().end).toBe("done");
  });

  test("that names no context leaves alone those that are for tasks which name them, also when these come first", () => {
    const run = new NeedsRun(
      [plain(0), plain(1), needing(2, "context=gpu"), plain(3)],
      [
        { slots: 4, context: "gpu", isReserved: true },
        { slots: 2, context: "cpu" },
      ],
    );
    expect([run.on(0), run.on(1)]).toEqual([[2], [0, 1]]);
    run.finish(0);
    expect([run.on(0), run.on(1)]).toEqual([[2], [1, 3]]);
    expect(run.drain().end).toBe("done");
  });

  test("that names no context is not run where there is nothing but those", () => {
    const run = new NeedsRun([plain(0)], [{ slots: 4, context: "gpu", isReserved: true }]);
    expect(run.told).toMatchObject([
      { why: "names no context, and all engines that there are only take tasks that do" },
    ]);
    expect(run.unmet).toEqual([0]);
  });
});

describe("a large task", () => {
  test("has an engine kept free for it, while others take smaller ones", () => {
    const small = (id: number): StreamItem => needing(id, "cores=1");
    const items = [small(0), small(1), small(2), small(3), needing(4, "cores=4")];
    for (let id = 5; id < 40; id++) items.push(small(id));
    const run = new NeedsRun(items, [{ slots: 4 }, { slots: 2 }]);
    const where = run.on(0);
    for (const id of where) run.finish(id);
    expect(run.on(0)).toEqual([4]);
    expect(run.drain().end).toBe("done");
  });

  test("that lacks memory lets others have the cores that it does not need", () => {
    const run = new NeedsRun(
      [
        needing(0, "memory=6G"),
        needing(1, "memory=6G cores=2"),
        needing(2, "memory=2G"),
        needing(3, "cores=1"),
        plain(4),
      ],
      [{ slots: 4, capacity: { memory: 8 * GIB } }],
    );
    // Task 2 would take memory that task 1 waits for; one core is left beside those two.
    expect(run.on(0)).toEqual([0, 3]);
    run.finish(0);
    expect(run.on(0)).toEqual([3, 1, 2]);
  });

  test("goes where it fits first, and the engine that was kept for it is free again", () => {
    const run = new NeedsRun(
      [
        needing(0, "cores=3"),
        needing(1, "cores=2"),
        needing(2, "cores=4"),
        needing(3, "cores=1"),
        needing(4, "cores=1"),
      ],
      [{ slots: 4 }, { slots: 4 }],
    );
    const kept = run.on(0).includes(0) ? 0 : 1;
    run.add({ slots: 4 });
    expect(run.on(2)).toEqual([2]);
    expect(run.on(kept).length + run.on(1 - kept).length).toBe(4);
  });
});

test("tasks of a higher priority come first among those that are known, and others in the order of the source", () => {
  const run = new NeedsRun(
    [
      needing(0, "priority=9"),
      plain(1),
      needing(2, "priority=-1"),
      needing(3, "priority=5"),
      plain(4),
      needing(5, "priority=5"),
    ],
    [{ slots: 1 }],
  );
  run.drain();
  expect(run.given.slice(1)).toEqual([3, 5, 1, 4, 2]);
});

describe("tasks ahead of need", () => {
  test("are given where all need the same", () => {
    const items = Array.from({ length: 2000 }, (_, id) => needing(id, "memory=1G"));
    const run = new NeedsRun(items, [{ slots: 4, capacity: { memory: 2 * GIB } }], { elapsed: 0.01 });
    const [first = 0, second = 0] = run.on(0);
    expect(run.on(0)).toHaveLength(2);
    run.finish(first).finish(second);
    expect(run.on(0).length).toBeGreaterThan(20);
    expect(run.drain().end).toBe("done");
  });

  test("are not given where they differ", () => {
    const items = Array.from({ length: 200 }, (_, id) => needing(id, `cores=${1 + (id % 2)}`));
    const run = new NeedsRun(items, [{ slots: 4 }], { elapsed: 0.001 });
    for (let steps = 0; steps < 100; steps++) {
      run.finish(run.running()[0]?.[1] ?? -1);
      expect(run.on(0).length).toBeLessThanOrEqual(4);
    }
  });

  test("are called back for an engine only where they fit", () => {
    const items = Array.from({ length: 60 }, (_, id) => needing(id, "memory=1G"));
    const run = new NeedsRun(
      items,
      [
        { slots: 2, capacity: { memory: 2 * GIB } },
        { slots: 2, capacity: { memory: 1 } },
      ],
      {
        elapsed: 0.01,
      },
    );
    expect(run.drain().end).toBe("done");
    expect(run.done).toHaveLength(60);
  });
});

describe("a need that no engine could meet", () => {
  const small: NeedsEngine = { slots: 8, capacity: { memory: 4 * GIB } };

  test.each([
    ["cores=64", "needs 64 cores; the largest engine has 8 cores"],
    ["memory=16G", "needs 16G of memory; the largest engine has 4G"],
    ["memory=23.9G", "needs 23.9G of memory; the largest engine has 4G"],
    ["memory=4294967297B", "needs 4294967297B of memory; the largest engine has 4G"],
    ["gpus=2", "needs 2 GPUs; no engine has any"],
    ["disk=100G", "needs disk=100G; no engine has any"],
    ["license=4", "needs license=4; the run has 3"],
    ["context=big", "may run in context big only, of which there is no engine"],
  ])("%s is told at once, and the rest goes on", (terms, why) => {
    const run = new NeedsRun([plain(0), needing(1, terms), needing(2, terms), plain(3)], [small], {
      runResources: { license: 3 },
    });
    expect(run.told).toEqual([{ type: "tell-unmet", taskId: 1, why, waits: false }]);
    expect(run.unmet).toEqual([1, 2]);
    expect(run.drain().end).toBe("unmet-needs");
    expect(run.done).toEqual([0, 3]);
  });

  test("is known only when all engines that are expected have joined", () => {
    const run = new NeedsRun([needing(0, "cores=16"), plain(1)], [small, { slots: 16 }]);
    expect(run.unmet).toEqual([]);
    expect(run.on(1)).toEqual([0]);
  });

  test("ends a run that has nothing else", () => {
    expect(new NeedsRun([needing(0, "cores=16")], [small]).end).toBe("unmet-needs");
  });

  test("waits for an engine that may be added, and others pass it", () => {
    const run = new NeedsRun([needing(0, "cores=16"), plain(1), barrierAt(2), plain(3)], [small], {
      waitForEngines: true,
    });
    expect(run.told.map(({ waits }) => waits)).toEqual([true]);
    run.finish(1);
    expect([run.given, run.end]).toEqual([[1], undefined]);
    run.add({ slots: 16 });
    expect(run.on(1)).toEqual([0]);
    expect(run.drain().end).toBe("done");
  });

  test("is not waited for when the run itself does not have enough", () => {
    const run = new NeedsRun([needing(0, "license=2")], [small], {
      waitForEngines: true,
      runResources: { license: 1 },
    });
    expect([run.unmet, run.end]).toEqual([[0], "unmet-needs"]);
  });

  test("may come of an engine that has gone", () => {
    const run = new NeedsRun([needing(0, "cores=16"), needing(1, "cores=16"), plain(2)], [small, { slots: 16 }]);
    run.stop(1);
    expect(run.unmet).toEqual([1]);
    expect(run.drain().end).toBe("unmet-needs");
  });

  test("holds nothing up behind a barrier, either", () => {
    const items = [needing(0, "cores=16"), barrierAt(1), needing(2, "cores=16"), barrierAt(3), needing(4, "gpus=1")];
    expect(new NeedsRun(items, [small]).end).toBe("unmet-needs");
  });

  test("is a failure for a check", () => {
    const items: StreamItem[] = [
      needing(0, "cores=16"),
      { kind: "barrier", id: 1, line: 2, check: true, text: "" },
      plain(2),
    ];
    expect(new NeedsRun(items, [small]).end).toBe("check-failed");
  });
});

test("an engine that others could use goes when nothing is left that fits there", () => {
  const run = new NeedsRun(
    [plain(0), needing(1, "cores=8"), needing(2, "cores=8")],
    [{ slots: 8 }, { slots: 1, releasable: true }],
  );
  run.finish(0);
  expect([...run.engines.keys()]).toEqual([0]);
  expect(run.drain().end).toBe("done");
});

const termsWith = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  fc
    .record({
      cores: fc.option(fc.constantFrom("0.1", "0.25", "1", "2", "3", "8"), { nil: undefined }),
      memory: fc.option(fc.constantFrom("1G", "3G", "8G"), { nil: undefined }),
      gpus: fc.option(fc.constantFrom("1", "2"), { nil: undefined }),
      disk: fc.option(fc.constantFrom("0.5", "2"), { nil: undefined }),
      license: fc.option(fc.constantFrom("1", "2"), { nil: undefined }),
      priority: fc.option(fc.constantFrom("1", "-1"), { nil: undefined }),
      context: fc.option(fc.constantFrom("a"), { nil: undefined, freq: 5 }),
    })
    .map((words) =>
      ["cores", "memory", "gpus", "context", "priority", "disk", "license"]
        .flatMap((name) => {
          const value = Object.entries(words).find(([key]) => key === name)?.[1];
          return value === undefined ? [] : [`${name}=${value}`];
        })
        .join(" "),
    ),
);

const anEngine: fc.Arbitrary<NeedsEngine> = fc.record({
  slots: fc.integer({ min: 1, max: 8 }),
  capacity: fc.record({
    memory: fc.constantFrom(undefined, 2 * GIB, 8 * GIB, 16 * GIB),
    gpus: fc.constantFrom(0, 0, 2),
    named: fc.constantFrom({}, { disk: 2 }),
  }),
  context: fc.constantFrom("a", "b"),
  isReserved: fc.constantFrom(false, false, true),
});

test("whatever tasks need and engines have: nothing is over, the first one never waits for nothing, and all have an outcome", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: termsWith }, fc.constant("barrier")), { minLength: 1, maxLength: 60 }),
      fc.array(anEngine, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      (list, engines, choices, isShort, mayCrash) => {
        const items = list.map((what, id) => (what === "barrier" ? barrierAt(id) : needing(id, what)));
        const options = { runResources: { license: 3 }, elapsed: isShort ? 0.02 : 3600 };
        const run = new NeedsRun(items, engines, options);
        for (let step = 0; run.end === undefined; step++) {
          const running = run.running();
          const choice = choices[step % choices.length] ?? 0;
          if (step < 200 && choice % 11 === 0 && run.engines.size > 1) {
            const ranks = [...run.engines.keys()];
            run.lose(ranks[choice % ranks.length] ?? 0, mayCrash ? "lost" : "left");
            run.add(engines[choice % engines.length] ?? { slots: 1 });
            continue;
          }
          const next = running[choice % Math.max(1, running.length)];
          if (next === undefined) {
            const ended = [...run.engines].flatMap(([rank, engine]) =>
              [...engine.ended].map((id) => [rank, id] as const),
            );
            const [first] = ended;
            if (first === undefined) throw new Error("nothing can happen any more");
            run.settle(first[0], [first[1]]);
            continue;
          }
          run.finish(next[1], choice % 3 !== 0);
        }
        const all = items.filter(({ kind }) => kind === "task").map((item) => (item.kind === "task" ? item.id : -1));
        expect([...run.done, ...run.unmet].toSorted((a, b) => a - b)).toEqual(all);
      },
    ),
    { numRuns: 150 },
  );
});

test("a task that has come to the head starts at last when all that ran then has ended, whatever comes in between", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 20, maxLength: 120 }),
      fc.array(fc.integer({ min: 8, max: 12 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
      (sizes, slots, choices) => {
        const run = new NeedsRun(
          sizes.map((cores, id) => needing(id, `cores=${cores}`)),
          slots.map((count) => ({ slots: count })),
        );
        let head = run.head()?.task.id;
        let before = new Set(run.running().map(([, id]) => id));
        for (let step = 0; run.end === undefined; step++) {
          const running = run.running();
          const [, id = -1] = running[(choices[step % choices.length] ?? 0) % running.length] ?? [];
          run.finish(id);
          before.delete(id);
          const next = run.head()?.task.id;
          if (next === head) {
            if (head !== undefined && before.size === 0) throw new Error(`task ${head} is starved`);
            continue;
          }
          head = next;
          before = new Set(run.running().map(([, other]) => other));
        }
        expect(run.done).toHaveLength(sizes.length);
      },
    ),
    { numRuns: 100 },
  );
});
