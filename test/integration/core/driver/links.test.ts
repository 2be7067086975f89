import { describe, expect, test } from "vitest";
import { type DrivenRun, engineOf, perEngine, startRun, task, told } from "./driven-run.ts";
import { HeldClock } from "./held-clock.ts";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { exited } from "../../../../src/domain/ending.ts";

/** Waits until the driver has noticed that a link is broken, and said so. */
async function isSilent(run: DrivenRun, clock: HeldClock, times = 1): Promise<void> {
  await clock.lookUntil(() => run.reporter.ofType("engine-silent").length === times, "nobody has noticed");
}

/** Ids and attempts of what was given out, in order. */
function leases({ reporter }: DrivenRun): (readonly [id: number, attempt: number])[] {
  return reporter.ofType("task-assigned").map((event) => [event.task.id, event.attempt]);
}

describe("an engine whose link has broken and that calls again", () => {
  test("goes on with what it has: nothing is started again, and what it says twice counts once", async () => {
    const run = startRun([task(0), task(1), task(2)]);
    const engine = engineOf(run);
    await engine.join(3);
    expect(await engine.assigned(3)).toEqual([0, 1, 2]);
    const first = engine.finish([0], { ending: exited(4) });
    await told(run, "task-finished");
    engine.hangUp();
    await engine.closed;
    // Nobody hears that.
    const second = engine.finish([1]);
    await engine.comeBack([2], [first, second]);
    engine.finish([2]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(
      run.reporter.ofType("task-finished").map(({ result }) => [result.taskId, returnCodeOf(result.ending)]),
    ).toEqual([
      [0, 4],
      [1, 0],
      [2, 0],
    ]);
    expect(leases(run)).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    const types = run.reporter.events.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("engine-"))).toEqual([
      "engine-joined",
      "engine-ready",
      "engine-left",
    ]);
    expect(types).not.toContain("task-superseded");
    expect(engine.kills).toBe(0);
  });

  test("and has not got what it was given is given it again, in the same attempt", async () => {
    const run = startRun([task(0), task(1)]);
    const engine = engineOf(run);
    await engine.join(2);
    expect(await engine.assigned(2)).toEqual([0, 1]);
    engine.hangUp();
    await engine.closed;
    await engine.comeBack([1]);
    expect(await engine.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(0), attempt: 1 }] });
    engine.finish([0, 1]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(leases(run)).toEqual([
      [0, 1],
      [1, 1],
      [0, 1],
    ]);
  });

  test("is said to be out of touch when it takes a while, and to be back", async () => {
    const clock = new HeldClock();
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.hangUp();
    await isSilent(run, clock);
    expect(run.reporter.ofType("engine-silent")).toMatchObject([{ engine: 0, reason: "its connection closed" }]);
    await engine.comeBack([0]);
    await told(run, "engine-back");
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("is given nothing while it is away, nor before it has said where it stands", async () => {
    const clock = new HeldClock();
    const run = startRun([task(0), task(1), task(2)], { engineCount: 2 });
    const [away, other] = [engineOf(run, 0), engineOf(run, 1)];
    await away.join(2);
    expect(await away.assigned(2)).toEqual([0, 1]);
    await other.join();
    expect(await other.assigned()).toEqual([2]);
    away.hangUp();
    await isSilent(run, clock);
    other.end("killed");
    await told(run, "engine-lost");
    const heardBefore = away.heard.length;
    await away.call();
    away.hello({ again: true });
    away.finish([0]);
    await away.isHeard();
    await away.isHeard();
    expect(run.reporter.finished).toEqual([0]);
    expect(away.heard).toHaveLength(heardBefore);
    away.say({
      ...{ type: "report", held: [{ task: task(1), attempt: 1 }] },
      ...{ welcomed: true, ready: true, leaving: false },
    });
    expect(await away.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(2), attempt: 2 }] });
  });

  test("is given nothing before that either when its old connection seemed to stand", async () => {
    const run = startRun([task(0), task(1)], { engineCount: 2 });
    const [engine, other] = [engineOf(run, 0), engineOf(run, 1)];
    await engine.join();
    await engine.assigned();
    await other.join();
    await other.assigned();
    engine.finish([0]);
    await told(run, "task-finished");
    const before = engine.closed;
    await engine.call();
    engine.hello({ again: true });
    await engine.isHeard();
    await before;
    other.end("killed");
    await told(run, "engine-lost");
    await engine.isHeard();
    expect(engine.heard.map(({ type }) => type)).toEqual(["welcome", "assign"]);
    engine.say({ type: "report", held: [], welcomed: true, ready: true, leaving: false });
    expect(await engine.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(1), attempt: 2 }] });
  });

  test("and has not heard its rank is told it again", async () => {
    const run = startRun([perEngine("start"), task(0)]);
    const engine = engineOf(run);
    await engine.call();
    engine.hello();
    const welcome = await engine.next("welcome");
    engine.hangUp();
    await engine.closed;
    await engine.comeBack([], [], { welcomed: false, ready: false });
    expect(await engine.next("welcome")).toEqual(welcome);
    engine.finishCommand(perEngine("start"));
    engine.say({ type: "ready" });
    expect(await engine.assigned()).toEqual([0]);
    expect(run.reporter.ofType("engine-joined")).toHaveLength(1);
  });

  test("and is ready by now is given tasks, and is said to be ready once", async () => {
    const run = startRun([perEngine("start"), task(0)]);
    const engine = engineOf(run);
    await engine.call();
    engine.hello();
    await engine.next("welcome");
    engine.hangUp();
    await engine.closed;
    const done = engine.finishCommand(perEngine("start"));
    await engine.comeBack([], [done, done]);
    expect(await engine.assigned()).toEqual([0]);
    expect(run.reporter.ofType("per-engine-finished")).toHaveLength(1);
    expect(run.reporter.ofType("engine-ready")).toHaveLength(1);
    engine.say({ type: "ready" });
    await engine.isHeard();
    expect(run.reporter.ofType("engine-ready")).toHaveLength(1);
  });

  test("hears once more what it has missed", async () => {
    const run = startRun([task(0), task(1)]);
    const engine = engineOf(run);
    await engine.join(2);
    await engine.assigned(2);
    engine.hangUp();
    await engine.closed;
    run.driver.drain("interrupted");
    await engine.comeBack([0, 1]);
    await engine.next("recall");
    // Nobody hears that.
    engine.say({ type: "returned", taskIds: [1] });
    engine.hangUp();
    await engine.closed;
    const last = engine.finish([0]);
    await engine.comeBack([], [last]);
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "interrupted" });
    expect(run.reporter.finished).toEqual([0]);
  });

  test("is told to end its tasks when the run ends them meanwhile, if it is back in time", async () => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    let kill: () => void = () => undefined;
    engine.killed = new Promise((resolve) => (kill = resolve));
    engine.hangUp();
    await engine.closed;
    run.driver.terminate("terminated");
    await engine.call();
    engine.hello({ again: true });
    await engine.next("terminate");
    engine.say({ type: "goodbye", reason: undefined, fenced: false });
    await engine.next("farewell");
    kill();
    expect(await run.outcome).toEqual({ reason: "terminated" });
  });

  test("and says goodbye, which nobody has heard before, may go", async () => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    const result = engine.finish([0]);
    await engine.next("dismiss");
    engine.hangUp();
    await engine.closed;
    await engine.comeBack([], [result], { leaving: true });
    engine.goodbye();
    await engine.next("farewell");
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("engine-lost")).toEqual([]);
  });

  test("as one that calls for the first time is refused: another goes by its name", async () => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.hangUp();
    await engine.closed;
    await engine.call();
    engine.hello();
    await engine.closed;
    expect(engine.heard.map(({ type }) => type)).toEqual(["welcome", "assign"]);
    expect(run.reporter.ofType("warning")).toMatchObject([{ message: expect.stringContaining("in the run already") }]);
  });

  test("with a task that it was not given is refused, and lost", async () => {
    const run = startRun([task(0), task(1)], { engineRestarts: 0 });
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.hangUp();
    await engine.closed;
    await engine.comeBack([0, 1]);
    await engine.closed;
    expect(await run.outcome).toEqual({ reason: "no-engines" });
    expect(run.reporter.ofType("engine-lost")).toMatchObject([
      { reason: "it holds task 1, attempt 1, which it was not given" },
    ]);
  });
});

