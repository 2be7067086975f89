import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { Context, Engine } from "../../../../src/domain/engine.ts";
import type { Assignment, StreamItem } from "../../../../src/domain/task.ts";
import type { EarlierEngine, EarlierRun } from "../../../../src/core/driver/earlier-run.ts";
import { type DrivenRun, type DrivenRunOptions, engineOf, perEngine, startRun, task, told } from "./driven-run.ts";
import { HeldClock, holdTimeouts } from "./held-clock.ts";

/** Looks at the clock after which an engine of the default lease of a minute is given up: more than that, and four seconds. */
const LOOKS = 129;

const held = (id: number, attempt = 1, crashes = 0): Assignment => ({ task: task(id), attempt, crashes });

/** An engine of the earlier driver, in the hands of the test's launcher. */
function earlierEngine(number: number, change: Partial<EarlierEngine> = {}): EarlierEngine {
  const engine: Engine = {
    ...{ id: `engine-${number}`, rank: 5 + number, node: "alpha", pid: 4711, slots: 2, context: "SSH0" },
  };
  return { engine, ready: true, stopping: false, held: [], commandsRun: [], ...change };
}

interface Earlier {
  /** Ids of tasks that this driver has claimed for engines. */
  readonly claimed: number[];
  readonly earlier: EarlierRun;
}

/** What an earlier driver has left. */
function leave(change: Partial<EarlierRun> & { readonly taken?: number } = {}): Earlier {
  const claimed: number[] = [];
  const { taken = 0, ...rest } = change;
  const context: Context = { label: "SSH0", nodes: [], taskLimit: 0 };
  const earlier: EarlierRun = {
    ...{ contexts: [{ context, stopped: false, taken }], engines: [], returned: [], stopped: new Map() },
    ...{ failedSinceBarrier: 0, anySkipped: false, anyUnmet: false, nextRank: 9 },
    settled: () => false,
    claim: (id) => !claimed.includes(id) && claimed.push(id) > 0,
    ...rest,
  };
  return { claimed, earlier };
}

/** Takes up a run; the engines of its first nodes are those of the earlier driver. */
function takeUp(items: readonly StreamItem[], { earlier }: Earlier, options: DrivenRunOptions = {}): DrivenRun {
  const run = startRun(items, { earlier, ...options });
  for (const { engine } of earlier.engines) {
    const pretended = run.engines.find(({ id }) => id === engine.id);
    pretended?.invited(told(run, "run-recovered").then(() => run.invite()));
  }
  return run;
}

