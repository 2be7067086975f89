import { describe, expect, test } from "vitest";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { exited } from "../../../../src/domain/ending.ts";
import { PROTOCOL } from "../../../../src/wire/messages.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { DriverSide } from "./driver-side.ts";
import { until } from "../../../support/until.ts";

test("an engine says who it is, and what does not fit", async () => {
  const driver = await DriverSide.open({ slots: 4, resources: ["GPUS", "NONE"], env: { GPUS: "0,1" } });
  expect(await driver.next("hello")).toEqual({
    type: "hello",
    ...{ protocol: PROTOCOL, engineId: driver.engineId, context: "SSH0", node: "alpha", pid: process.pid, slots: 2 },
    again: false,
    capacity: { cores: 2, coresPerSlot: 1, gpus: 0, named: {}, mostTasks: 2 },
    warnings: [expect.stringContaining("-E GPUS"), expect.stringContaining("-E NONE")],
  });
});

test("a task is given its variables, and its result tells where and how it ran", async () => {
  const tasks = await openTasks();
  const driver = await DriverSide.open({ slots: 2, coresPerSlot: 3 });
  await driver.welcome();
  driver.say({
    type: "assign",
    assignments: [{ task: { kind: "task", id: 41, line: 50, repeatIndex: 6, command: tasks.line("a") }, attempt: 2 }],
  });
  const a = await tasks.started("a");
  expect(a.variables).toMatchObject({
    DISBATCH_JOBID: "run",
    DISBATCH_TASKID: "41",
    DISBATCH_ATTEMPT: "2",
    DISBATCH_STREAM_INDEX_ZP: "000050",
    DISBATCH_REPEAT_INDEX: "6",
    DISBATCH_ENGINE_RANK: "3",
    DISBATCH_CYLINDER_RANK: "0",
    DISBATCH_CORES_PER_TASK: "3",
  });
  await a.print("leaked");
  await a.exit(4);
  const { results, interrupted } = await driver.next("results");
  expect(interrupted).toBe(false);
  expect(results).toMatchObject([
    {
      ...{ taskId: 41, attempt: 2, node: "alpha", engine: 3, slot: 0, pid: a.pid, ending: exited(4) },
      output: { bytes: 6, snippet: "leaked" },
      error: { bytes: 0 },
    },
  ]);
});

test("as many tasks run as there are slots, and the next one starts in the slot that is free", async () => {
  const tasks = await openTasks();
  const driver = await DriverSide.open({ slots: 2 });
  await driver.welcome();
  driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
  const [, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
  expect(tasks.hasStarted("c")).toBe(false);
  await b.exit(0);
  const c = await tasks.started("c");
  expect(c.variables["DISBATCH_CYLINDER_RANK"]).toBe(b.variables["DISBATCH_CYLINDER_RANK"]);
  expect((await driver.next("results")).results.map(({ taskId }) => taskId)).toEqual([1]);
});

test("every one of many short tasks is reported once", async () => {
  const driver = await DriverSide.open({ slots: 3 });
  await driver.welcome();
  const count = 60;
  driver.assign(Array.from({ length: count }, (_, id) => `exit ${id % 3}`));
  const results = [];
  while (results.length < count) results.push(...(await driver.next("results")).results);
  expect(
    results.map(({ taskId, ending }) => [taskId, returnCodeOf(ending)]).toSorted((a, b) => Number(a[0]) - Number(b[0])),
  ).toEqual(Array.from({ length: count }, (_, id) => [id, id % 3]));
});

describe("start commands", () => {
  test("run one after the other, before any task, which waits for them", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome([tasks.line("s0"), tasks.line("s1")]);
    driver.assign([tasks.line("a")]);
    const s0 = await tasks.started("s0");
    expect(tasks.order).toEqual(["s0"]);
    expect(s0.variables).toMatchObject({ DISBATCH_CYLINDER_RANK: "-1", DISBATCH_TASKID: "0" });
    await s0.exit(0);
    const s1 = await tasks.started("s1");
    expect(tasks.order).toEqual(["s0", "s1"]);
    await s1.exit(0);
    await tasks.started("a");
    expect(await driver.next("per-engine-result")).toMatchObject({
      command: { when: "start", id: 0 },
      result: { taskId: 0, attempt: 1, slot: -1, engine: 3, ending: exited(0) },
    });
    expect(await driver.next("per-engine-result")).toMatchObject({ result: { taskId: 1, pid: s1.pid } });
    await driver.next("ready");
  });

  test("that fail are reported, and tasks run all the same", async () => {
    const driver = await DriverSide.open();
    await driver.welcome(["exit 7"]);
    expect(await driver.next("per-engine-result")).toMatchObject({ result: { ending: exited(7) } });
    await driver.next("ready");
    driver.assign(["exit 0"]);
    expect(await driver.next("results")).toMatchObject({ results: [{ ending: exited(0) }] });
  });
});

