import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import type { EngineOptions } from "../../../../src/node/engine/engine-options.ts";
import { WINDOW_MS } from "../../../../src/node/engine/signalled-ends.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { until } from "../../../support/until.ts";
import { PretendedCommands } from "../../../unit/node/engine/pretended-commands.ts";
import { DriverSide, runForReal } from "./driver-side.ts";
import { stopClock } from "./engine-clock.ts";

describe("an engine that somebody wants to leave", () => {
  test("says so, gives back what it has not started, finishes what runs, and leaves", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([], [tasks.line("z")]);
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const a = await tasks.started("a");
    driver.engine.drain("SIGTERM received");
    expect(await driver.next("draining")).toEqual({ type: "draining", reason: "SIGTERM received" });
    expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [1, 2] });
    await a.exit(4);
    expect(await driver.next("results")).toMatchObject({
      interrupted: false,
      results: [{ taskId: 0, ending: exited(4) }],
    });
    await (await tasks.started("z")).exit(0);
    await driver.next("per-engine-result");
    expect(await driver.next("goodbye")).toEqual({ type: "goodbye", fenced: false });
    await driver.left;
    expect(tasks.order).toEqual(["a", "z"]);
  });

  test("gives back at once what it is given after that", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    driver.engine.drain("SIGUSR1 received");
    await driver.next("draining");
    await driver.next("returned");
    driver.assign([tasks.line("b")], 1);
    expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [1] });
    await a.exit(0);
    await driver.left;
    expect(tasks.order).toEqual(["a"]);
  });

  test("and is told so by the driver as well, leaves once", async () => {
    const driver = await DriverSide.open();
    await driver.welcome([], ["exit 0"]);
    driver.engine.drain("SIGTERM received");
    await driver.next("draining");
    driver.say({ type: "recall" });
    driver.say({ type: "dismiss" });
    await driver.left;
    expect(driver.heard.filter(({ type }) => type === "per-engine-result" || type === "goodbye")).toHaveLength(2);
  });

  test("before it was let in leaves at once", async () => {
    const driver = await DriverSide.open();
    await driver.next("hello");
    driver.engine.drain("SIGTERM received");
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual(["hello", "draining", "returned", "goodbye"]);
  });

  test("before it has reached the driver leaves as soon as it has", async () => {
    const driver = await DriverSide.open({ doorClosed: true });
    driver.engine.drain("SIGTERM received");
    driver.openDoor();
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual(["hello", "goodbye"]);
  });

  test("while its start commands run lets them finish", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([tasks.line("s")], ["exit 0"]);
    driver.assign(["exit 0"]);
    const s = await tasks.started("s");
    driver.engine.drain("SIGTERM received");
    await s.exit(0);
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual([
      ...["hello", "draining", "returned", "per-engine-result", "ready", "per-engine-result", "goodbye"],
    ]);
  });

  test("while its link is down says so when it is back", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a"), tasks.line("b")]);
    const a = await tasks.started("a");
    driver.closeDoor();
    driver.hangUp();
    driver.engine.drain("SIGTERM received");
    driver.openDoor();
    await driver.next("hello");
    expect(await driver.next("report")).toMatchObject({ held: [{ task: { id: 0 } }], leaving: true });
    await a.exit(0);
    await driver.left;
    expect(tasks.order).toEqual(["a"]);
  });
});

describe("what runs longer on an engine that leaves is ended, and is no outcome,", () => {
  test("when the run has a limit for that", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ drainTimeout: 0 });
    await driver.welcome([], [tasks.line("z")]);
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    driver.engine.drain("SIGTERM received");
    await Promise.all([driver.left, a.ended]);
    expect(driver.results(true)).toMatchObject([{ taskId: 0, ending: signalled(15) }]);
    expect(driver.results(false)).toEqual([]);
    expect(driver.heard.at(-1)).toEqual({ type: "goodbye", fenced: false });
    expect(tasks.order).toEqual(["a"]);
  });

  test("when the driver says so, for which its last word counts", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    driver.say({ type: "dismiss" });
    driver.say({ type: "dismiss", within: 1000 });
    driver.say({ type: "dismiss", within: 0 });
    await Promise.all([driver.left, a.ended]);
    expect(driver.results(true)).toMatchObject([{ taskId: 0 }]);
    expect(driver.results(false)).toEqual([]);
  });
});