describe("an engine of an earlier driver", () => {
  test("that calls goes on with what it has, under its rank, and is given more", async () => {
    const left = leave({ engines: [earlierEngine(0, { held: [held(3, 2), held(4)] })] });
    const run = takeUp([task(7)], left);
    const engine = engineOf(run);
    await engine.comeBack([{ task: task(3), attempt: 2 }, 4]);
    expect(await engine.next("welcome")).toMatchObject({ engine: 5 });
    engine.finish([3], { attempt: 2, engine: 5 });
    expect(await engine.assigned()).toEqual([7]);
    engine.finish([4, 7], { engine: 5 });
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.finished).toEqual([3, 4, 7]);
    expect(run.reporter.ofType("task-assigned").map((event) => event.task.id)).toEqual([7]);
    expect(run.launcher.starts).toEqual([]);
    const types = run.reporter.events.map(({ type }) => type);
    expect(types.slice(0, 1)).toEqual(["run-recovered"]);
    for (const type of ["run-started", "engine-joined", "engine-ready", "engine-lost"])
      expect(types).not.toContain(type);
  });

  test("is out of touch until it does", async () => {
    const clock = new HeldClock();
    const run = takeUp([task(7)], leave({ engines: [earlierEngine(0, { held: [held(3)] })] }));
    await clock.lookUntil(() => run.reporter.ofType("engine-silent").length === 1, "nobody has noticed");
    const engine = engineOf(run);
    await engine.comeBack([3]);
    await engine.next("welcome");
    expect(run.reporter.ofType("engine-silent")).toMatchObject([{ engine: 5 }]);
    expect(run.reporter.ofType("engine-back")).toMatchObject([{ engine: 5 }]);
  });

  test("that leaves as the earlier driver had told it to is replaced", async () => {
    const run = takeUp([task(7)], leave({ engines: [earlierEngine(1)] }), {
      engineCount: 1,
      spareCount: 1,
      engineRestarts: 0,
    });
    const leaver = engineOf(run, 1);
    await leaver.call();
    leaver.hello({ again: true });
    leaver.goodbye();
    await leaver.closed;
    const next = engineOf(run, 0);
    await next.join();
    await next.assigned();
    next.finish([7], { engine: 9 });
    await next.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("that somebody has stopped is told so again unless it knows, is given nothing, and is not replaced", async () => {
    const stopped = earlierEngine(0, { held: [held(3)], stopping: true });
    const leavers = earlierEngine(1, { stopping: true });
    const run = takeUp([task(7)], leave({ engines: [stopped, leavers] }), { engineCount: 2, waitForEngines: true });
    const [engine, leaver] = [engineOf(run, 0), engineOf(run, 1)];
    await leaver.call();
    leaver.hello({ again: true });
    leaver.goodbye();
    await leaver.closed;
    await engine.comeBack([3]);
    await engine.next("dismiss");
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    engine.finish([3], { engine: 5 });
    engine.goodbye();
    await told(run, "engines-awaited");
    expect(run.reporter.ofType("task-assigned")).toEqual([]);
    expect(run.reporter.ofType("engine-restarting")).toEqual([]);
    expect(run.reporter.ofType("engine-stopping")).toEqual([]);
  });

  test.each(["before", "after"])("is lost at once when its process has ended %s the run is taken up", async (when) => {
    const left = leave({ engines: [earlierEngine(1, { held: [held(3, 2, 1)] })] });
    const run = takeUp([], left, { engineCount: 1, spareCount: 1 });
    if (when === "after") await told(run, "run-recovered").then(() => run.invite());
    engineOf(run, 1).end("killed");
    const next = engineOf(run, 0);
    await next.join();
    expect(await next.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(3), attempt: 3 }] });
    next.finish([3], { attempt: 3, engine: 9 });
    await next.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("engine-lost")).toMatchObject([{ engine: 6, reason: "killed" }]);
    expect(run.reporter.ofType("engine-restarting")).toMatchObject([{ restart: 0, delay: 0 }]);
  });

  test("is lost when nothing is heard of it for its lease, and some seconds", async () => {
    const clock = new HeldClock();
    const left = leave({ engines: [earlierEngine(1, { held: [held(3, 2, 1)] })], nextRank: 7 });
    const run = takeUp([], left, { engineCount: 2 });
    await told(run, "run-recovered");
    const other = engineOf(run, 0);
    await other.join();
    clock.look(LOOKS - 1);
    await other.isHeard();
    expect(run.reporter.ofType("engine-lost")).toEqual([]);
    clock.look();
    expect(await other.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(3), attempt: 3 }] });
    expect(run.reporter.ofType("engine-lost")).toMatchObject([{ engine: 6 }]);
    expect(run.reporter.ofType("task-assigned")).toMatchObject([{ attempt: 3, crashes: 2 }]);
  });

  test("may repeat what the earlier driver has on record", async () => {
    const setUp = perEngine("start");
    const left = leave({
      engines: [earlierEngine(0, { held: [held(3)], commandsRun: [setUp] })],
      settled: (id) => id < 3,
    });
    const run = takeUp([setUp], left);
    const engine = engineOf(run);
    const repeated = [engine.finishCommand(setUp), engine.finish([2])];
    await engine.comeBack([3], repeated);
    await engine.next("welcome");
    engine.finish([3], { engine: 5 });
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("per-engine-finished")).toEqual([]);
    expect(run.reporter.finished).toEqual([3]);
    expect(run.reporter.ofType("task-superseded")).toEqual([]);
  });

  test("may tell what the earlier driver has not lived to write down", async () => {
    const setUp = perEngine("start");
    const run = takeUp([setUp], leave({ engines: [earlierEngine(0, { ready: false, held: [held(3)] })] }));
    const engine = engineOf(run);
    const unheard = [engine.finishCommand(setUp, { ending: exited(1) }), engine.finish([3], { engine: 5 })];
    await engine.comeBack([], unheard);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("per-engine-finished")).toMatchObject([{ command: setUp }]);
    expect(run.reporter.ofType("engine-ready")).toMatchObject([{ engine: 5 }]);
    expect(run.reporter.finished).toEqual([3]);
  });

  test("and tells of an attempt that is not its any more comes too late", async () => {
    const run = takeUp([], leave({ engines: [earlierEngine(0, { held: [held(3, 2)] })] }));
    const engine = engineOf(run);
    await engine.comeBack([{ task: task(3), attempt: 2 }], [engine.finish([3])]);
    await engine.next("welcome");
    await told(run, "task-superseded");
    expect(run.reporter.ofType("task-superseded")).toMatchObject([{ result: { taskId: 3, attempt: 1 } }]);
    expect(run.reporter.finished).toEqual([]);
  });

  test("and has a task that nobody gave it is refused", async () => {
    const left = leave({ engines: [earlierEngine(0, { held: [held(3)] })] });
    const run = takeUp([], left, { engineRestarts: 0 });
    const engine = engineOf(run);
    await engine.comeBack([3, 4]);
    await engine.closed;
    await told(run, "engine-lost");
    expect(run.reporter.ofType("engine-lost")).toMatchObject([{ reason: expect.stringContaining("task 4") }]);
    expect(left.claimed).toEqual([]);
  });
});

