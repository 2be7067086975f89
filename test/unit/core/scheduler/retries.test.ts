import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Quota } from "../../../../src/core/scheduler/quota.ts";
import { FAIL_FAST } from "../../../../src/domain/halt-policy.ts";
import { barrier, task, tasks } from "./items.ts";
import { ModelRun } from "./model-run.ts";
import { needing } from "./needs-run.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { earlierState, given, said, SteppedRun } from "./stepped-run.ts";

const MINUTE = 60;

describe("a task that has failed and is tried again", () => {
  test("holds no slot while it waits, and comes before what has not been started", () => {
    const run = SteppedRun.begin(tasks(4), { engines: [1] });
    const commands = run.fail(0, 0, MINUTE);
    expect(commands).toContainEqual({ type: "await-retry", taskId: 0, delay: MINUTE });
    expect(given(commands)).toEqual([[0, 1, 1, 0]]);
    expect(given(run.do((scheduler) => scheduler.retryDue([0])))).toEqual([]);
    expect(given(run.settle(0, [1]))).toEqual([[0, 0, 2, 0]]);
    expect(run.scheduler.heldBy(0, 0)).toMatchObject({ failures: 1 });
  });

  test("waits for nothing when it need not", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [1] });
    expect(given(run.fail(0, 0, 0))).toEqual([[0, 0, 2, 0]]);
  });

  test("keeps a barrier closed, and the run from its end", () => {
    const run = SteppedRun.begin([task(0), barrier(1, true), task(2)], { engines: [2] });
    expect(said(run.fail(0, 0, MINUTE))).toEqual(["await-retry"]);
    expect(given(run.do((scheduler) => scheduler.retryDue([0])))).toEqual([[0, 0, 2, 0]]);
    const passed = run.settle(0, [0]);
    expect(passed).toContainEqual({ type: "pass-barrier", barrier: barrier(1, true), failed: false });
    expect(said(run.fail(0, 2, MINUTE))).toEqual(["await-retry"]);
    expect(given(run.do((scheduler) => scheduler.retryDue([2])))).toEqual([[0, 2, 2, 0]]);
    expect(said(run.settle(0, [2]))).toEqual(["dismiss"]);
  });

  test("keeps the engines that others could use, and the run waits for one where none is left", () => {
    const run = SteppedRun.begin(tasks(1), { engines: [1], releasable: [0], waitForEngines: true });
    expect(said(run.fail(0, 0, MINUTE))).toEqual(["await-retry"]);
    expect(said(run.do((scheduler) => scheduler.engineGone(0)))).toEqual(["await-engines"]);
    run.do((scheduler) => scheduler.retryDue([0]));
    run.do((scheduler) => scheduler.enginesStarted(1));
    expect(given(run.do((scheduler) => scheduler.engineJoined(1, 1)))).toEqual([[1, 0, 2, 0]]);
  });

  test("counts once for the limit of its context", () => {
    const quota = new Quota(1);
    const run = SteppedRun.begin(tasks(1), { waitForEngines: true });
    run.do((scheduler) => scheduler.enginesStarted(1));
    run.do((scheduler) => scheduler.engineJoined(0, 1, { quota }));
    expect(said(run.fail(0, 0, MINUTE))).toEqual(["await-retry"]);
    expect(quota.isUsedUp).toBe(false);
    expect(given(run.do((scheduler) => scheduler.retryDue([0])))).toEqual([[0, 0, 2, 0]]);
  });

  test("has its outcome at once when somebody stops it while it waits, due or not", () => {
    const run = SteppedRun.begin(tasks(4), { engines: [1] });
    run.fail(0, 0, MINUTE);
    expect(run.scheduler.lastEngineOf(0)).toBe(0);
    const [stopped] = run.do((scheduler) => scheduler.stopTask(0));
    expect(stopped).toMatchObject({ type: "settle-stopped", engine: 0, assignment: { attempt: 2 } });
    expect(run.do((scheduler) => scheduler.retryDue([0]))).toEqual([]);
    run.fail(0, 1, MINUTE);
    run.do((scheduler) => scheduler.retryDue([1]));
    expect(said(run.do((scheduler) => scheduler.stopTask(1)))).toEqual(["settle-stopped"]);
    expect(given(run.settle(0, [2]))).toEqual([[0, 3, 1, 0]]);
    expect(said(run.settle(0, [3]))).toEqual(["dismiss"]);
  });

  test("is dropped when the run drains or is terminated, and nothing waits for it", () => {
    for (const end of ["drain", "terminate"] as const) {
      const run = SteppedRun.begin(tasks(2), { engines: [1, 1] });
      run.fail(0, 0, MINUTE);
      const commands = run.do((scheduler) => scheduler[end]("interrupted"));
      expect(said(commands)).toContain("drop-retries");
      expect(run.do((scheduler) => scheduler.retryDue([0]))).toEqual([]);
    }
  });

  test("does not end a run at its first failure, but its last try does", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [2], halt: FAIL_FAST });
    expect(said(run.fail(0, 0, 0))).toEqual(["assign"]);
    expect(run.settle(0, [0], true)).toContainEqual({ type: "terminating", reason: "failed-fast" });
  });

  test("keeps its failures when the engine of its next try is lost", () => {
    const run = SteppedRun.begin(tasks(1), { engines: [1, 1] });
    run.fail(0, 0, 0);
    const rank = run.scheduler.holderOf(0) ?? -1;
    expect(given(run.do((scheduler) => scheduler.engineGone(rank)))).toEqual([[1 - rank, 0, 3, 1]]);
    expect(run.scheduler.heldBy(1 - rank, 0)).toMatchObject({ failures: 1 });
  });

  test("waits on where an earlier driver has left it", () => {
    const run = new SteppedRun([], { engines: [1] });
    const assignment = { task: task(0), attempt: 2, crashes: 0, failures: 1 };
    const earlier = earlierState({ retries: [{ assignment, engine: 0, delay: 5 }] });
    const commands = run.do((scheduler) => scheduler.start(earlier));
    expect(commands).toContainEqual({ type: "await-retry", taskId: 0, delay: 5 });
    expect(given(run.do((scheduler) => scheduler.retryDue([0])))).toEqual([[0, 0, 2, 0]]);
  });
});