describe("where a signal that tells an engine to leave reaches its tasks as well,", () => {
  test("a task that it ended has been interrupted, whichever of them hears of it first", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 4, sharedSignals: true });
    await driver.welcome();
    driver.assign(["a", "b", "c", "d"].map((name) => tasks.line(name)));
    const [a, b, c, d] = await Promise.all(["a", "b", "c", "d"].map((name) => tasks.started(name)));
    const goOn = stopClock();
    await a?.dieBySignal("TERM");
    driver.engine.drain("SIGTERM received");
    await b?.dieBySignal("TERM");
    goOn();
    await laterThanTheSignal();
    await c?.exit(1);
    await d?.exit(0);
    await driver.left;
    const ended = (interrupted: boolean): (readonly [number, number])[] =>
      driver.results(interrupted).map(({ taskId, ending }) => [taskId, returnCodeOf(ending)] as const);
    expect(ended(true)).toEqual([
      [0, -15],
      [1, -15],
      [2, 1],
    ]);
    expect(ended(false)).toEqual([[3, 0]]);
    expect(driver.undelivered).toEqual([]);
  });

  test("so has one that ended well next to the signal: its shell went on when what it waited for had been ended", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2, sharedSignals: true });
    await driver.welcome();
    driver.assign(["a", "b"].map((name) => tasks.line(name)));
    const [a, b] = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
    const goOn = stopClock();
    await a?.exit(0);
    driver.engine.drain("SIGTERM received");
    await b?.exit(0);
    await driver.left;
    goOn();
    expect(driver.results(true).map(({ taskId }) => taskId)).toEqual([0, 1]);
    expect(driver.results(false)).toEqual([]);
  });

  test("a further signal ends no tasks, and makes what ends next to it say nothing", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2, sharedSignals: true });
    await driver.welcome();
    driver.assign(["a", "b"].map((name) => tasks.line(name)));
    const [a, b] = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
    driver.engine.drain("SIGTERM received");
    await laterThanTheSignal();
    const goOn = stopClock();
    await a?.exit(0);
    expect(await driver.next("draining")).toMatchObject({ reason: "SIGTERM received" });
    await driver.next("returned");
    await driver.next("finished");
    driver.engine.noteSignal("SIGTERM");
    goOn();
    await laterThanTheSignal();
    await b?.exit(0);
    await driver.left;
    expect(driver.results(true)).toMatchObject([{ taskId: 0, ending: exited(0) }]);
    expect(driver.results(false)).toMatchObject([{ taskId: 1, ending: exited(0) }]);
  });

  test("a task that was ended by a signal of its own has ended, and another has its slot before that is certain", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ sharedSignals: true });
    await driver.welcome();
    driver.assign([tasks.line("a"), tasks.line("b")]);
    await (await tasks.started("a")).dieBySignal("TERM");
    const b = await tasks.started("b");
    expect(await driver.next("finished")).toEqual({ type: "finished", tasks: [{ taskId: 0, failed: true }] });
    expect(await driver.next("results")).toMatchObject({
      interrupted: false,
      results: [{ taskId: 0, ending: signalled(15) }],
    });
    await b.exit(0);
    expect(await driver.next("finished")).toEqual({ type: "finished", tasks: [{ taskId: 1, failed: false }] });
    driver.say({ type: "dismiss" });
    await driver.left;
    expect(driver.results(false)).toMatchObject([{ taskId: 0 }, { taskId: 1, ending: exited(0) }]);
  });

  test("an engine that calls again still holds what has ended without being certain, and says so", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ sharedSignals: true });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    const goOn = stopClock();
    await a.exit(0);
    await driver.next("finished");
    driver.hangUp();
    await driver.next("hello");
    expect(await driver.next("report")).toMatchObject({ held: [{ task: { id: 0 } }] });
    goOn();
    expect(await driver.next("finished")).toMatchObject({ tasks: [{ taskId: 0 }] });
    expect(await driver.next("results")).toMatchObject({ interrupted: false, results: [{ taskId: 0 }] });
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("an engine that calls again still holds what was interrupted, since that has been started", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2, sharedSignals: true });
    await driver.welcome();
    driver.assign(["a", "b"].map((name) => tasks.line(name)));
    const [a, b] = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
    driver.engine.drain("SIGTERM received");
    await a?.dieBySignal("TERM");
    await driver.next("draining");
    await driver.next("returned");
    expect(await driver.next("results")).toMatchObject({ interrupted: true });
    driver.hangUp();
    await driver.next("hello");
    await driver.next("results");
    const { held } = await driver.next("report");
    expect(held.map(({ task }) => task.id).toSorted((one, other) => one - other)).toEqual([0, 1]);
    await b?.exit(0);
    await driver.left;
  });
});

describe("where signals are meant for the engine alone,", () => {
  test("a task that one has ended all the same, before it had a session of its own, has been interrupted", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 3 });
    await driver.welcome();
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
    const goOn = stopClock();
    await a?.dieBySignal("TERM");
    driver.engine.drain("SIGTERM received");
    await b?.dieBySignal("TERM");
    await c?.exit(0);
    await driver.left;
    goOn();
    expect(driver.results(true).map(({ taskId }) => taskId)).toEqual([0, 1]);
    expect(driver.results(false)).toMatchObject([{ taskId: 2, ending: exited(0) }]);
  });
});

describe("a task that the machine has no room for", () => {
  test("has not been started: it goes back with all others, and the engine leaves", async () => {
    const tasks = await openTasks();
    const commands = new PretendedCommands();
    const start: EngineOptions["start"] = (command, ...rest) =>
      command === "no room" ? commands.start(command, ...rest) : runForReal(command, ...rest);
    const driver = await DriverSide.open({ slots: 2, start });
    await driver.welcome();
    driver.assign([tasks.line("a"), "no room", "never"]);
    const a = await tasks.started("a");
    commands.last.end({ type: "not-started", errno: constants.errno.EAGAIN });
    expect(await driver.next("draining")).toEqual({ type: "draining", reason: "no task can be started: " });
    expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [1, 2] });
    await a.exit(0);
    await driver.left;
    expect(driver.results(false)).toMatchObject([{ taskId: 0, ending: exited(0) }]);
  });

  test("for a reason of its own has failed", async () => {
    const commands = new PretendedCommands();
    const driver = await DriverSide.open({ start: commands.start });
    await driver.welcome();
    driver.assign(["too long"]);
    await until(
      () => commands.started.length === 1,
      () => "the start of the task",
    );
    commands.last.end({ type: "not-started", errno: constants.errno.E2BIG });
    expect(await driver.next("results")).toMatchObject({
      results: [{ ending: { type: "not-started", errno: constants.errno.E2BIG } }],
    });
  });
});

/** Resolves when what ends from now on has not ended next to a signal that has been sent before. */
async function laterThanTheSignal(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, WINDOW_MS + 50));
}
