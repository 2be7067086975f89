import { describe, expect, test } from "vitest";
import { FAIL_FAST } from "../../../../src/domain/halt-policy.ts";
import { barrier, type DrivenRun, engineOf, perEngine, startRun, task } from "./driven-run.ts";
import type { PretendedEngine } from "./pretended-engine.ts";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { exited, signalled } from "../../../../src/domain/ending.ts";

test("a run tells its engine what it is about, gives it tasks, records their results, and lets it go", async () => {
  const run = startRun([perEngine("start"), perEngine("stop"), task(0), task(1)]);
  const engine = engineOf(run);
  expect(await engine.join()).toEqual({
    type: "welcome",
    engine: 0,
    env: { DISBATCH_JOBID: "run", DISBATCH_NAMETASKS: "Tasks" },
    start: [perEngine("start")],
    stop: [perEngine("stop")],
  });
  for (const id of [0, 1]) {
    expect(await engine.next("assign")).toEqual({
      type: "assign",
      assignments: [{ task: task(id), attempt: 1 }],
    });
    engine.finish([id], { ending: exited(id) });
  }
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.events.map(({ type }) => type)).toEqual([
    "run-started",
    "context-added",
    "engine-joined",
    "engine-ready",
    ...["task-assigned", "task-finished", "task-assigned", "task-finished"],
    "engine-left",
    "run-ended",
  ]);
  expect(run.reporter.ofType("task-finished").map(({ result }) => returnCodeOf(result.ending))).toEqual([0, 1]);
  expect(engine.kills).toBe(0);
});

test("a result is recorded before its slot is used again", async () => {
  const run = startRun([task(0), task(1), task(2)]);
  const engine = engineOf(run);
  await engine.join();
  for (const id of [0, 1, 2]) {
    await engine.assigned();
    engine.finish([id]);
  }
  await engine.leave();
  await run.outcome;
  const { notes } = run.reporter;
  for (const id of [0, 1]) {
    const [finished, assigned] = [notes.indexOf(`task-finished ${id}`), notes.indexOf(`task-assigned ${id + 1}`)];
    const committed = notes.indexOf("commit", finished);
    expect(finished).toBeGreaterThan(0);
    expect(finished < committed && committed < assigned).toBe(true);
  }
});

describe("a barrier", () => {
  test("lets nothing pass before all before it have ended", async () => {
    const run = startRun([task(0), task(1), barrier(2), task(3)]);
    const engine = engineOf(run);
    await engine.join(4);
    expect(await engine.assigned(2)).toEqual([0, 1]);
    engine.finish([1]);
    await expect.poll(() => run.reporter.finished).toEqual([1]);
    expect(run.reporter.ofType("barrier-passed")).toEqual([]);
    engine.finish([0]);
    expect(await engine.assigned()).toEqual([3]);
    engine.finish([3]);
    await engine.leave();
    await run.outcome;
    const { notes } = run.reporter;
    expect(run.reporter.ofType("barrier-met")).toMatchObject([{ barrier: { id: 2 } }]);
    expect(notes.indexOf("barrier-met")).toBeLessThan(notes.indexOf("task-finished 1"));
    expect(notes.indexOf("task-finished 0")).toBeLessThan(notes.indexOf("barrier-passed"));
    expect(notes.indexOf("barrier-passed")).toBeLessThan(notes.indexOf("task-assigned 3"));
  });

  test("that checks ends the run when a task failed, or a start command did", async () => {
    const run = startRun([perEngine("start"), task(0), barrier(1, true), task(2)]);
    const engine = engineOf(run);
    await engine.call();
    engine.hello();
    await engine.next("welcome");
    engine.finishCommand(perEngine("start"), { ending: exited(1) });
    engine.say({ type: "ready" });
    expect(await engine.assigned()).toEqual([0]);
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "check-failed" });
    expect(run.reporter.ofType("per-engine-finished")).toMatchObject([{ command: { when: "start", id: 0 } }]);
    expect(run.reporter.ofType("barrier-passed")).toMatchObject([{ barrier: { id: 1 }, failed: true }]);
    expect(run.reporter.finished).toEqual([0]);
  });
});