describe("a task that is to be tried elsewhere", () => {
  const nodes = ["a", "a", "b"];

  test("waits for an engine of another node, though others are free", () => {
    const run = SteppedRun.begin(tasks(3), { engines: [1, 1, 1], nodes });
    run.settle(1, [1]);
    expect(given(run.fail(0, 0, 0, "a"))).toEqual([]);
    expect(given(run.settle(2, [2]))).toEqual([[2, 0, 2, 0]]);
  });

  test("waits for one that has room for all it needs, whatever the others need", () => {
    const items = [needing(0, "cores=2"), ...tasks(9).slice(1)];
    const run = SteppedRun.begin(items, { engines: [2, 1, 2], nodes: ["a", "b", "c"] });
    expect(run.scheduler.holderOf(0)).toBe(0);
    run.fail(0, 0, 0, "a");
    const held = (rank: number): number[] => [1, 2, 3, 4, 5, 6, 7].filter((id) => run.scheduler.holderOf(id) === rank);
    expect(given(run.settle(1, held(1)))).toEqual([[1, 6, 1, 0]]);
    expect(given(run.settle(2, held(2)))).toEqual([[2, 0, 2, 0]]);
  });

  test("goes to the same node when no other is left", () => {
    const run = SteppedRun.begin(tasks(3), { engines: [1, 1, 1], nodes });
    expect(given(run.fail(0, 0, 0, "a"))).toEqual([]);
    expect(given(run.do((scheduler) => scheduler.stopEngine(2)))).toEqual([[0, 0, 2, 0]]);
  });
});

describe("an engine on which tasks fail in a row", () => {
  test("is stopped, once, when tasks have succeeded elsewhere meanwhile", () => {
    const run = SteppedRun.begin(tasks(9), { engines: [1, 1], maxFailuresPerEngine: 2 });
    const failing = (): number => [...Array(9).keys()].find((id) => run.scheduler.heldBy(0, id) !== undefined) ?? -1;
    run.settle(0, [failing()], true);
    expect(said(run.settle(0, [failing()], true))).not.toContain("retire-engine");
    run.settle(1, [1]);
    const commands = run.settle(0, [failing()], true);
    expect(commands).toContainEqual({ type: "retire-engine", engine: 0, failures: 3 });
    expect(said(run.settle(0, [failing()], true))).not.toContain("retire-engine");
  });

  test("stays when it is the only one", () => {
    const run = SteppedRun.begin(tasks(9), { engines: [1, 1], maxFailuresPerEngine: 1 });
    run.settle(1, [1]);
    run.do((scheduler) => scheduler.engineGone(1));
    expect(said(run.settle(0, [0], true))).not.toContain("retire-engine");
  });
});

const retried = fc.record({
  count: fc.integer({ min: 1, max: 12 }),
  barriers: fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 3 }),
  flaky: fc.array(fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 1, max: 3 })), { maxLength: 6 }),
  failing: fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 3 }),
  engines: fc.array(fc.record({ slots: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 3 }),
  elapsed: fc.constantFrom(0.001, 0.1, 10),
  choices: fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }),
  trouble: fc.array(fc.tuple(fc.nat(60), fc.nat(2)), { maxLength: 3 }),
});

test("whatever happens, every task has one outcome, each try is another attempt, and barriers wait for retries", () => {
  fc.assert(
    fc.property(retried, ({ count, barriers, flaky, failing, trouble, ...options }) => {
      const items = tasks(count).map((item): StreamItem => (barriers.includes(item.id) ? barrier(item.id) : item));
      const ids = tasks(count).flatMap(({ id }) => (barriers.includes(id) ? [] : [id]));
      const interfere = (run: ModelRun, step: number): void => {
        for (const [when, rank] of trouble) if (when === step) run.lose(rank);
      };
      const run = new ModelRun({
        ...{ ...options, items, interfere, flaky: new Map(flaky), failing: new Set(failing) },
        waitForEngines: true,
        crashLimit: 100,
      });
      // Somebody adds an engine whenever none is left.
      const apply = run.apply.bind(run);
      run.apply = (commands) => {
        apply(commands);
        if (commands.some(({ type }) => type === "await-engines")) run.add({ slots: 2 });
      };
      run.run();
      expect(run.end).toBe("done");
      expect(run.finished.toSorted((a, b) => a - b)).toEqual(ids);
      for (const id of barriers.filter((one) => one < count)) {
        const at = run.log.indexOf(`pass:${id}`);
        const started = run.log.flatMap((word, i) =>
          /^assign:/.test(word) ? [[Number(word.slice(7)), i] as const] : [],
        );
        expect(started.filter(([one, i]) => (one < id ? i > at : i < at))).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
});
