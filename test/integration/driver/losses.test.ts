import { describe, expect, test } from "vitest";
import { encodeFrame } from "../../../src/wire/frames.ts";
import { until } from "../../support/until.ts";
import { barrier, type DrivenRun, engineOf, startRun, task, told } from "./driven-run.ts";
import { HeldClock, holdTimeouts } from "./held-clock.ts";
import type { PretendedEngine } from "./pretended-engine.ts";

/** Looks at the clock after which an engine of the default lease of a minute is given up: that, and four seconds. */
const LOOKS = 128;

const restarts = ({ reporter }: DrivenRun): (readonly [restart: number, delay: number])[] =>
  reporter.ofType("engine-restarting").map(({ restart, delay }) => [restart, delay]);

const losses = ({ reporter }: DrivenRun): (readonly [engine: number, reason: string])[] =>
  reporter.ofType("engine-lost").map(({ engine, reason }) => [engine, reason]);

/** Has an engine do the only task, in this attempt, and the run end well. */
async function finishWith(engine: PretendedEngine, run: DrivenRun, attempt: number): Promise<void> {
  expect(await engine.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(0), attempt }] });
  engine.finish([0], { attempt });
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.finished).toEqual([0]);
}

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
    const unknown = lost.finish([1], { returnCode: 3 });
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
    lost.finish([1], { returnCode: -9 }, true);
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
    const late = run.reporter.ofType("task-superseded").map(({ result }) => [result.taskId, result.returnCode]);
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

describe("an engine whose process has ended", () => {
  test("is lost at once, and another is started in its place", async () => {
    const run = startRun([task(0)], { spareCount: 1 });
    const [dead, next] = [engineOf(run, 0), engineOf(run, 1)];
    await dead.join();
    await dead.assigned();
    dead.end("killed by SIGKILL");
    expect(await next.join()).toMatchObject({ engine: 1 });
    await finishWith(next, run, 2);
    expect(losses(run)).toEqual([[0, "killed by SIGKILL"]]);
    expect(restarts(run)).toEqual([[1, 0]]);
    expect(run.reporter.ofType("engine-restarting")).toMatchObject([{ node: "alpha", label: "SSH0" }]);
    expect(run.launcher.starts).toEqual([0, 0]);
  });

  test("is lost as soon as that is known, when its link had broken before", async () => {
    const clock = new HeldClock();
    const run = startRun([task(0)], { engineCount: 2, engineRestarts: 0 });
    const [dead, other] = [engineOf(run, 0), engineOf(run, 1)];
    await dead.join();
    await dead.assigned();
    await other.join();
    dead.hangUp();
    await clock.lookUntil(() => run.reporter.ofType("engine-silent").length === 1, "nobody has noticed");
    expect(losses(run)).toEqual([]);
    dead.end("out of memory");
    await finishWith(other, run, 2);
    expect(losses(run)).toEqual([[0, "out of memory"]]);
  });

  test("is not lost when it only seems so: what is lost is the connection to its launcher", async () => {
    const run = startRun([task(0)], { engineRestarts: 0 });
    const engine = engineOf(run);
    await engine.join();
    engine.end("the connection to it is lost", false);
    await finishWith(engine, run, 1);
    expect(losses(run)).toEqual([]);
  });

  test("is replaced so many times on each host, with longer and longer waits when they die soon", async () => {
    const elapse = holdTimeouts();
    const run = startRun([task(0)], { spareCount: 9, engineRestarts: 2, crashLimit: 99 });
    for (const [restart, delay] of [0, 5].entries()) {
      const engine = engineOf(run, restart);
      await engine.join();
      await engine.assigned();
      engine.end("killed");
      await told(run, "engine-restarting", restart + 1);
      if (delay > 0) await elapse(delay - 0.001);
      expect(run.launcher.starts).toHaveLength(restart + 1);
      await elapse(0.001);
      expect(run.launcher.starts).toHaveLength(restart + 2);
    }
    const last = engineOf(run, 2);
    await last.join();
    await last.assigned();
    last.end("killed");
    expect(await run.outcome).toEqual({ reason: "no-engines" });
    expect(restarts(run)).toEqual([
      [1, 0],
      [2, 5],
    ]);
  });

  test("is replaced once more when its replacement does not even join", async () => {
    const elapse = holdTimeouts();
    const run = startRun([task(0)], { spareCount: 2 });
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.end("killed");
    await told(run, "engine-restarting");
    await elapse(0.001);
    engineOf(run, 1).end("no bash");
    await told(run, "engine-restarting", 2);
    await elapse(5);
    const third = engineOf(run, 2);
    await third.join();
    await finishWith(third, run, 2);
    expect(run.reporter.ofType("engine-failed")).toMatchObject([{ node: "alpha", reason: "no bash" }]);
  });

  test("is not replaced when it has never joined", async () => {
    const run = startRun([task(0)], { spareCount: 1 });
    engineOf(run).end("no bash");
    expect(await run.outcome).toEqual({ reason: "no-engines" });
    expect([restarts(run), run.launcher.starts]).toEqual([[], [0]]);
  });

  test("is not replaced when it was to leave, nor when the run ends", async () => {
    const run = startRun([task(0), task(1)], { engineCount: 2, spareCount: 2 });
    const [leaving, other] = [engineOf(run, 0), engineOf(run, 1)];
    await leaving.join();
    await leaving.assigned();
    await other.join();
    await other.assigned();
    leaving.say({ type: "draining", reason: "SIGTERM received" });
    await leaving.next("recall");
    leaving.end("killed");
    await told(run, "engine-lost");
    run.driver.drain("interrupted");
    other.end("killed");
    expect(await run.outcome).toEqual({ reason: "interrupted" });
    expect([restarts(run), run.launcher.starts]).toEqual([[], [0, 1]]);
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

describe("a task that engines die of", () => {
  test("is given up at the limit, recorded with the reason, and the run goes on", async () => {
    const run = startRun([task(0), task(1)], { spareCount: 1, engineCount: 2, crashLimit: 2 });
    const [first, second, third] = [engineOf(run, 0), engineOf(run, 1), engineOf(run, 2)];
    await first.join();
    await first.assigned();
    await second.join();
    expect(await second.assigned()).toEqual([1]);
    first.end("killed by SIGKILL");
    await third.join();
    expect(await third.next("assign")).toMatchObject({ assignments: [{ task: task(0), attempt: 2 }] });
    third.end("killed by SIGSEGV");
    await told(run, "task-finished");
    second.finish([1]);
    await second.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    const text = "disbatch: given up: 2 engines have died running it, the last one on alpha: killed by SIGSEGV";
    expect(run.reporter.ofType("task-finished")[0]).toMatchObject({
      task: task(0),
      result: {
        ...{ taskId: 0, attempt: 2, returnCode: -100, pid: -1, slot: -1, engine: 2, node: "alpha" },
        ...{ output: { bytes: 0, snippet: "" }, error: { bytes: text.length, snippet: text } },
      },
    });
    expect(run.reporter.ofType("task-assigned").map(({ task: { id }, crashes }) => [id, crashes])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
  });

  test("is a failure to a barrier that checks", async () => {
    const run = startRun([task(0), barrier(1, true), task(2)], { crashLimit: 1, spareCount: 1 });
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.end("killed");
    const next = engineOf(run, 1);
    await next.join();
    await next.leave();
    expect(await run.outcome).toEqual({ reason: "check-failed" });
    expect(run.reporter.finished).toEqual([0]);
  });
});
