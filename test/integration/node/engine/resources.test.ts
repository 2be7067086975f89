import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { Assignment } from "../../../../src/domain/task.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import type { Machine } from "../../../../src/node/machine/machine.ts";
import { systemFiles } from "../../../../src/node/machine/system-files.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { until } from "../../../support/until.ts";
import { DriverSide } from "./driver-side.ts";

const GIB = 1024 ** 3;

const MACHINE: Machine = {
  memory: 8 * GIB,
  gpus: { ids: ["7", "8"], variables: ["CUDA_VISIBLE_DEVICES"] },
  affinity: "",
  files: systemFiles("/no/such/folder"),
  taskset: undefined,
  warnings: [],
};

type Given = readonly [command: string, terms?: string, more?: Partial<Assignment>];

/** Gives the engine tasks with terms, numbered from 0. */
function assign(driver: DriverSide, ...given: readonly Given[]): void {
  const assignments = given.map(([command, terms, more], id) => {
    const task = { kind: "task", id, line: id + 1, repeatIndex: -1, command } as const;
    return { task: terms === undefined ? task : { ...task, terms: termsOfText(terms) }, attempt: 1, ...more };
  });
  driver.say({ type: "assign", assignments });
}

async function outputs(driver: DriverSide, count: number): Promise<string[]> {
  await until(
    () => driver.results(false).length === count,
    () => `${count} results`,
  );
  return driver.results(false).map(({ output }) => output.snippet);
}

describe("an engine", () => {
  test("says what it has", async () => {
    const driver = await DriverSide.open({
      slots: 2,
      coresPerSlot: 3,
      machine: MACHINE,
      offer: { named: { disk: 10 } },
    });
    const { capacity } = await driver.next("hello");
    expect(capacity).toEqual({
      cores: 6,
      coresPerSlot: 3,
      memory: 8 * GIB,
      gpus: 2,
      named: { disk: 10 },
      mostTasks: 328,
    });
    driver.sayWelcome();
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("starts a task where all that it needs is free, and none before one that stands before it", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    assign(driver, [tasks.line("small")], [tasks.line("large"), "cores=2"], [tasks.line("last")]);
    await (await tasks.started("small")).exit(0);
    // The last would have been started beside the first.
    const large = await tasks.started("large");
    expect(tasks.order).toEqual(["small", "large"]);
    await large.exit(0);
    await (await tasks.started("last")).exit(0);
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("runs more tasks than it has slots where each needs less than one", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 1 });
    await driver.welcome();
    const names = ["a", "b", "c"];
    assign(driver, ...[...names, "d"].map((name): Given => [tasks.line(name), "cores=0.3"]));
    const running = await Promise.all(names.map((name) => tasks.started(name)));
    const ranks = running.map(({ variables }) => Number(variables["DISBATCH_CYLINDER_RANK"]));
    expect(ranks.toSorted((one, other) => one - other)).toEqual([0, 1, 2]);
    expect(tasks.order).toHaveLength(3);
    await Promise.all(running.map((task) => task.exit(0)));
    await (await tasks.started("d")).exit(0);
    await outputs(driver, 4);
    expect(new Set(driver.results(false).map(({ slot }) => slot))).toEqual(new Set([0, 1, 2]));
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("tells a task what it has, and not the next one in its slot", async () => {
    const driver = await DriverSide.open({
      slots: 3,
      threadEnv: true,
      machine: MACHINE,
      env: { CUDA_VISIBLE_DEVICES: "7,8" },
      offer: { named: { disk: 10 } },
    });
    await driver.welcome();
    const tell = "echo $DISBATCH_RESOURCES/$CUDA_VISIBLE_DEVICES/$OMP_NUM_THREADS";
    assign(driver, [tell, "cores=2.5 gpus=1 disk=2"], ["true", "cores=3"], [tell]);
    expect(await outputs(driver, 3)).toEqual(['{"cores":2.5,"gpus":["7"],"disk":2}/7/3\n', "", "/7,8/1\n"]);
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("gives a task that has failed what its terms say for the next try", async () => {
    const driver = await DriverSide.open({ slots: 4 });
    await driver.welcome();
    assign(driver, ["echo $DISBATCH_CORES_PER_TASK", "cores=1 retries=3 retry-cores=x2", { attempt: 3, failures: 2 }]);
    expect(await outputs(driver, 1)).toEqual(["4\n"]);
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test("refuses a task that could never start there, so that others are not held up", async () => {
    const driver = await DriverSide.open({ slots: 1, machine: MACHINE });
    await driver.welcome();
    assign(driver, ["echo never", "memory=9G"], ["echo next"]);
    expect(await outputs(driver, 2)).toEqual(["", "next\n"]);
    const [refused, next] = driver.results(false);
    expect(refused).toMatchObject({ pid: -1, slot: -1, ending: { type: "not-started" } });
    expect(refused?.error.snippet).toBe(
      "disbatch: cannot start the task: its engine has not all of what it needs: memory=9G",
    );
    expect(next?.ending).toEqual(exited(0));
    driver.say({ type: "dismiss" });
    await driver.left;
  });
});

describe("--bind cores", () => {
  test("has each task run on its own processors, one that says nothing of cores, too", async () => {
    const machine = { ...MACHINE, affinity: "0-1", taskset: "/usr/bin/taskset" };
    const driver = await DriverSide.open({ slots: 2, machine, offer: { named: {}, bind: "cores" } });
    await driver.welcome();
    const tell = "grep Cpus_allowed_list /proc/self/status | cut -f 2; test $PPID = " + process.pid;
    assign(driver, [tell, "cores=2"], [tell], [tell, "cores=1"]);
    const [both, ...each] = await outputs(driver, 3);
    expect([both, each.toSorted()]).toEqual(["0-1\n", ["0\n", "1\n"]]);
    expect(driver.results(false).map(({ ending }) => ending)).toEqual([exited(0), exited(0), exited(0)]);
    driver.say({ type: "dismiss" });
    await driver.left;
  });

  test.each([
    [
      { affinity: "0", taskset: "/usr/bin/taskset" },
      "there are 2 cores for tasks, and the engine may use the processors 0",
    ],
    [{ affinity: "0-1" }, "PATH has no program taskset (package util-linux)"],
  ])("is left undone with %j, and the user hears why", async (has, why) => {
    const machine = { ...MACHINE, ...has };
    const driver = await DriverSide.open({ slots: 2, machine, offer: { named: {}, bind: "cores" } });
    const { warnings } = await driver.next("hello");
    expect(warnings).toEqual([`--bind cores: tasks are not bound: ${why}`]);
    driver.sayWelcome();
    assign(driver, ["echo done", "cores=2"]);
    expect(await outputs(driver, 1)).toEqual(["done\n"]);
    driver.say({ type: "dismiss" });
    await driver.left;
  });
});