describe("an engine that calls again before it was ever let in", () => {
  test("joins, as nobody has heard of it", async () => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    await engine.comeBack([], [], { welcomed: false, ready: false });
    await engine.next("welcome");
    engine.say({ type: "ready" });
    await told(run, "task-assigned");
    expect(run.reporter.ofType("engine-joined")).toMatchObject([{ engine: { rank: 0 } }]);
  });
});

test("an engine that says again what runs there, having called again or not, tells no news", async () => {
  const run = startRun([task(0), task(1)]);
  const engine = engineOf(run);
  await engine.join(2);
  expect(await engine.assigned(2)).toEqual([0, 1]);
  engine.start(1, { slot: 1, start: 0.5 });
  engine.start(1, { slot: 1, start: 0.5 });
  await engine.isHeard();
  engine.hangUp();
  await engine.closed;
  await engine.comeBack([0, 1]);
  engine.start(1, { slot: 1, start: 0.5 });
  engine.start(0, { start: 0.75 });
  engine.finish([0, 1]);
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.ofType("task-started")).toEqual([
    { type: "task-started", time: 1000, task: task(1), attempt: 1, engine: 0, slot: 1, start: 0.5 },
    { type: "task-started", time: 1000, task: task(0), attempt: 1, engine: 0, slot: 0, start: 0.75 },
  ]);
});