describe("stopped", () => {
  test("before there was any work, ends without having started an engine", async () => {
    const run = startRun([task(0)]);
    run.driver.terminate("terminated");
    expect(await run.outcome).toEqual({ reason: "terminated" });
    expect(run.launcher.invitations).toEqual([]);
  });

  test("at the first failure, has all tasks ended, and counts them as interrupted", async () => {
    const run = startRun([task(0), task(1), task(2)], { halt: FAIL_FAST, grace: 7 });
    const engine = engineOf(run);
    await engine.join(2);
    expect(await engine.assigned(2)).toEqual([0, 1]);
    engine.finish([0], { ending: exited(3) });
    expect(await engine.next("terminate")).toEqual({ type: "terminate", grace: 7 });
    engine.finish([1], { ending: signalled(15) }, true);
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "failed-fast" });
    expect(run.reporter.finished).toEqual([0]);
    expect(run.reporter.ofType("task-interrupted")).toMatchObject([
      { task: { id: 1 }, result: { ending: signalled(15) } },
    ]);
  });

  test("after its engine, counts what was cut short with that as interrupted", async () => {
    const run = startRun([task(0), task(1), task(2)]);
    const engine = engineOf(run);
    await engine.join(2);
    expect(await engine.assigned(2)).toEqual([0, 1]);
    engine.finish([0, 1], { ending: signalled(15) }, true);
    engine.say({ type: "draining", reason: "SIGTERM received" });
    await engine.next("recall");
    await engine.next("dismiss");
    expect(run.reporter.ofType("task-interrupted")).toEqual([]);
    run.driver.drain("terminated");
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "terminated" });
    expect(run.reporter.ofType("task-interrupted").map((event) => event.task.id)).toEqual([0, 1]);
    expect(run.reporter.events.at(-1)?.type).toBe("run-ended");
  });

  test("gently, takes back what has not been started and waits for what has", async () => {
    const run = startRun([task(0), task(1), task(2)]);
    const engine = engineOf(run);
    await engine.join(2);
    expect(await engine.assigned(2)).toEqual([0, 1]);
    run.driver.drain("interrupted");
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [1] });
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "interrupted" });
    expect(run.reporter.finished).toEqual([0]);
    expect(run.reporter.ofType("task-returned")).toMatchObject([{ taskId: 1, engine: 0 }]);
    expect(run.reporter.ofType("run-draining")).toMatchObject([{ reason: "interrupted" }]);
  });

  test("gently and then for good, tells its engines so, and the second time with less grace", async () => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    run.driver.drain("interrupted");
    await engine.next("recall");
    run.driver.terminate("interrupted");
    expect(await engine.next("terminate")).toMatchObject({ grace: 10 });
    run.driver.terminate("interrupted", 0);
    expect(await engine.next("terminate")).toMatchObject({ grace: 0 });
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "interrupted" });
  });

  test("before an engine has called, ends, and kills the engine's process", async () => {
    const run = startRun([task(0)]);
    await expect.poll(() => run.launcher.invitations).toHaveLength(1);
    run.driver.drain("interrupted");
    expect(await run.outcome).toEqual({ reason: "interrupted" });
    expect(engineOf(run).kills).toBe(1);
  });

  test("before its certificates are there, ends, kills the engine's process, and lets nobody in afterwards", async () => {
    let make: () => void = () => undefined;
    const credentials = new Promise<never>((_resolve, reject) => {
      make = () => reject(new Error("too late"));
    });
    const run = startRun([task(0)], { credentials });
    await expect.poll(() => run.launcher.invitations).toHaveLength(1);
    run.driver.terminate("terminated");
    expect(await run.outcome).toEqual({ reason: "terminated" });
    expect(engineOf(run).kills).toBe(1);
    make();
    const told = run.reporter.events.length;
    await expect(run.launcher.invitations[0]).rejects.toThrow("too late");
    expect(run.reporter.events).toHaveLength(told);
  });
});

describe("an engine that is lost", () => {
  test("is killed before its tasks run elsewhere, as a new attempt", async () => {
    const run = startRun([task(0)], { engineCount: 2 });
    const [lost, other] = [engineOf(run, 0), engineOf(run, 1)];
    await lost.join();
    expect(await lost.assigned()).toEqual([0]);
    await other.join();
    let killed: () => void = () => undefined;
    lost.killed = new Promise((resolve) => (killed = resolve));
    lost.sayBytes(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await expect.poll(() => lost.kills).toBe(1);
    expect(other.heard.map(({ type }) => type)).toEqual(["welcome"]);
    killed();
    expect(await other.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(0), attempt: 2 }] });
    other.finish([0], { attempt: 2 });
    await other.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("engine-lost")).toMatchObject([{ engine: 0 }]);
    expect(run.reporter.finished).toEqual([0]);
  });

  test("and was the last one, ends the run", async () => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.end("killed");
    expect(await run.outcome).toEqual({ reason: "no-engines" });
    expect(run.reporter.finished).toEqual([]);
  });
});

