import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { until } from "../../../support/until.ts";
import { DriverSide } from "./driver-side.ts";

/** Waits until the engine has called so often. */
function calls(driver: DriverSide, count: number): Promise<void> {
  return until(
    () => driver.calls >= count,
    () => `${driver.calls} calls are not ${count}`,
  );
}

/** Ids of the tasks that the engine says it holds. */
async function reported(driver: DriverSide): Promise<number[]> {
  return (await driver.next("report")).held.map(({ task }) => task.id);
}

describe("an engine whose connection has broken", () => {
  test("calls again, says what it has, and goes on", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const a = await tasks.started("a");
    driver.hangUp();
    expect(await driver.next("hello")).toMatchObject({ engineId: driver.engineId, again: true });
    expect(await driver.next("report")).toMatchObject({
      held: [0, 1, 2].map((id) => ({ task: { id }, attempt: 1 })),
      ...{ welcomed: true, ready: true, leaving: false },
    });
    await a.exit(0);
    await tasks.started("b");
    expect(await driver.next("results")).toMatchObject({ interrupted: false, results: [{ taskId: 0 }] });
    expect([tasks.order, driver.log.filter((line) => line.startsWith("joined"))]).toEqual([
      ["a", "b"],
      [expect.stringContaining("joined as engine 3")],
    ]);
  });

  test("says again what is not known to be safe, and nothing else", async () => {
    const driver = await DriverSide.open();
    await driver.welcome(["exit 0"]);
    expect(await driver.next("per-engine-result")).toMatchObject({ sequence: 1 });
    await driver.next("ready");
    for (const id of [0, 1, 2]) {
      driver.assign(["exit 0"], id);
      expect(await driver.next("results")).toMatchObject({ sequence: id + 2, results: [{ taskId: id }] });
    }
    driver.say({ type: "ack", sequence: 2 });
    await driver.isHeard();
    driver.hangUp();
    await driver.next("hello");
    expect(await driver.next("ended")).toMatchObject({ tasks: [{ task: { id: 1 }, attempt: 1 }, { task: { id: 2 } }] });
    expect(await driver.next("results")).toMatchObject({ sequence: 3, results: [{ taskId: 1 }] });
    expect(await driver.next("results")).toMatchObject({ sequence: 4, results: [{ taskId: 2 }] });
    expect(await reported(driver)).toEqual([]);
    driver.say({ type: "ack", sequence: 4 });
    await driver.isHeard();
    driver.hangUp();
    await driver.next("hello");
    expect(await reported(driver)).toEqual([]);
  });

  test("calls until it gets through, and tells then what has ended meanwhile", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const [a] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    driver.closeDoor();
    driver.hangUp();
    await calls(driver, 2);
    await a.exit(5);
    await tasks.started("c");
    driver.openDoor();
    await driver.next("hello");
    expect(await driver.next("ended")).toMatchObject({ tasks: [{ task: { id: 0 } }] });
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: exited(5) }] });
    expect(await reported(driver)).toEqual([1, 2]);
  });

  test("tells what has just ended before it says what it has", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    // So much work at hand that a result lingers.
    driver.assign([tasks.line("a"), tasks.line("b"), "exit 0", "exit 0"]);
    const a = await tasks.started("a");
    driver.closeDoor();
    driver.hangUp();
    await calls(driver, 2);
    void a.exit(0);
    await tasks.started("b");
    driver.openDoor();
    await driver.next("hello");
    await driver.next("ended");
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0 }] });
    expect(await reported(driver)).toEqual([1, 2, 3]);
  });

  test("before it was let in says that it was not, and begins when it is", async () => {
    const driver = await DriverSide.open();
    await driver.next("hello");
    driver.hangUp();
    expect(await driver.next("hello")).toMatchObject({ again: true });
    expect(await driver.next("report")).toEqual({
      ...{ type: "report", held: [], welcomed: false, ready: false, leaving: false },
    });
    driver.sayWelcome();
    await driver.next("ready");
  });

  test("while its start commands run goes on with them, and is welcomed in vain", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([tasks.line("s0"), tasks.line("s1")]);
    const s0 = await tasks.started("s0");
    driver.hangUp();
    await driver.next("hello");
    expect(await driver.next("report")).toMatchObject({ held: [], welcomed: true, ready: false });
    driver.sayWelcome(["exit 1"]);
    await s0.exit(0);
    await driver.next("per-engine-result");
    await (await tasks.started("s1")).exit(0);
    expect(await driver.next("per-engine-result")).toMatchObject({ command: { id: 1 }, result: { ending: exited(0) } });
    await driver.next("ready");
    expect(tasks.order).toEqual(["s0", "s1"]);
  });

  test("and that was to leave says so, and leaves", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([], [tasks.line("z")]);
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    driver.say({ type: "dismiss" });
    await driver.isHeard();
    driver.hangUp();
    await driver.next("hello");
    expect(await driver.next("report")).toMatchObject({ held: [{ task: { id: 0 } }], leaving: true });
    await a.exit(0);
    const z = await tasks.started("z");
    driver.hangUp();
    await driver.next("results");
    await driver.next("hello");
    await driver.next("ended");
    await driver.next("results");
    expect(await driver.next("report")).toMatchObject({ held: [], ready: true, leaving: true });
    await z.exit(0);
    await driver.left;
    expect(driver.undelivered).toEqual([]);
  });

  test("says goodbye again, until it is answered", async () => {
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.answers = false;
    driver.say({ type: "dismiss" });
    for (let call = 0; call < 3; call++) {
      await driver.next("goodbye");
      driver.hangUp();
      await driver.next("hello");
      expect(await driver.next("report")).toMatchObject({ held: [], leaving: true });
    }
    await driver.next("goodbye");
    driver.say({ type: "farewell" });
    await driver.left;
  });

  test("counts everything as safe when it is bidden farewell", async () => {
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign(["exit 0"]);
    await driver.next("results");
    driver.say({ type: "dismiss" });
    await driver.left;
    expect([driver.undelivered, driver.watchdog.closed]).toEqual([[], true]);
  });
});

describe("an engine whose calls are refused", () => {
  test("calls again, until its lease ends, and leaves", async () => {
    const driver = await DriverSide.open({ lease: 20 });
    for (const again of [false, true, true]) {
      expect(await driver.next("hello")).toMatchObject({ again });
      driver.hangUp();
      if (again) await driver.next("report");
    }
    driver.passTime(20);
    await driver.left;
    expect(driver.log.join("\n")).toContain("out of touch with the driver for 20 s");
  });
});
