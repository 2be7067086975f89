import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import { Watchdog } from "../../../../src/node/process/watchdog.ts";
import { childrenOf } from "../../../support/child-processes.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { until } from "../../../support/until.ts";
import { DriverSide } from "./driver-side.ts";

/** Seconds. Time is passed by the tests: one that is held up is not to lose its lease. */
const LEASE = 20;

describe("an engine in touch with its driver", () => {
  test("gives signs of life, and each that is answered moves the deadline of its watchdog on", async () => {
    const driver = await DriverSide.open({ lease: 4 });
    await driver.welcome();
    await until(
      () => driver.beats.length >= 5,
      () => "five signs of life",
    );
    expect(driver.beats.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    await until(
      () => driver.watchdog.told.length >= 4,
      () => "four deadlines",
    );
    const { told } = driver.watchdog;
    expect(told.toSorted((a, b) => Number(a) - Number(b))).toEqual(told);
    expect(new Set(told).size).toBeGreaterThan(2);
  });

  test("does not begin its lease before it has reached the driver, however long that takes", async () => {
    const driver = await DriverSide.open({ lease: LEASE, doorClosed: true });
    driver.passTime(10 * LEASE);
    driver.openDoor();
    await driver.welcome();
    driver.assign(["exit 0"]);
    expect(await driver.next("results")).toMatchObject({ interrupted: false });
  });
});

test("an engine has a watchdog from when it is let in until it has left", async () => {
  const others = childrenOf(process.pid);
  const engineId = randomUUID();
  const warnings: string[] = [];
  const watch = (): Watchdog => new Watchdog({ engineId, warn: (message) => void warnings.push(message) });
  const driver = await DriverSide.open({ engineId, watch });
  await driver.next("hello");
  expect(childrenOf(process.pid)).toEqual(others);
  driver.sayWelcome();
  await driver.next("ready");
  const [watchdog] = childrenOf(process.pid).filter((pid) => !others.includes(pid));
  expect(watchdog).toBeDefined();
  driver.say({ type: "dismiss" });
  await driver.left;
  expect(childrenOf(process.pid)).toEqual(others);
  expect(warnings).toEqual([]);
});

test("what ends after the watchdog has acted is no outcome, though the lease goes on: the engine leaves", async () => {
  const tasks = await openTasks();
  const driver = await DriverSide.open({ lease: 60 });
  await driver.welcome();
  driver.assign([tasks.line("before"), tasks.line("killed"), tasks.line("waits")]);
  await (await tasks.started("before")).exit(3);
  expect(await driver.next("results")).toMatchObject({
    interrupted: false,
    results: [{ taskId: 0, ending: exited(3) }],
  });
  const killed = await tasks.started("killed");
  driver.watchdog.hasActed = true;
  await killed.exit(0);
  await driver.left;
  expect(driver.results(false)).toHaveLength(1);
  expect(driver.results(true)).toMatchObject([{ taskId: 1 }]);
  expect(tasks.order).toEqual(["before", "killed"]);
  expect(driver.undelivered).toEqual([]);
  expect(driver.heard.at(-1)).toMatchObject({
    type: "goodbye",
    fenced: true,
    reason: expect.stringMatching(/watchdog/),
  });
});

describe("an engine whose lease has ended", () => {
  test("ends its tasks and leaves, though its connection stands", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ lease: LEASE });
    await driver.welcome([], [tasks.line("stop")]);
    driver.assign([tasks.line("a"), tasks.line("b")]);
    const a = await tasks.started("a");
    await a.run("setsid sleep 1000 3>&- &");
    driver.answers = false;
    driver.passTime(LEASE);
    await Promise.all([driver.left, a.ended]);
    expect(driver.taskProcesses()).toBe(0);
    expect(tasks.order).toEqual(["a"]);
    expect(driver.results(true)).toMatchObject([{ taskId: 0, ending: signalled(15) }]);
    expect([driver.results(false), driver.undelivered]).toEqual([[], []]);
    expect(driver.heard.at(-1)).toEqual({
      type: "goodbye",
      fenced: true,
      reason: expect.stringMatching(/^out of touch with the driver for 20 s: /),
    });
  });

  test("does so when it cannot reach the driver any more, and says why", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ lease: LEASE });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    driver.closeDoor();
    driver.hangUp();
    driver.passTime(LEASE);
    await Promise.all([driver.left, a.ended]);
    expect(driver.taskProcesses()).toBe(0);
    expect(driver.log).toContainEqual(expect.stringMatching(/^ending tasks: out of touch .* its connection closed$/));
    expect(driver.watchdog.closed).toBe(true);
  });

  test("does so while its stop commands run", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ lease: LEASE });
    await driver.welcome([], [tasks.line("z")]);
    driver.say({ type: "dismiss" });
    const z = await tasks.started("z");
    driver.answers = false;
    driver.passTime(LEASE);
    await Promise.all([driver.left, z.ended]);
    expect(driver.taskProcesses()).toBe(0);
    expect(driver.heard.filter(({ type }) => type === "per-engine-result")).toEqual([]);
  });

  test("does not wait to be let in", async () => {
    const driver = await DriverSide.open({ lease: LEASE });
    await driver.next("hello");
    driver.answers = false;
    driver.passTime(LEASE);
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual(["hello", "goodbye"]);
  });

  test("does not wait for an answer to its goodbye", async () => {
    const driver = await DriverSide.open({ lease: LEASE });
    await driver.welcome();
    driver.answers = false;
    driver.say({ type: "dismiss" });
    await driver.next("goodbye");
    driver.passTime(LEASE);
    await driver.left;
    expect(driver.undelivered).toEqual([]);
  });

  test("kills what does not listen", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ lease: LEASE });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    await a.run("trap '' TERM");
    driver.answers = false;
    driver.passTime(LEASE);
    await driver.left;
    expect(driver.results(true)).toMatchObject([{ ending: signalled(9) }]);
  });

  test("does not take for an outcome how its watchdog has ended a task, and starts nothing in its place", async () => {
    const tasks = await openTasks();
    // It does not look at the clock for a while.
    const driver = await DriverSide.open({ lease: 60 });
    await driver.welcome();
    driver.assign([tasks.line("a"), tasks.line("b")]);
    const a = await tasks.started("a");
    driver.passTime(60);
    await a.dieBySignal("TERM");
    await driver.left;
    expect(driver.results(true)).toMatchObject([{ taskId: 0, ending: signalled(15) }]);
    expect([driver.results(false), driver.undelivered, tasks.order]).toEqual([[], [], ["a"]]);
  });

  test("and its start command with it, says nothing of that", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ lease: 60 });
    await driver.welcome([tasks.line("s0"), tasks.line("s1")]);
    const s0 = await tasks.started("s0");
    driver.passTime(60);
    await s0.dieBySignal("TERM");
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual(["hello", "goodbye"]);
    expect(tasks.order).toEqual(["s0"]);
  });

  test("does not listen to what the driver has said before", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ lease: 60 });
    await driver.welcome();
    driver.passTime(60);
    driver.assign([tasks.line("a")]);
    await driver.left;
    expect(tasks.hasStarted("a")).toBe(false);
  });

  test("keeps outcomes that are not known to be safe, and no others", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ lease: LEASE });
    await driver.welcome();
    driver.assign(["exit 0"], 0);
    await driver.next("results");
    driver.say({ type: "ack", sequence: 1 });
    driver.assign(["exit 1"], 1);
    await driver.next("results");
    driver.assign([tasks.line("a")], 2);
    await tasks.started("a");
    driver.answers = false;
    driver.passTime(LEASE);
    await driver.left;
    expect(driver.undelivered).toMatchObject([{ taskId: 1, attempt: 1, engine: 3, ending: exited(1) }]);
  });
});

