import { describe, expect, test } from "vitest";
import { type Ending, exited, GIVEN_UP, signalled } from "../../../../src/domain/ending.ts";
import type { TaskSource } from "../../../../src/domain/source.ts";
import type { SkippedTask, StreamItem } from "../../../../src/domain/task.ts";
import { DependentSource } from "../../../support/dependent-source.ts";
import { until } from "../../../support/until.ts";
import { barrier, engineOf, startRun, task } from "./driven-run.ts";

function skipped(id: number): SkippedTask {
  const silence = { bytes: 0, snippet: "" };
  const outcome = { pid: 1, ending: exited(0), start: 0, finish: 1, output: silence, error: silence };
  return { kind: "skipped", task: task(id), previous: { ...outcome, node: "n", alreadyRecorded: true } };
}

/** A run of these items, in which tasks depend on others. Ids are in no order, and some are left out. */
function startDependent(
  items: readonly StreamItem[],
  after: readonly (readonly [number, number])[],
  options: Parameters<typeof startRun>[1] = {},
) {
  const source = new DependentSource(items, new Map(after));
  const run = startRun([], { ...options, source });
  return { run, source, engine: engineOf(run) };
}

describe("a task that depends on another", () => {
  test("is given when the other has settled well and that is on record, and so on", async () => {
    const { run, source, engine } = startDependent(
      [task(40), task(7), task(12)],
      [
        [7, 40],
        [12, 7],
      ],
    );
    await engine.join(2);
    for (const id of [40, 7, 12]) {
      expect(await engine.assigned()).toEqual([id]);
      engine.finish([id]);
    }
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(source.heard).toEqual([40, 7, 12]);
    const { notes } = run.reporter;
    const committed = notes.indexOf("commit", notes.indexOf("task-finished 40"));
    expect(committed).toBeLessThan(notes.indexOf("task-assigned 7"));
  });

  test("is never given when the other fails, and the run is done without it", async () => {
    const { run, source, engine } = startDependent(
      [task(0), task(1), task(2)],
      [
        [1, 0],
        [2, 1],
      ],
    );
    await engine.join();
    await engine.assigned();
    engine.finish([0], { ending: exited(3) });
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect([source.heard, run.reporter.finished]).toEqual([[0], [0]]);
  });

  test("is given when the other needs no run, and before the barrier behind it", async () => {
    const { run, source, engine } = startDependent([skipped(0), task(1), barrier(2), task(3)], [[1, 0]]);
    await engine.join();
    expect(await engine.assigned()).toEqual([1]);
    engine.finish([1]);
    expect(await engine.assigned()).toEqual([3]);
    engine.finish([3]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(source.heard).toEqual([0, 1, 3]);
  });

  test("is never given when the other is given up, which is heard", async () => {
    const outcomes: Ending[] = [];
    const inner = new DependentSource([task(0), task(1)], new Map([[1, 0]]));
    const source: TaskSource = {
      name: inner.name,
      next: (limit) => inner.next(limit),
      settled: (settled, outcome) => {
        outcomes.push(outcome.ending);
        inner.settled(settled, outcome);
      },
      close: () => inner.close(),
    };
    const run = startRun([], { source, crashLimit: 1, spareCount: 1 });
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.end("SIGKILL");
    await engineOf(run, 1).join();
    await engineOf(run, 1).leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(outcomes).toEqual([GIVEN_UP]);
  });
});

describe("a source with nothing now and more later", () => {
  test("is not asked again, and the run goes on until it says that it has no more", async () => {
    const { run, source, engine } = startDependent([task(0), task(1)], [[1, 0]]);
    await engine.join(4);
    await engine.assigned();
    const { asked } = source;
    await engine.isHeard();
    expect(source.asked).toBe(asked);
    engine.finish([0]);
    expect(await engine.assigned()).toEqual([1]);
    engine.finish([1]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("does not hold up a run that is drained, which starts nothing that comes of it", async () => {
    const { run, source, engine } = startDependent([task(0), task(1)], [[1, 0]]);
    await engine.join();
    await engine.assigned();
    run.driver.drain("interrupted");
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "interrupted" });
    expect([source.heard, run.reporter.finished]).toEqual([[0], [0]]);
  });

  test("does not hold up a run that is terminated, and is not told of what was cut short", async () => {
    const { run, source, engine } = startDependent([task(0), task(1)], [[1, 0]]);
    await engine.join();
    await engine.assigned();
    run.driver.terminate("interrupted");
    await engine.next("terminate");
    engine.finish([0], { ending: signalled(15) }, true);
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "interrupted" });
    expect(source.heard).toEqual([]);
  });
});

test("a source that cannot take an outcome drains the run", async () => {
  let asked = 0;
  const error = new Error("that was not foreseen");
  const source: TaskSource = {
    name: "Tasks",
    next: () => {
      asked++;
      return Promise.resolve([task(asked - 1)]);
    },
    settled: () => {
      throw error;
    },
    close: () => Promise.resolve(),
  };
  const run = startRun([], { source });
  const engine = engineOf(run);
  await engine.join();
  const [id = -1] = await engine.assigned();
  engine.finish([id]);
  await until(
    () => run.reporter.ofType("run-draining").length > 0,
    () => "the run to drain",
  );
  for (const other of run.reporter.ofType("task-assigned").slice(1)) engine.finish([other.task.id]);
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "source-failed", error });
  expect(run.reporter.ofType("run-draining")[0]?.cause).toContain("not foreseen");
});

describe("what a source expects", () => {
  /** Ten tasks, of which nobody knows that there are no more. */
  function expecting(isGrowing: boolean) {
    const items = Array.from({ length: 10 }, (_, id) => task(id));
    const source = new DependentSource(items, new Map([[5, 4]]));
    const tally = () => [{ name: "t", counts: {}, isGrowing }];
    const expects: Partial<TaskSource> = { expected: 10, tally };
    return Object.assign(source, expects);
  }
  const halt = { when: "soon", on: "fail", count: 20, isPercent: true } as const;

  test("is what percentages are of that end a run, once nothing can grow any more", async () => {
    const run = startRun([], { source: expecting(false), halt });
    const engine = engineOf(run);
    await engine.join();
    for (const id of [0, 1]) {
      expect(await engine.assigned()).toEqual([id]);
      engine.finish([id], { ending: exited(1) });
    }
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "enough-failed" });
  });

  test("does not count for that while there may be more", async () => {
    const run = startRun([], { source: expecting(true), halt });
    const engine = engineOf(run);
    await engine.join();
    for (const id of [0, 1, 2]) {
      expect(await engine.assigned()).toEqual([id]);
      engine.finish([id], { ending: exited(1) });
    }
    expect(await engine.assigned()).toEqual([3]);
  });
});