test("nothing is told after the end of the run", async () => {
  const run = startRun([task(0)]);
  const engine = engineOf(run);
  await engine.call();
  // It joins while it is being killed.
  const kill = engine.kill.bind(engine);
  let end: () => void = () => undefined;
  engine.killed = new Promise((resolve) => (end = resolve));
  engine.kill = async () => {
    engine.hello();
    setImmediate(end);
    return kill();
  };
  run.driver.terminate("terminated");
  await run.outcome;
  await engine.closed;
  expect(run.reporter.events.at(-1)).toMatchObject({ type: "run-ended", reason: "terminated" });
  expect(run.reporter.notes.at(-1)).toBe("commit");
});

/** A run whose first engine was called away with task 0, which the second engine has been given since; task 1 is done. */
async function cutShortAndGivenAgain(): Promise<{ run: DrivenRun; second: PretendedEngine }> {
  const run = startRun([task(0), task(1)], { engineCount: 2 });
  const [first, second] = [engineOf(run, 0), engineOf(run, 1)];
  await first.join();
  await second.join();
  await first.assigned();
  await second.assigned();
  first.finish([0], { ending: signalled(15) }, true);
  first.say({ type: "draining", reason: "SIGTERM received" });
  await first.next("recall");
  await first.next("dismiss");
  first.goodbye();
  second.finish([1], { engine: 1 });
  expect(await second.next("assign")).toMatchObject({ assignments: [{ task: { id: 0 }, attempt: 2 }] });
  return { run, second };
}

describe("a task that was cut short with its engine", () => {
  test("and is started again elsewhere has not been interrupted", async () => {
    const { run, second } = await cutShortAndGivenAgain();
    second.finish([0], { engine: 1, attempt: 2 });
    await second.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("task-interrupted")).toEqual([]);
    expect(run.reporter.finished).toEqual([1, 0]);
  });

  test("counts as that, too, when another engine hands it back without having started it", async () => {
    const { run, second } = await cutShortAndGivenAgain();
    run.driver.drain("terminated");
    await second.next("recall");
    second.say({ type: "returned", taskIds: [0] });
    await second.leave();
    expect(await run.outcome).toEqual({ reason: "terminated" });
    expect(run.reporter.ofType("task-interrupted").map((event) => event.task.id)).toEqual([0]);
  });
});

describe("a task that has ended, but not for certain,", () => {
  test("leaves its slot to another, and holds up a barrier until it is certain", async () => {
    const run = startRun([task(0), task(1), barrier(2), task(3)]);
    const engine = engineOf(run);
    await engine.join();
    expect(await engine.assigned()).toEqual([0]);
    engine.say({ type: "finished", tasks: [{ taskId: 0, failed: false }] });
    expect(await engine.assigned()).toEqual([1]);
    expect(run.reporter.finished).toEqual([]);
    engine.finish([0]);
    engine.say({ type: "finished", tasks: [{ taskId: 1, failed: true }] });
    await expect.poll(() => run.reporter.finished).toEqual([0]);
    expect(run.reporter.ofType("barrier-passed")).toEqual([]);
    engine.finish([1], { ending: exited(1) });
    expect(await engine.assigned()).toEqual([3]);
    engine.finish([3]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });

  test("leaves it to nobody when it has failed, and the first failure ends the run", async () => {
    const run = startRun([task(0), task(1), task(2)], { halt: FAIL_FAST });
    const engine = engineOf(run);
    await engine.join();
    expect(await engine.assigned()).toEqual([0]);
    engine.say({ type: "finished", tasks: [{ taskId: 0, failed: false }] });
    expect(await engine.assigned()).toEqual([1]);
    engine.say({ type: "finished", tasks: [{ taskId: 1, failed: true }] });
    engine.finish([0]);
    engine.finish([1], { ending: exited(3) });
    await engine.next("terminate");
    engine.goodbye();
    expect(await run.outcome).toEqual({ reason: "failed-fast" });
    expect(run.reporter.finished).toEqual([0, 1]);
  });
});

test("what an engine warns of is told with its name", async () => {
  const run = startRun([task(0)]);
  const engine = engineOf(run);
  await engine.join();
  engine.say({ type: "warning", message: "what tasks print cannot be kept" });
  await expect
    .poll(() => run.reporter.ofType("warning").map(({ message }) => message))
    .toContain(`engine 0 on ${engine.node}: what tasks print cannot be kept`);
  await engine.assigned();
  engine.finish([0]);
  await engine.leave();
  await run.outcome;
});
