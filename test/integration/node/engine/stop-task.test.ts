import { describe, expect, test } from "vitest";
import { signalled } from "../../../../src/domain/ending.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { DriverSide } from "./driver-side.ts";

/** Seconds; longer than a test may last. */
const FOREVER = 1000;

describe("told to stop one task, an engine", () => {
  test("ends all of its processes and nobody else's, and goes on", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.run("sleep 1000 3>&- &");
    await a.run("(setsid bash -c 'sleep 1000 & exec sleep 1000' 3>&- &)");
    await b.run("(setsid sleep 1000 3>&- &)");
    // Two shells with a child each, and what has left the session of the first one, with its child.
    await expect.poll(() => driver.taskProcesses()).toBe(6);
    driver.say({ type: "stop-task", taskId: 0, attempt: 1, grace: FOREVER });
    expect(await driver.next("results")).toMatchObject({
      interrupted: false,
      results: [{ taskId: 0, ending: signalled(15) }],
    });
    const c = await tasks.started("c");
    await expect.poll(() => driver.taskProcesses()).toBe(3);
    await c.exit(0);
    await b.run("kill $(pgrep -P $$) 2>/dev/null; true");
    await b.exit(0);
    driver.say({ type: "terminate", grace: 0 });
    await driver.left;
    expect(driver.taskProcesses()).toBe(0);
  });

  test("kills one that does not listen, when the grace is over", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    await a.run("trap '' TERM");
    driver.say({ type: "stop-task", taskId: 0, attempt: 1, grace: 0.1 });
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: signalled(9) }] });
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("does not start one that waits for a slot, and says so", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const a = await tasks.started("a");
    driver.say({ type: "stop-task", taskId: 1, attempt: 1, grace: FOREVER });
    expect(await driver.next("not-started")).toEqual({ type: "not-started", taskId: 1 });
    await a.exit(0);
    await (await tasks.started("c")).exit(0);
    driver.say({ type: "dismiss" });
    await driver.left;
    expect(tasks.hasStarted("b")).toBe(false);
  });

  test("takes no notice of one that it does not have, or has in another attempt", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    driver.say({ type: "stop-task", taskId: 0, attempt: 2, grace: 0 });
    driver.say({ type: "stop-task", taskId: 7, attempt: 1, grace: 0 });
    await a.exit(3);
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: { code: 3 } }] });
    driver.say({ type: "dismiss" });
    await driver.left;
  });
});
