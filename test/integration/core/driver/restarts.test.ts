import { describe, expect, test } from "vitest";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { GIVEN_UP, exited } from "../../../../src/domain/ending.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import { barrier, type DrivenRun, engineOf, finishWith, losses, startRun, task, told } from "./driven-run.ts";
import { HeldClock, holdTimeouts } from "./held-clock.ts";

const restarts = ({ reporter }: DrivenRun): (readonly [restart: number, delay: number])[] =>
  reporter.ofType("engine-restarting").map(({ restart, delay }) => [restart, delay]);

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

  test("and ended well, unasked, has given up on its driver: no crash of what it ran, and no restart spent", async () => {
    const run = startRun([task(0)], { spareCount: 1, engineRestarts: 0, crashLimit: 1 });
    const [gone, next] = [engineOf(run, 0), engineOf(run, 1)];
    await gone.join();
    await gone.assigned();
    gone.end();
    await next.join();
    await finishWith(next, run, 2);
    expect(run.reporter.ofType("engine-lost")).toMatchObject([{ engine: 0, crashed: false }]);
    expect(restarts(run)).toEqual([[0, 0]]);
  });

  test("and has left results in writing that it could not deliver has its tasks settled by them", async () => {
    const result = { ...engineOf(startRun([]), 0).result(0, { ending: exited(4) }), engine: 0 };
    const stale = { ...result, taskId: 1, attempt: 7 };
    const undelivered = (id: string): TaskResult[] => (id === "engine-0" ? [result, stale] : []);
    const run = startRun([task(0), task(1)], { spareCount: 1, undelivered });
    const [gone, next] = [engineOf(run, 0), engineOf(run, 1)];
    await gone.join(2);
    await gone.assigned(2);
    gone.end("killed by SIGKILL");
    await next.join();
    expect(await next.next("assign")).toMatchObject({ assignments: [{ task: { id: 1 }, attempt: 2 }] });
    next.finish([1], { attempt: 2, engine: 1 });
    await next.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(
      run.reporter.ofType("task-finished").map((event) => [event.task.id, returnCodeOf(event.result.ending)]),
    ).toEqual([
      [0, 4],
      [1, 0],
    ]);
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
        ...{ taskId: 0, attempt: 2, ending: GIVEN_UP, pid: -1, slot: -1, engine: 2, node: "alpha" },
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
