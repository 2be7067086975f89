import { describe, expect, test } from "vitest";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import { encodeFrame } from "../../../../src/wire/frames.ts";
import { until } from "../../../support/until.ts";
import { engineOf, finishWith, losses, startRun, task, told } from "./driven-run.ts";
import { HeldClock } from "./held-clock.ts";

/** Looks at the clock after which an engine of the default lease of a minute is given up: that, and four seconds. */
const LOOKS = 128;

describe("an engine whose connection stands and that gives no sign of life", () => {
  /** A run with two engines, the first of which has the task. */
  async function startSilence() {
    const clock = new HeldClock();
    const run = startRun([task(0)], { engineCount: 2 });
    const [silent, other] = [engineOf(run, 0), engineOf(run, 1)];
    await silent.join();
    await silent.assigned();
    await other.join();
    return { clock, run, silent, other };
  }

  test("is given up when its lease has ended, and some seconds", async () => {
    const { clock, run, silent, other } = await startSilence();
    for (let looks = 0; looks < LOOKS; looks += 16) {
      clock.look(16);
      await other.isHeard();
    }
    expect(run.reporter.ofType("engine-silent")).toMatchObject([{ engine: 0, reason: "it gives no sign of life" }]);
    expect(losses(run)).toEqual([]);
    clock.look();
    await silent.closed;
    await finishWith(other, run, 2);
    expect(losses(run)).toEqual([[0, expect.stringMatching(/^nothing has been heard of it for 6[45] s$/)]]);
    expect(silent.kills).toBe(1);
  });

  test("is back when it does, and gets what is its due", async () => {
    const { clock, run, silent, other } = await startSilence();
    other.end("killed");
    await told(run, "engine-lost");
    clock.look(LOOKS);
    expect(run.reporter.ofType("engine-silent")).toHaveLength(1);
    silent.say({ type: "beat", number: 1 });
    await told(run, "engine-back");
    expect(run.reporter.ofType("engine-back")).toMatchObject([{ engine: 0 }]);
    clock.look(LOOKS);
    silent.finish([0]);
    await silent.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(losses(run)).toEqual([[1, "killed"]]);
  });
});

test("a driver that is blocked for longer than a lease does not take its own absence for its engines'", async () => {
  const run = startRun([task(0)], { lease: 0.1 });
  const engine = engineOf(run);
  await engine.join();
  // More than the lease, and the four seconds that the driver waits after that.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
  await finishWith(engine, run, 1);
  expect(losses(run)).toEqual([]);
});