describe("a run that is taken up again", () => {
  test("starts engines on the nodes that have none, with ranks that nobody has had", async () => {
    const left = leave({ engines: [earlierEngine(1)], returned: [held(2, 2, 1)] });
    const run = takeUp([], left, { engineCount: 2 });
    const fresh = engineOf(run, 0);
    expect(await fresh.join()).toMatchObject({ engine: 9 });
    expect(await fresh.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(2), attempt: 2 }] });
    // The node of the engine that may come back is the first.
    expect(run.launcher.starts).toEqual([1]);
    expect(run.launcher.adopted.map(({ id }) => id)).toEqual(["engine-1"]);
    fresh.finish([2], { attempt: 2, engine: 9 });
    const old = engineOf(run, 1);
    await old.comeBack([]);
    await Promise.all([old.leave(), fresh.leave()]);
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test.each(["check-failed", "failed-fast"] as const)("goes on to end when it was about to: %s", async (ending) => {
    const left = leave({ engines: [earlierEngine(0, { held: [held(3)] })], runEnd: ending });
    const run = takeUp([task(7)], left);
    expect(await run.outcome).toEqual({ reason: ending });
    expect(engineOf(run).kills).toBe(1);
    expect(run.reporter.ofType("task-assigned")).toEqual([]);
  });

  test("in which all is done ends when its engines have gone", async () => {
    const run = takeUp([], leave({ engines: [earlierEngine(0)] }));
    const engine = engineOf(run);
    await engine.comeBack([]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("counts what was taken for the limit of a context", async () => {
    const left = leave({ engines: [earlierEngine(0, { held: [held(3)] })], taken: 2 });
    const run = takeUp([task(7), task(8)], left, { taskLimit: 3 });
    const engine = engineOf(run);
    await engine.comeBack([3]);
    await engine.next("welcome");
    expect(await engine.assigned()).toEqual([7]);
    engine.finish([3, 7], { engine: 5 });
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "no-engines" });
    expect(run.reporter.finished).toEqual([3, 7]);
  });
});

describe("a run whose machine was down", () => {
  test("starts nothing before all engines are back or have ended what they had", async () => {
    const elapse = holdTimeouts();
    const left = leave({ engines: [earlierEngine(0, { held: [held(3)] })], returned: [held(2)] });
    const run = takeUp([task(7)], left, { hold: "this machine was down" });
    const engine = engineOf(run);
    await engine.comeBack([3]);
    engine.finish([3], { engine: 5 });
    await told(run, "task-finished");
    await elapse(63.9);
    await engine.isHeard();
    expect(run.reporter.ofType("task-assigned")).toEqual([]);
    expect(run.reporter.ofType("warning")).toMatchObject([{ message: expect.stringContaining("64 s") }]);
    await elapse(0.1);
    expect(await engine.assigned()).toEqual([2]);
    // It is told what to run last as soon as that is known.
    await engine.next("welcome");
    expect(await engine.assigned()).toEqual([7]);
  });

  test("lets an engine keep a task that is on no record, and writes that down", async () => {
    const elapse = holdTimeouts();
    const left = leave({
      engines: [earlierEngine(0)],
      returned: [held(2)],
      settled: (id) => id === 1,
    });
    const run = takeUp([], left, { hold: "this machine was down" });
    const engine = engineOf(run);
    await engine.comeBack([
      { task: task(2), attempt: 1 },
      { task: task(3), attempt: 1 },
    ]);
    await engine.isHeard();
    expect(left.claimed).toEqual([2, 3]);
    expect(run.reporter.ofType("task-assigned").map((event) => [event.task.id, event.engine])).toEqual([
      [2, 5],
      [3, 5],
    ]);
    engine.finish([2, 3], { engine: 5 });
    await told(run, "task-finished", 2);
    await elapse(64);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("does not believe an engine that has a task with an outcome", async () => {
    const left = leave({ engines: [earlierEngine(0)], settled: (id) => id === 1 });
    const run = takeUp([], left, { engineRestarts: 0, hold: "this machine was down" });
    const engine = engineOf(run);
    await engine.comeBack([1]);
    await engine.closed;
    await told(run, "engine-lost");
    expect(left.claimed).toEqual([]);
  });
});
