import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { TaskOutput } from "../../../../src/domain/task-files.ts";
import type { TaskSetting } from "../../../../src/domain/task.ts";
import { ControlledTasks } from "../../../support/controlled-tasks.ts";
import { DriverSide } from "./driver-side.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "disbatch-outputs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const at = (name: string): string => path.join(folder, name);
const stage = ".disbatch/abc";
const file = (name: string, where: string): TaskOutput => ({ name, path: where, isFolder: false });

/** Gives the engine a task that makes files. */
function assign(
  driver: DriverSide,
  command: string,
  files: readonly TaskOutput[],
  { id = 0, attempt = 1, ...setting }: Partial<TaskSetting> & { id?: number; attempt?: number } = {},
): void {
  const task = { kind: "task", id, line: id + 1, repeatIndex: -1, command } as const;
  driver.say({
    type: "assign",
    assignments: [{ task: { ...task, setting: { env: {}, ...setting, outputs: { stage, files } } }, attempt }],
  });
}

async function openIn(options: Parameters<typeof DriverSide.open>[0] = {}): Promise<DriverSide> {
  const driver = await DriverSide.open({ cwd: folder, ...options });
  await driver.welcome();
  return driver;
}

async function resultIn(driver: DriverSide) {
  const { results } = await driver.next("results");
  return results[0];
}

/** Hears all that a task prints, which may come in pieces. */
async function untilPrinted(driver: DriverSide): Promise<void> {
  while ((await driver.next("printed")).end === undefined);
}

describe("a task that makes files", () => {
  test("has them put in place when it has succeeded, with the folders above, and they are told", async () => {
    const driver = await openIn();
    const files = [file("csv", "data/clean/a b.csv"), { name: "plots", path: "plots/1", isFolder: true }];
    assign(driver, 'echo "$OUT_csv" > "$OUT_csv"; mkdir "$OUT_plots"; echo p > "$OUT_plots/p.png"', files);
    const result = await resultIn(driver);
    expect(result).toMatchObject({
      ending: exited(0),
      made: [
        { path: "data/clean/a b.csv", stamp: expect.stringMatching(/^\d+@[\d.]+@[\d.]+$/) },
        { path: "plots/1", stamp: expect.stringContaining("@") },
      ],
    });
    expect(readFileSync(at("data/clean/a b.csv"), "utf8")).toBe(`${at(".disbatch/abc/0.1/csv/a b.csv")}\n`);
    expect(readFileSync(at("plots/1/p.png"), "utf8")).toBe("p\n");
    expect(readdirSync(at(stage))).toEqual([]);
  });

  test("leaves what is there as it is when it fails, or has not made all of them", async () => {
    const driver = await openIn();
    writeFileSync(at("one"), "old");
    assign(driver, 'echo new > "$OUT_one"; false', [file("one", "one")]);
    expect(await resultIn(driver)).toMatchObject({ ending: exited(1) });
    assign(driver, 'echo new > "$OUT_one"', [file("one", "one"), file("two", "two")], { id: 1 });
    const result = await resultIn(driver);
    expect(result).toMatchObject({
      ending: exited(65),
      error: { snippet: "disbatch: output two, two, was not made" },
    });
    expect(result?.made).toBeUndefined();
    expect(readFileSync(at("one"), "utf8")).toBe("old");
  });

  test("is not started where an output would leave the folder", async () => {
    const driver = await openIn();
    assign(driver, "touch started", [file("one", "../one")]);
    expect(await resultIn(driver)).toMatchObject({
      ending: { type: "not-started" },
      error: { snippet: "disbatch: cannot start the task: output one, ../one, leaves the folder of the tasks" },
    });
    expect(existsSync(at("started"))).toBe(false);
  });

  test("may be a program with arguments that works in another folder, and be heard", async () => {
    const driver = await openIn();
    mkdirSync(at("sub"));
    const argv = ["/bin/sh", "-c", 'pwd > "$OUT_one"; echo heard'];
    assign(driver, "sh", [{ ...file("one", "one"), isDigested: true }], { workdir: at("sub"), argv, isHeard: true });
    await untilPrinted(driver);
    expect(existsSync(at("one"))).toBe(false);
    driver.say({ type: "printed-taken", taskId: 0, attempt: 1, received: 6, safe: 6, closed: true });
    expect(await resultIn(driver)).toMatchObject({
      made: [{ path: "one", digest: expect.stringMatching(/^\w{32}$/) }],
    });
    expect(readFileSync(at("one"), "utf8")).toBe(`${at("sub")}\n`);
  });

  test("whose printed values were of no use puts nothing in place", async () => {
    const driver = await openIn();
    assign(driver, 'echo x > "$OUT_one"; echo heard', [file("one", "one")], { isHeard: true });
    await untilPrinted(driver);
    const taken = { type: "printed-taken", taskId: 0, attempt: 1, received: 6, safe: 6, closed: true } as const;
    driver.say({ ...taken, refused: "of no use" });
    expect(await resultIn(driver)).toMatchObject({ ending: exited(65), error: { snippet: "disbatch: of no use" } });
    expect(existsSync(at("one"))).toBe(false);
  });

  test("finds nothing of an earlier attempt, which has nothing to put in place any more", async () => {
    const tasks = await ControlledTasks.listen();
    const [first, second] = [await openIn(), await openIn()];
    assign(first, tasks.line("a"), [file("one", "one"), file("two", "two")]);
    const a = await tasks.started("a");
    await a.run('echo first > "$OUT_one"; echo first > "$OUT_two"');
    assign(second, 'echo second > "$OUT_one"; echo second > "$OUT_two"', [file("one", "one"), file("two", "two")], {
      attempt: 2,
    });
    expect(await resultIn(second)).toMatchObject({ ending: exited(0) });
    await a.exit(0);
    expect(await resultIn(first)).toMatchObject({ ending: exited(65) });
    expect([readFileSync(at("one"), "utf8"), readFileSync(at("two"), "utf8")]).toEqual(["second\n", "second\n"]);
  });

  test("that is to be ended before it has begun is not started", async () => {
    const driver = await openIn({ slots: 1 });
    assign(driver, "touch started; sleep 60", [file("one", "one")]);
    driver.say({ type: "stop-task", taskId: 0, attempt: 1, grace: 0 });
    await driver.next("not-started");
    expect(existsSync(at("started"))).toBe(false);
  });
});
