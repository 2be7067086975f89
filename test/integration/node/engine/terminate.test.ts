import { describe, expect, test } from "vitest";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { signalled } from "../../../../src/domain/ending.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { until } from "../../../support/until.ts";
import { DriverSide } from "./driver-side.ts";

/** Seconds; longer than a test may last. */
const FOREVER = 1000;

describe("told to end its tasks, an engine", () => {
  test("ends their process groups and all that they have left in the background, and leaves", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome([], [tasks.line("stop")]);
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.run("sleep 1000 3>&- &");
    await b.run("setsid sleep 1000 3>&- &");
    await b.run("(setsid bash -c 'sleep 1000 & exec sleep 1000' 3>&- &)");
    driver.say({ type: "terminate", grace: FOREVER });
    await driver.left;
    expect(driver.taskProcesses()).toBe(0);
    const said = driver.heard.filter(({ type }) => type !== "hello" && type !== "ready");
    expect(said).toMatchObject([
      ...said.slice(0, -1).map(() => ({ type: "results", interrupted: true })),
      { type: "goodbye" },
    ]);
    const results = said.flatMap((message) => (message.type === "results" ? message.results : []));
    expect(results.map(({ taskId, ending }) => [taskId, returnCodeOf(ending)])).toEqual(
      expect.arrayContaining([
        [0, -15],
        [1, -15],
      ]),
    );
    expect(results).toHaveLength(2);
    expect(tasks.hasStarted("c") || tasks.hasStarted("stop")).toBe(false);
  });

  test("kills those that do not listen, when the grace is over", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    await a.run("trap '' TERM");
    driver.say({ type: "terminate", grace: 0.1 });
    expect(await driver.next("results")).toMatchObject({ interrupted: true, results: [{ ending: signalled(9) }] });
    await driver.left;
  });

  test("and then told again with less grace, hurries", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    await a.run("trap '' TERM");
    driver.say({ type: "terminate", grace: FOREVER });
    driver.say({ type: "terminate", grace: 0 });
    await driver.left;
    expect(driver.taskProcesses()).toBe(0);
  });

  test("hands over what has finished before as finished", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    // So much work at hand that the first result lingers.
    driver.assign(["exit 0", tasks.line("a"), ...Array.from({ length: 5 }, () => "exit 0")]);
    await tasks.started("a");
    driver.say({ type: "terminate", grace: FOREVER });
    expect(await driver.next("results")).toMatchObject({ interrupted: false, results: [{ taskId: 0 }] });
    expect(await driver.next("results")).toMatchObject({ interrupted: true, results: [{ taskId: 1 }] });
    await driver.next("goodbye");
  });

  test("ends a start command, too, and says no word of tasks", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([tasks.line("s")]);
    driver.assign([tasks.line("a")]);
    await tasks.started("s");
    driver.say({ type: "terminate", grace: FOREVER });
    await driver.next("goodbye");
    await driver.left;
    expect(tasks.order).toEqual(["s"]);
  });

  test("before it was let in leaves at once", async () => {
    const driver = await DriverSide.open();
    await driver.next("hello");
    driver.say({ type: "terminate", grace: FOREVER });
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual(["hello", "goodbye"]);
  });

  test("takes no more tasks", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    await tasks.started("a");
    driver.say({ type: "terminate", grace: FOREVER });
    driver.assign(["exit 0"], 1);
    await driver.left;
    expect(driver.heard.flatMap((message) => (message.type === "results" ? message.results : []))).toMatchObject([
      { taskId: 0 },
    ]);
  });
});

describe("told so when its link is down, an engine", () => {
  test("that hears of it when it is back ends its tasks", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    await tasks.started("a");
    driver.hangUp();
    await driver.next("hello");
    await driver.next("report");
    driver.say({ type: "terminate", grace: FOREVER });
    await driver.left;
    expect(driver.results(true)).toMatchObject([{ taskId: 0 }]);
    expect(driver.taskProcesses()).toBe(0);
  });

  test("by somebody else, does not wait for the driver once its tasks have ended", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    await a.run("setsid sleep 1000 3>&- &");
    driver.closeDoor();
    driver.hangUp();
    await until(
      () => driver.calls === 2,
      () => "it calls again",
    );
    driver.engine.terminate(FOREVER, "SIGINT received");
    await Promise.all([driver.left, a.ended]);
    expect(driver.taskProcesses()).toBe(0);
    expect([...driver.results(false), ...driver.undelivered]).toEqual([]);
  });

  test("before it has reached the driver at all, calls no more", async () => {
    const driver = await DriverSide.open({ doorClosed: true });
    driver.engine.terminate(0, "SIGINT received");
    await driver.left;
    expect([driver.calls, driver.heard]).toEqual([1, []]);
  });
});

test("an engine that is itself told to end, ends its tasks, says so, and leaves", async () => {
  const tasks = await openTasks();
  const driver = await DriverSide.open();
  await driver.welcome();
  driver.assign([tasks.line("a")]);
  await tasks.started("a");
  driver.engine.terminate(FOREVER, "SIGTERM received");
  expect(await driver.next("results")).toMatchObject({ interrupted: true, results: [{ taskId: 0 }] });
  await driver.next("goodbye");
  await driver.left;
});
