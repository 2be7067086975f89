import { describe, expect, test } from "vitest";
import { exited, TIMED_OUT } from "../../../../src/domain/ending.ts";
import { LIMITS } from "../../../../src/domain/limits.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { DriverSide } from "./driver-side.ts";
import { EngineClock } from "./engine-clock.ts";

/** Seconds; longer than a test may last. */
const FOREVER = 1000;
/** Seconds that are left to a task when it is warned. */
const WARNED = FOREVER - 50;
/** Seconds before that, in which a task is told what to do about the warning; the test lets them pass. */
const BEFORE = FOREVER - WARNED;
const limits = { ...LIMITS, warn: WARNED };

describe("a task is warned", () => {
  test("before its time limit, if it has a handler for that", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2, limits });
    await driver.welcome();
    driver.assign(
      ["a", "b"].map((name) => tasks.line(name)),
      0,
      `timeout=${FOREVER}`,
    );
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.run("trap 'echo saved; exit 9' USR1");
    await clock.pass(BEFORE);
    expect(await driver.next("results")).toMatchObject({
      results: [{ taskId: 0, ending: exited(9), output: { snippet: "saved\n" } }],
    });
    // It has no handler, and nothing has happened to it.
    await b.exit(0);
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 1, ending: exited(0) }] });
  });

  test("in its program, while the shell around that waits", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const driver = await DriverSide.open({ limits: { ...limits, warnSignal: "SIGHUP" } });
    await driver.welcome();
    const program = `bash -c 'trap "echo heard; exit 3" HUP; ${tasks.line("p")}'`;
    driver.assign([`${program}; echo then $?`], 0, `timeout=${FOREVER}`);
    await tasks.started("p");
    await clock.pass(BEFORE);
    expect(await driver.next("results")).toMatchObject({
      results: [{ ending: exited(0), output: { snippet: "heard\nthen 3\n" } }],
    });
  });

  test("not at all when its limit is no longer than the warning comes before it", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const driver = await DriverSide.open({ limits });
    await driver.welcome();
    driver.assign([tasks.line("a")], 0, `timeout=${BEFORE}`);
    const a = await tasks.started("a");
    await a.run("trap 'echo warned' USR1");
    await clock.pass(BEFORE);
    expect(await driver.next("results")).toMatchObject({ results: [{ ending: TIMED_OUT, output: { bytes: 0 } }] });
  });

  test("before the drain timeout of its engine", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ limits });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    await a.run("trap 'exit 9' USR1");
    driver.say({ type: "dismiss", within: WARNED / 2 });
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: exited(9) }] });
    await driver.left;
  });

  test("before the end of the Slurm job", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const driver = await DriverSide.open({ limits, secondsLeft: FOREVER });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    const a = await tasks.started("a");
    await a.run("trap 'exit 9' USR1");
    await clock.pass(BEFORE);
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: exited(9) }] });
    expect(driver.log.join("\n")).toContain("warned with SIGUSR1: 950 s before the end of the Slurm job");
  });
});

test("a task is handed back when less time is left than it needs, and what comes behind it starts", async () => {
  const tasks = await openTasks();
  const driver = await DriverSide.open({ secondsLeft: FOREVER });
  expect(await driver.next("hello")).toMatchObject({ secondsLeft: expect.closeTo(FOREVER, -1) });
  driver.sayWelcome();
  await driver.next("ready");
  driver.assign([tasks.line("a")], 0, `min-time=${FOREVER}`);
  driver.assign([tasks.line("b")], 1, `min-time=${FOREVER / 2}`);
  expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [0] });
  await (await tasks.started("b")).exit(0);
  expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 1 }] });
});
