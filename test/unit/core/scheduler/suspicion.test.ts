import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Quota } from "../../../../src/core/scheduler/quota.ts";
import { Suspicion } from "../../../../src/core/scheduler/suspicion.ts";
import { barrier, sorted, task, tasks } from "./items.ts";
import { ModelRun } from "./model-run.ts";
import { earlierState, given, said, SteppedRun } from "./stepped-run.ts";

/** Another engine in place of one that is gone. */
function replace(run: SteppedRun, rank: number, slots: number): ReturnType<typeof given> {
  run.do((scheduler) => scheduler.enginesStarted(1));
  return given(run.do((scheduler) => scheduler.engineJoined(rank, slots)));
}

/** An engine dies, and another takes its place. @returns what that is given. */
function crash(run: SteppedRun, rank: number, slots: number): ReturnType<typeof given> {
  run.do((scheduler) => scheduler.enginesStarted(1));
  run.do((scheduler) => scheduler.engineGone(rank));
  return given(run.do((scheduler) => scheduler.engineJoined(rank + 1, slots)));
}

describe("suspects", () => {
  test("run as far apart as narrows the circle by the same factor each time, and in the end alone", () => {
    const three = new Suspicion(3);
    expect([1, 2].map((crashes) => three.atATime(64, crashes))).toEqual([8, 1]);
    expect([1, 2, 3].map((crashes) => new Suspicion(4).atATime(64, crashes))).toEqual([16, 4, 1]);
    expect([1, 2, 3, 4, 5, 9].map((slots) => three.atATime(slots, 1))).toEqual([1, 1, 2, 2, 2, 3]);
    expect(new Suspicion(2).atATime(64, 1)).toBe(1);
    expect(new Suspicion(Number.POSITIVE_INFINITY).atATime(64, 7)).toBe(64);
  });

  test("have tasks beside them that nobody suspects, so that no slot is idle", () => {
    const run = SteppedRun.begin(tasks(9), { engines: [4], crashLimit: 3 });
    expect(crash(run, 0, 4)).toEqual([
      [1, 0, 2, 1],
      [1, 1, 2, 1],
      [1, 4, 1, 0],
      [1, 5, 1, 0],
    ]);
    // The next suspect takes the place of one, and another that of nobody.
    expect(given(run.settle(1, [4]))).toEqual([[1, 6, 1, 0]]);
    expect(given(run.settle(1, [0]))).toEqual([[1, 2, 2, 1]]);
  });

  test("are dealt out to all engines", () => {
    const run = SteppedRun.begin(tasks(6), { engines: [2, 2, 2], crashLimit: 3 });
    run.do((scheduler) => scheduler.engineGone(0));
    expect(given(run.settle(1, [2, 3]))).toEqual([[1, 0, 2, 1]]);
    expect(given(run.settle(2, [4, 5]))).toEqual([[2, 1, 2, 1]]);
  });

  test("come to an engine that never has an idle slot, since it is given tasks ahead", () => {
    const run = SteppedRun.begin(tasks(400), { engines: [1, 2], crashLimit: 3 });
    const short = (id: number) => [{ taskId: id, failed: false, elapsed: 0.01 }];
    run.do((scheduler) => scheduler.settled(1, short(1)));
    expect(given(run.do((scheduler) => scheduler.engineGone(0)))[0]).toEqual([1, 0, 2, 1]);
  });

  test("whose next crash would be the last run alone, on an engine that is new or has become empty", () => {
    const run = SteppedRun.begin(tasks(6), { engines: [2], crashLimit: 2 });
    expect(crash(run, 0, 2)).toEqual([[1, 0, 2, 1]]);
    // One more is to run alone, and the engine has had such a task.
    expect(given(run.settle(1, [0]))).toEqual([[1, 1, 2, 1]]);
    expect(given(run.settle(1, [1]))).toEqual([
      [1, 2, 1, 0],
      [1, 3, 1, 0],
    ]);
  });

  test("that are to run alone get the engine that holds least, which is given nothing until then", () => {
    const run = SteppedRun.begin(tasks(20), { engines: [1, 4, 2], crashLimit: 2 });
    run.do((scheduler) => scheduler.engineGone(0));
    expect(given(run.settle(1, [1])).map(([engine]) => engine)).toEqual([1]);
    expect(run.settle(2, [5])).toEqual([]);
    expect(given(run.settle(1, [2])).map(([engine]) => engine)).toEqual([1]);
    expect(given(run.settle(2, [6]))).toEqual([[2, 0, 2, 1]]);
    // That is all that it has until it has ended.
    expect(given(run.settle(1, [3])).map(([engine]) => engine)).toEqual([1]);
    expect(given(run.settle(2, [0])).map(([engine]) => engine)).toEqual([2, 2]);
  });

  test("keep their distance in a run that is taken up again", () => {
    const returned = [0, 1, 2].map((id) => ({ task: task(id), attempt: 2, crashes: 1 }));
    const run = new SteppedRun([task(7), task(8)], { engines: [3], crashLimit: 3 });
    const first = given(run.do((scheduler) => scheduler.start(earlierState({ returned }))));
    expect(first.map(([, id]) => id)).toEqual([0, 1, 7]);
  });

  test("hold up a barrier, and the end of the run", () => {
    const run = SteppedRun.begin([task(0), task(1), barrier(2), task(3)], { engines: [2], crashLimit: 2 });
    expect(crash(run, 0, 2)).toEqual([[1, 0, 2, 1]]);
    expect(said(run.settle(1, [0]))).toEqual(["assign"]);
    expect(said(run.settle(1, [1]))).toEqual(["pass-barrier", "assign"]);
  });

  test("count for the limit of a context, and leave to others what it does not allow", () => {
    const quota = new Quota(1);
    const run = SteppedRun.begin(tasks(2), { engines: [2], crashLimit: 2 });
    run.do((scheduler) => scheduler.enginesStarted(2));
    run.do((scheduler) => scheduler.engineGone(0));
    expect(given(run.do((scheduler) => scheduler.engineJoined(1, 2, { quota })))).toEqual([[1, 0, 2, 1]]);
    expect(given(run.do((scheduler) => scheduler.engineJoined(2, 2)))).toEqual([[2, 1, 2, 1]]);
  });

  test("are given up only if they were alone: with a limit of one, too, when nobody knows which of two it was", () => {
    const run = SteppedRun.begin(tasks(2), { engines: [2], crashLimit: 1 });
    expect(crash(run, 0, 2)).toEqual([[1, 0, 2, 1]]);
    const last = run.do((scheduler) => scheduler.engineGone(1));
    expect(last[0]).toEqual({ type: "give-up", assignment: { task: task(0), attempt: 2, crashes: 2 } });
    expect(replace(run, 2, 2)).toEqual([]);
  });
});

