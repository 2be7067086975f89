import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { ControlledTasks } from "../../../support/controlled-tasks.ts";
import { until } from "../../../support/until.ts";
import { DriverSide } from "./driver-side.ts";
import { EngineClock } from "./engine-clock.ts";

/** Gives the engine a task that is heard. */
function assign(driver: DriverSide, command: string, id = 0, terms?: string): void {
  const task = { kind: "task", id, line: id + 1, repeatIndex: -1, command } as const;
  const setting = { env: {}, isHeard: true };
  driver.say({
    type: "assign",
    assignments: [
      { task: { ...task, setting, terms: terms === undefined ? undefined : termsOfText(terms) }, attempt: 1 },
    ],
  });
}

/** Bytes of a task that are on their way when the driver takes none of them. */
const WINDOW = 512 * 1024;

/** What the engine says next that a task has printed, as text. */
async function printed(driver: DriverSide) {
  const { from, data, end } = await driver.next("printed");
  return { from, text: Buffer.from(data, "base64").toString(), end };
}

/** All that a task prints until its end, in as many pieces as come: its text and the end. */
async function allPrinted(driver: DriverSide) {
  const first = await printed(driver);
  let { text, end } = first;
  while (end === undefined) {
    const piece = await printed(driver);
    expect(piece.from).toBe(first.from + text.length);
    text += piece.text;
    ({ end } = piece);
  }
  return { from: first.from, text, end };
}

function take(
  driver: DriverSide,
  received: number,
  safe = received,
  more: { closed?: boolean; refused?: string } = {},
) {
  driver.say({ type: "printed-taken", taskId: 0, attempt: 1, received, safe, closed: false, ...more });
}

describe("a heard task", () => {
  test("has its outcome when the driver has had all that it printed, and its slot is free before", async () => {
    const driver = await DriverSide.open();
    await driver.welcome();
    assign(driver, "echo a");
    expect(await allPrinted(driver)).toEqual({ from: 0, text: "a\n", end: "well" });
    driver.assign(["echo unheard"], 1);
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 1 }] });
    take(driver, 2, 2, { closed: true });
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: exited(0) }] });
  });

  test("is held until then, and what is not safe comes again when the driver has been called again", async () => {
    const tasks = await ControlledTasks.listen();
    const driver = await DriverSide.open();
    await driver.welcome();
    assign(driver, tasks.line("a"));
    const task = await tasks.started("a");
    await task.run("printf abc");
    expect(await printed(driver)).toEqual({ from: 0, text: "abc", end: undefined });
    take(driver, 3, 1);
    await task.run("printf def");
    expect(await printed(driver)).toEqual({ from: 3, text: "def", end: undefined });
    driver.closeDoor();
    driver.hangUp();
    await task.run("printf ghi");
    await task.exit(3);
    driver.openDoor();
    await driver.next("hello");
    expect(await driver.next("report")).toMatchObject({ held: [{ task: { id: 0 }, attempt: 1 }] });
    const report = driver.heard.find(({ type }) => type === "report");
    expect(JSON.stringify(report)).not.toContain("isHeard");
    expect(await allPrinted(driver)).toEqual({ from: 1, text: "bcdefghi", end: "ill" });
    take(driver, 9, 1, { closed: true });
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: exited(3) }] });
    await tasks.close();
  });

  test("is brought no faster than the driver takes it, and whole", async () => {
    const driver = await DriverSide.open();
    await driver.welcome();
    const bytes = 4 * 2 ** 20;
    assign(driver, `head -c ${bytes} /dev/zero`);
    // What may be on its way is counted in bytes: while the task writes a piece is as long as what is there.
    const ahead = (): number =>
      driver.heard.reduce(
        (sum, message) => sum + (message.type === "printed" ? Buffer.from(message.data, "base64").length : 0),
        0,
      );
    await until(
      () => ahead() >= WINDOW,
      () => `${ahead()} bytes`,
    );
    driver.say({ type: "recall" });
    await until(
      () => driver.heard.some(({ type }) => type === "returned"),
      () => "an answer",
    );
    expect(ahead()).toBe(WINDOW);
    let received = 0;
    for (let end: string | undefined; end === undefined;) {
      if (received === WINDOW) await driver.next("returned");
      const piece = await printed(driver);
      expect(piece.from).toBe(received);
      received += piece.text.length;
      take(driver, received, received, { closed: piece.end !== undefined });
      ({ end } = piece);
    }
    expect(received).toBe(bytes);
  });

  test("is ended when what it prints is of no use, whatever it makes of the signal, and does not go on", async () => {
    const driver = await DriverSide.open({ limits: { timeoutSignal: "SIGTERM", grace: 1, warnSignal: "SIGUSR1" } });
    await driver.welcome();
    assign(driver, 'trap "echo caught; exit 0" TERM; echo a; while :; do sleep 0.01; done');
    await printed(driver);
    take(driver, 2, 0, { refused: "line 1: not a date" });
    const { results } = await driver.next("results");
    expect(results).toMatchObject([
      { ending: exited(65), error: { snippet: expect.stringContaining("disbatch: line 1: not a date") } },
    ]);
    expect(driver.taskProcesses()).toBe(0);
  });

  test("that is over its time limit is told as that", async () => {
    const clock = EngineClock.begin();
    const driver = await DriverSide.open({ limits: { timeoutSignal: "SIGKILL", grace: 1, warnSignal: "SIGUSR1" } });
    await driver.welcome();
    assign(driver, "echo a; sleep 1000", 0, "timeout=50");
    expect(await printed(driver)).toEqual({ from: 0, text: "a\n", end: undefined });
    take(driver, 2);
    await clock.pass(50);
    expect(await printed(driver)).toEqual({ from: 2, text: "", end: "ill" });
    take(driver, 2, 2, { closed: true });
    expect(await driver.next("results")).toMatchObject({ results: [{ ending: { type: "timed-out" } }] });
  });

  test("that has ended is cut short with its engine while the driver has not had all of it", async () => {
    const driver = await DriverSide.open();
    await driver.welcome();
    assign(driver, "echo a");
    await allPrinted(driver);
    driver.say({ type: "terminate", grace: 1 });
    expect(await driver.next("results")).toMatchObject({ interrupted: true, results: [{ taskId: 0 }] });
    await driver.left;
  });

  test("is not started where nothing can be kept of what it prints", async () => {
    const gone = path.join(mkdtempSync(path.join(tmpdir(), "disbatch-")), "gone");
    const { CapturePool } = await import("../../../../src/node/process/capture-pool.ts");
    const { CaptureFolder } = await import("../../../../src/node/process/capture.ts");
    const { RunningCommand } = await import("../../../../src/node/engine/runner.ts");
    const captures = new CapturePool(new CaptureFolder(gone));
    const setup = { cwd: "/", captures, devNull: 0, output: { keep: "none", limit: 1 } as const };
    const driver = await DriverSide.open({ start: (...command) => new RunningCommand(setup, ...command) });
    await driver.welcome();
    assign(driver, "echo a");
    expect(await driver.next("results")).toMatchObject({
      results: [
        { ending: { type: "not-started" }, error: { snippet: expect.stringContaining("no room for what it prints") } },
      ],
    });
  });
});