describe("recalled, an engine gives back", () => {
  test("what it has not started and nothing else, and goes on", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign(["a", "b", "c"].map((name) => tasks.line(name)));
    const a = await tasks.started("a");
    driver.say({ type: "recall" });
    expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [1, 2] });
    driver.assign([tasks.line("d")], 3);
    await a.exit(0);
    const d = await tasks.started("d");
    await d.exit(0);
    const finished = [await driver.next("results"), await driver.next("results")].flatMap(({ results }) => results);
    expect(finished.map(({ taskId }) => taskId)).toEqual([0, 3]);
    expect(tasks.order).toEqual(["a", "d"]);
  });

  test("everything while its start commands run, and nothing when it has nothing", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([tasks.line("s")]);
    driver.assign([tasks.line("a"), tasks.line("b")]);
    await tasks.started("s");
    driver.say({ type: "recall" });
    expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [0, 1] });
    driver.say({ type: "recall" });
    expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [] });
  });

  test("its results first", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome();
    driver.assign(["exit 0", tasks.line("a"), "exit 0", "exit 0"]);
    await tasks.started("a");
    driver.say({ type: "recall" });
    expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0 }] });
    expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [2, 3] });
  });
});

describe("dismissed, an engine", () => {
  test("finishes what it holds, runs its stop commands one after the other, and leaves", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([], [tasks.line("z0"), tasks.line("z1")]);
    driver.assign([tasks.line("a"), tasks.line("b")]);
    const a = await tasks.started("a");
    driver.say({ type: "dismiss" });
    await a.exit(0);
    await (await tasks.started("b")).exit(0);
    const z0 = await tasks.started("z0");
    expect(tasks.order).toEqual(["a", "b", "z0"]);
    await z0.exit(1);
    await (await tasks.started("z1")).exit(0);
    await driver.left;
    expect(driver.heard.map(({ type }) => type).filter((type) => type !== "results")).toEqual([
      ...["hello", "ready", "per-engine-result", "per-engine-result", "goodbye"],
    ]);
    expect(driver.heard.flatMap((message) => (message.type === "results" ? message.results : []))).toHaveLength(2);
  });

  test("before it was let in leaves at once", async () => {
    const driver = await DriverSide.open();
    await driver.next("hello");
    driver.say({ type: "dismiss" });
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual(["hello", "goodbye"]);
  });

  test("while its start commands run lets them finish, and runs its stop commands", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome([tasks.line("s")], ["exit 0"]);
    const start = await tasks.started("s");
    driver.say({ type: "dismiss" });
    await start.exit(0);
    await driver.left;
    expect(driver.heard.map(({ type }) => type)).toEqual([
      ...["hello", "per-engine-result", "ready", "per-engine-result", "goodbye"],
    ]);
  });
});

describe("that a task runs", () => {
  const idsSaid = (driver: DriverSide): number[] => driver.started.flat().map(({ taskId }) => taskId);
  const isSaid = (driver: DriverSide, count: number): Promise<void> =>
    until(
      () => idsSaid(driver).length >= count,
      () => `${count} tasks that run, and not ${idsSaid(driver).join(" ")}`,
    );

  test("is said once, with where and since when", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    driver.assign([tasks.line("a"), tasks.line("b")], 5);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await isSaid(driver, 2);
    await a.exit(0);
    await b.exit(0);
    await driver.next("results");
    const said = driver.started.flat().toSorted((one, other) => one.taskId - other.taskId);
    await until(
      () => driver.results(false).length === 2,
      () => "both results",
    );
    expect(said).toEqual(
      driver.results(false).map(({ taskId, attempt, slot, start }) => ({ taskId, attempt, slot, start })),
    );
  });

  test("is not said of what has ended by the next look, nor of per-engine commands", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open();
    await driver.welcome(["sleep 0.6"]);
    await driver.next("per-engine-result");
    await driver.next("ready");
    expect(driver.started).toEqual([]);
    driver.assign([tasks.line("a")], 7);
    await tasks.started("a");
    await isSaid(driver, 1);
    expect(driver.started).toMatchObject([[{ taskId: 7, attempt: 1, slot: 0 }]]);
  });

  test("is said again when the engine has called again", async () => {
    const tasks = await openTasks();
    const driver = await DriverSide.open({ slots: 2 });
    await driver.welcome();
    driver.assign([tasks.line("a")]);
    await tasks.started("a");
    await isSaid(driver, 1);
    driver.hangUp();
    await driver.next("hello");
    await driver.next("report");
    await isSaid(driver, 2);
    expect(idsSaid(driver)).toEqual([0, 0]);
  });
});