/** An engine that runs a task which kills it. */
function findVictim(run: ModelRun, killers: ReadonlySet<number>) {
  for (const [rank, { held, slots }] of run.engines) {
    const killer = held.slice(0, slots).find(({ task: { id } }) => killers.has(id))?.task.id;
    if (killer !== undefined) return { rank, killer, slots };
  }
  return undefined;
}

describe("tasks that kill their engines", () => {
  const killings = fc.record({
    count: fc.integer({ min: 1, max: 60 }),
    barrierEvery: fc.constantFrom(7, 1000),
    killers: fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 4 }).map((ids) => new Set(ids)),
    engines: fc.array(fc.record({ slots: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 3 }),
    elapsed: fc.constantFrom(0, 0.001, 0.05, 10),
    choices: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 50 }),
    crashLimit: fc.integer({ min: 1, max: 4 }),
  });

  test("are given up, each after as many engines as the limit says, and nothing that ran beside them is", () => {
    fc.assert(
      fc.property(killings, ({ count, barrierEvery, killers, ...options }) => {
        const ids = tasks(count).map(({ id }) => id);
        const isTask = (id: number): boolean => id % barrierEvery !== 6;
        const items = ids.map((id) => (isTask(id) ? task(id) : barrier(id)));
        const killed = new Map<number, number>();
        const interfere = (run: ModelRun): void => {
          for (let victim = findVictim(run, killers); victim !== undefined; victim = findVictim(run, killers)) {
            const { rank, killer, slots } = victim;
            killed.set(killer, (killed.get(killer) ?? 0) + 1);
            run.add({ slots });
            run.lose(rank);
          }
        };
        const run = new ModelRun({ ...options, items, failing: new Set(), interfere }).run();
        const guilty = ids.filter((id) => isTask(id) && killers.has(id));
        const givenUp = run.log.flatMap((entry) => (entry.startsWith("give-up:") ? [Number(entry.slice(8))] : []));
        expect(sorted(givenUp)).toEqual(guilty);
        expect(sorted(run.finished)).toEqual(ids.filter(isTask));
        // Where others ran beside it the first time, one that is to be given up at once gets a second.
        for (const id of guilty) expect(killed.get(id)).toBeLessThanOrEqual(Math.max(options.crashLimit, 2));
      }),
      { numRuns: 500 },
    );
  });
});
