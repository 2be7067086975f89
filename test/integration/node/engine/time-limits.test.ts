import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { SUCCESS, TIMED_OUT } from "../../../../src/domain/ending.ts";
import { LIMITS } from "../../../../src/domain/limits.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { DriverSide, runForRealWith } from "./driver-side.ts";
import { EngineClock } from "./engine-clock.ts";

/** Long enough for a task to be told what to do before. Seconds; the test lets them pass. */
const LIMIT = 50;

describe("a task that is over its time limit", () => {
  test("is ended with all that it has started, beside others that go on", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    driver.assign([tasks.line("a")], 0, `timeout=${LIMIT}`);
    driver.assign([tasks.line("b")], 1);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.print("half way\n");
    await a.run("(setsid bash -c 'sleep 1000 & exec sleep 1000' 3>&- &)");
    await a.run("sleep 1000 3>&- &");
    await clock.pass(LIMIT);
    const { results, interrupted } = await driver.next("results");
    expect({ results, interrupted }).toMatchObject({ interrupted: false, results: [{ taskId: 0, ending: TIMED_OUT }] });
    expect(results[0]?.output.snippet).toBe("half way\n");
    expect(results[0]?.error.snippet).toBe("disbatch: ended: over its time limit of 50 s");
    // The shell of the other task, and nothing else.
    expect(driver.taskProcesses()).toBe(1);
    await b.exit(0);
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("has timed out even if it then exits well, and keeps its last words", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const limits = { ...LIMITS, timeoutSignal: "SIGINT" as const };
    const driver = await DriverSide.open({ limits });
    await driver.welcome();
    driver.assign([tasks.line("a")], 0, `timeout=${LIMIT}`);
    const a = await tasks.started("a");
    await a.run("trap 'echo bye >&2; exit 0' INT");
    await clock.pass(LIMIT);
    const { results } = await driver.next("results");
    expect(results).toMatchObject([{ ending: TIMED_OUT }]);
    expect(results[0]?.error.snippet).toBe("bye\ndisbatch: ended: over its time limit of 50 s");
  });

  test("has what it printed kept as that of a failed task, even if it then exits well", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    // Commands of this engine keep what they print as its terms have it.
    const output = { keep: "failed", limit: 65_536 } as const;
    const driver = await DriverSide.open({ output, start: runForRealWith(output) });
    await driver.welcome();
    driver.assign([tasks.line("a")], 0, `timeout=${LIMIT}`);
    const a = await tasks.started("a");
    await a.print("half way\n");
    await a.run("trap 'exit 0' TERM");
    await clock.pass(LIMIT);
    const { pieces, data } = await driver.next("output");
    expect(pieces).toMatchObject([{ taskId: 0 }]);
    expect(inflateSync(Buffer.from(data, "base64")).toString()).toBe("half way\n");
  });

  test("is killed when it does not listen, after the grace", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const driver = await DriverSide.open({ limits: { ...LIMITS, grace: 0.1 } });
    await driver.welcome();
    driver.assign([tasks.line("a")], 0, `timeout=${LIMIT}`);
    const a = await tasks.started("a");
    await a.run("trap '' TERM");
    await clock.pass(LIMIT);
    expect(await driver.next("results")).toMatchObject({ results: [{ ending: TIMED_OUT }] });
    expect(driver.taskProcesses()).toBe(0);
  });

  test("holds its slot until nothing of it is left", async () => {
    const clock = EngineClock.begin();
    const tasks = await openTasks();
    const driver = await DriverSide.open({ limits: { ...LIMITS, grace: 0.5 } });
    await driver.welcome();
    driver.assign([tasks.line("a")], 0, `timeout=${LIMIT}`);
    driver.assign(["pgrep -f '^sleep 98765' | wc -l"], 1);
    const a = await tasks.started("a");
    await a.run("(trap '' TERM; exec setsid sleep 98765 3>&- &)");
    await clock.pass(LIMIT);
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0 }] });
    // The command lines of the shell and of what it has just forked have the same words, behind the path of bash.
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 1, output: { snippet: "0\n" } }] });
  });
});

test("a later try may take longer when the terms say so", async () => {
  const clock = EngineClock.begin();
  const tasks = await openTasks();
  const driver = await DriverSide.open({ slots: 2 });
  await driver.welcome();
  driver.assign([tasks.line("a")], 0, `timeout=${LIMIT} retry-timeout=x1000`, 1);
  const a = await tasks.started("a");
  driver.assign([tasks.line("b")], 1, `timeout=${LIMIT} retry-timeout=x1000`);
  await tasks.started("b");
  await clock.pass(LIMIT);
  expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 1, ending: TIMED_OUT }] });
  await a.exit(0);
  expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: SUCCESS }] });
});