test("an engine that has called again and not said where it stands is not heard about what runs", async () => {
  const run = startRun([task(0)]);
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  engine.hangUp();
  await engine.closed;
  await engine.call();
  engine.hello({ again: true });
  engine.start(0);
  engine.start(4711);
  await engine.isHeard();
  expect(run.reporter.ofType("task-started")).toEqual([]);
  engine.say({ type: "report", held: [{ task: task(0), attempt: 1 }], welcomed: true, ready: true, leaving: false });
  engine.start(0);
  engine.finish([0]);
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.ofType("task-started")).toHaveLength(1);
});

test("what an engine has said is acknowledged when it is on the disk, some looks at the clock later", async () => {
  const clock = new HeldClock();
  const run = startRun([task(0), task(1)]);
  const engine = engineOf(run);
  await engine.join(2);
  await engine.assigned(2);
  engine.finish([0]);
  await told(run, "task-finished");
  clock.look(3);
  await engine.isHeard();
  expect(engine.acknowledged).toBe(0);
  clock.look();
  await engine.isHeard();
  expect(engine.acknowledged).toBe(1);
  engine.finish([1]);
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
});

test("an engine that somebody wants to leave hands back what it has not begun, and may finish the rest", async () => {
  const run = startRun([task(0), task(1)], { drainTimeout: 7 });
  const engine = engineOf(run);
  await engine.join(2);
  await engine.assigned(2);
  engine.say({ type: "draining", reason: "SIGTERM received" });
  engine.say({ type: "returned", taskIds: [1] });
  await engine.next("recall");
  engine.say({ type: "returned", taskIds: [] });
  expect(await engine.next("dismiss")).toEqual({ type: "dismiss", within: 7 });
  engine.finish([0]);
  engine.goodbye();
  expect(await run.outcome).toEqual({ reason: "no-engines" });
  expect(run.reporter.ofType("warning")).toMatchObject([{ message: "engine 0 on alpha is leaving: SIGTERM received" }]);
  expect(run.reporter.ofType("task-returned")).toMatchObject([{ taskId: 1 }]);
  expect(run.reporter.ofType("engine-restarting")).toEqual([]);
  expect(run.reporter.finished).toEqual([0]);
});