describe("an engine that is to let its tasks finish when its driver is lost", () => {
  const finish = { lease: LEASE, onDriverLost: "finish" } as const;

  test("starts nothing more when its lease has ended, and leaves when they have ended", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open(finish);
    await driver.welcome([], [tasks.line("stop")]);
    expect(driver.watchdog.told).toEqual(["forever"]);
    driver.assign([tasks.line("a"), tasks.line("b")]);
    const a = await tasks.started("a");
    driver.closeDoor();
    driver.hangUp();
    driver.passTime(LEASE);
    await until(
      () => driver.log.some((line) => line.includes("what runs may finish")),
      () => "it notices",
    );
    await a.exit(3);
    await driver.left;
    expect(tasks.order).toEqual(["a"]);
    expect(driver.undelivered).toMatchObject([{ taskId: 0, ending: exited(3) }]);
    expect(driver.watchdog.told).toEqual(["forever"]);
  });

  test("goes on when the driver is back", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open(finish);
    await driver.welcome();
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const a = await tasks.started("a");
    driver.closeDoor();
    driver.hangUp();
    driver.passTime(LEASE);
    await until(
      () => driver.log.some((line) => line.includes("what runs may finish")),
      () => "it notices",
    );
    driver.openDoor();
    expect(await driver.next("hello")).toMatchObject({ again: true });
    expect((await driver.next("report")).held.map(({ task }) => task.id)).toEqual([0, 1, 2]);
    await until(
      () => driver.log.includes("the driver is back"),
      () => "it notices",
    );
    await a.exit(0);
    expect(await driver.next("results")).toMatchObject({ interrupted: false, results: [{ taskId: 0 }] });
    await tasks.started("b");
  });

  test("and runs nothing leaves at once", async () => {
    const driver = await DriverSide.open(finish);
    await driver.welcome();
    driver.answers = false;
    driver.passTime(LEASE);
    await driver.left;
    expect(driver.heard.at(-1)).toMatchObject({ type: "goodbye", reason: expect.stringContaining("out of touch") });
  });

  test("brings its start commands to an end, and starts no task", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open(finish);
    await driver.welcome([tasks.line("s0"), tasks.line("s1")]);
    driver.assign([tasks.line("a")]);
    const s0 = await tasks.started("s0");
    driver.answers = false;
    driver.passTime(LEASE);
    await until(
      () => driver.log.some((line) => line.includes("what runs may finish")),
      () => "it notices",
    );
    await s0.exit(0);
    await (await tasks.started("s1")).exit(0);
    await driver.left;
    expect(tasks.order).toEqual(["s0", "s1"]);
  });
});