describe("a lost engine that calls after all", () => {
  /** A run whose first engine has ended a task that is on record and another that is not, and is given up. */
  async function startLoss() {
    const clock = new HeldClock();
    const run = startRun([task(0), task(1)], { engineCount: 2 });
    const [lost, other] = [engineOf(run, 0), engineOf(run, 1)];
    // It lives on where nobody can reach it.
    lost.killIsCertain = false;
    await lost.join(2);
    await lost.assigned(2);
    await other.join();
    const known = lost.finish([0]);
    await told(run, "task-finished");
    lost.hangUp();
    const unknown = lost.finish([1], { ending: exited(3) });
    clock.look(LOOKS);
    await other.isHeard();
    clock.look();
    await told(run, "engine-lost");
    expect(await other.next("assign")).toMatchObject({ assignments: [{ task: task(1), attempt: 2 }] });
    return { run, lost, other, known, unknown };
  }

  test("is told to end, is heard out, and what it says comes too late", async () => {
    const { run, lost, other, known, unknown } = await startLoss();
    await lost.comeBack([], [known, unknown]);
    expect(await lost.next("terminate")).toEqual({ type: "terminate", grace: 0 });
    lost.finish([1], { ending: signalled(9) }, true);
    lost.goodbye("out of touch");
    await lost.next("farewell");
    await lost.closed;
    other.finish([1], { attempt: 2 });
    await other.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    const outcomes = run.reporter.ofType("task-finished").map(({ result }) => [result.taskId, result.attempt]);
    expect(outcomes).toEqual([
      [0, 1],
      [1, 2],
    ]);
    const late = run.reporter
      .ofType("task-superseded")
      .map(({ result }) => [result.taskId, returnCodeOf(result.ending)]);
    expect(late).toEqual([[1, 3]]);
  });

  test("however often it calls, is noted once", async () => {
    const { run, lost, unknown } = await startLoss();
    for (let call = 0; call < 3; call++) {
      await lost.comeBack([], [unknown]);
      await lost.next("terminate");
      lost.hangUp();
      await lost.closed;
    }
    await lost.comeBack([], [unknown]);
    await lost.next("terminate");
    lost.goodbye();
    await lost.next("farewell");
    expect(run.reporter.ofType("task-superseded")).toHaveLength(1);
    expect(losses(run)).toHaveLength(1);
  });

  test("has no say in the run any more", async () => {
    const { run, lost } = await startLoss();
    await lost.comeBack([1]);
    await lost.next("terminate");
    lost.say({ type: "beat", number: 9 });
    lost.say({ type: "ready" });
    lost.say({ type: "draining", reason: "whatever" });
    lost.goodbye();
    await lost.next("farewell");
    expect(lost.beats).toEqual([]);
    expect(run.reporter.ofType("engine-back").filter(({ engine }) => engine === 0)).toEqual([]);
    expect(run.reporter.ofType("warning")).toEqual([]);
  });
});

describe("what cannot be ended for sure", () => {
  test("is not run elsewhere before the lease of its engine has ended", async () => {
    const clock = new HeldClock();
    const run = startRun([task(0)], { engineCount: 2 });
    const [liar, other] = [engineOf(run, 0), engineOf(run, 1)];
    liar.killIsCertain = false;
    await liar.join();
    await liar.assigned();
    await other.join();
    const heard = other.heard.length;
    liar.sayBytes(encodeFrame("[]"));
    await liar.closed;
    await until(
      () => liar.kills === 1,
      () => "it is killed",
    );
    clock.look(LOOKS);
    await other.isHeard();
    expect([losses(run), other.heard.length]).toEqual([[], heard]);
    clock.look();
    await finishWith(other, run, 2);
    expect(losses(run)).toEqual([[0, expect.stringContaining("not a valid message")]]);
  });
});

describe("a run that is terminated while an engine is out of touch", () => {
  test.each([true, false])("ends without it, whether its end is certain (%j) or not", async (certain) => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    engine.killIsCertain = certain;
    await engine.join();
    await engine.assigned();
    engine.hangUp();
    await engine.closed;
    run.driver.terminate("terminated");
    expect(await run.outcome).toEqual({ reason: "terminated" });
    expect(engine.kills).toBeGreaterThan(0);
    expect(run.reporter.finished).toEqual([]);
  });

  test("does not wait for one that has been ended in vain", async () => {
    const run = startRun([task(0)]);
    const engine = engineOf(run);
    engine.killIsCertain = false;
    await engine.join();
    await engine.assigned();
    engine.sayBytes(encodeFrame("[]"));
    await until(
      () => engine.kills === 1,
      () => "it is killed",
    );
    run.driver.terminate("terminated");
    expect(await run.outcome).toEqual({ reason: "terminated" });
  });

  test("and that has nothing left to do does not wait for its lease either", async () => {
    const clock = new HeldClock();
    const run = startRun([task(0)], { engineCount: 2 });
    const [idle, other] = [engineOf(run, 0), engineOf(run, 1)];
    await other.join();
    await other.assigned();
    await idle.join();
    idle.hangUp();
    await clock.lookUntil(() => run.reporter.ofType("engine-silent").length === 1, "nobody has noticed");
    other.finish([0]);
    await other.leave();
    clock.look();
    expect(await run.outcome).toEqual({ reason: "done" });
  });
});
