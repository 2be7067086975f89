import { describe, expect, test } from "vitest";
import type { RunObserver } from "../../../../src/domain/events.ts";
import { UserError } from "../../../../src/domain/errors.ts";
import { engineOf, NotingRecord, startRun, task } from "./driven-run.ts";
import { PretendedLauncher } from "./pretended-launcher.ts";

describe("when a record cannot be written, the run", () => {
  test("gives out no further task, waits for those that run, and ends with the error", async () => {
    const failing = new NotingRecord();
    const full = new Error("no space left on device");
    const other = new NotingRecord();
    const run = startRun([task(0), task(1), task(2)], { records: [other, failing] });
    const engine = engineOf(run);
    await engine.join(2);
    expect(await engine.assigned(2)).toEqual([0, 1]);
    failing.onCommit = () => {
      throw full;
    };
    engine.finish([0]);
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    engine.finish([1]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "record-failed", error: full });
    expect([failing.finished, other.finished]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(other.ofType("task-assigned").map((event) => event.task.id)).toEqual([0, 1]);
    expect(other.ofType("run-draining")).toMatchObject([{ reason: "record-failed" }]);
  });

  test("ends so, too, when a record cannot even take note of an event", async () => {
    const failing = new NotingRecord();
    const fault = new Error("a fault of the record");
    failing.handle = ({ type }) => {
      if (type === "task-finished") throw fault;
    };
    const run = startRun([task(0), task(1), task(2)], { records: [failing] });
    const engine = engineOf(run);
    await engine.join(2);
    await engine.assigned(2);
    engine.finish([0]);
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    engine.finish([1]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "record-failed", error: fault });
  });

  test("ends so even if that was its very beginning", async () => {
    const failing = new NotingRecord();
    failing.onCommit = () => {
      throw new Error("read-only");
    };
    const run = startRun([task(0)], { records: [failing] });
    expect(await run.outcome).toMatchObject({ reason: "record-failed", error: { message: "read-only" } });
    expect(failing.ofType("task-assigned")).toEqual([]);
  });
});

describe("when an observer fails, the run", () => {
  test("goes on to its end, and says so once", async () => {
    const broken: RunObserver = {
      name: "the broken one",
      observe: () => {
        throw new Error("it is broken");
      },
    };
    const run = startRun([task(0)], { observers: [broken] });
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(run.reporter.ofType("warning").map(({ message }) => message)).toEqual([
      "the broken one is told nothing more of the run: it is broken",
    ]);
  });
});

describe("when the source fails, the run", () => {
  const mistake = new UserError("unknown-directive", "line 2");

  test("has run nothing if that was at once", async () => {
    const run = startRun([mistake]);
    expect(await run.outcome).toEqual({ reason: "source-failed", error: mistake });
    expect(run.launcher.invitations).toEqual([]);
  });

  test("finishes what came before, and ends with the error", async () => {
    const run = startRun([task(0), mistake]);
    const engine = engineOf(run);
    await engine.join(2);
    await engine.assigned();
    await engine.next("recall");
    engine.say({ type: "returned", taskIds: [] });
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "source-failed", error: mistake });
    expect(run.reporter.finished).toEqual([0]);
  });
});

describe("without engines, the run ends,", () => {
  test("when every engine process ends before it has joined, and says why", async () => {
    const run = startRun([task(0)], { engineCount: 2 });
    engineOf(run, 0).end("it cannot find bash");
    engineOf(run, 1).end();
    expect(await run.outcome).toEqual({ reason: "no-engines" });
    expect(run.reporter.ofType("engine-failed").map(({ reason }) => reason)).toEqual([
      "it cannot find bash",
      expect.stringContaining("before it joined"),
    ]);
  });

  test("when they cannot be launched", async () => {
    const failure = new Error("no permission");
    const launcher = new PretendedLauncher([], 1);
    launcher.start = () => {
      throw failure;
    };
    const run = startRun([task(0)], { launchers: [launcher] });
    expect(await run.outcome).toEqual({ reason: "no-engines", error: failure });
  });

  test("when there are no certificates, and kills those that wait for them", async () => {
    const failure = new Error("no entropy");
    const credentials = Promise.reject(failure);
    credentials.catch(() => undefined);
    const run = startRun([task(0)], { credentials });
    expect(await run.outcome).toEqual({ reason: "no-engines", error: failure });
    expect(engineOf(run).kills).toBe(1);
  });

  test("when the limit of tasks is reached before the end of the list", async () => {
    const run = startRun([task(0), task(1)], { taskLimit: 1 });
    const engine = engineOf(run);
    await engine.join();
    await engine.assigned();
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "no-engines" });
    expect(run.reporter.finished).toEqual([0]);
  });

  test("not when another engine is there", async () => {
    const run = startRun([task(0)], { engineCount: 2 });
    engineOf(run, 0).end("it cannot find bash");
    const engine = engineOf(run, 1);
    await engine.join();
    await engine.assigned();
    engine.finish([0]);
    await engine.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
  });
});

test("a run with nothing to do starts no engine and is done", async () => {
  const run = startRun([]);
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.launcher.invitations).toEqual([]);
});

test("an engine process that lingers after its goodbye does not hold up the others' records", async () => {
  const run = startRun([task(0)]);
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  engine.finish([0]);
  await engine.next("dismiss");
  engine.say({ type: "goodbye", fenced: false });
  await expect.poll(() => run.reporter.ofType("engine-left")).toHaveLength(1);
  expect(run.reporter.finished).toEqual([0]);
  engine.end();
  expect(await run.outcome).toEqual({ reason: "done" });
});
