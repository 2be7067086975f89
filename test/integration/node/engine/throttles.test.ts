import { expect, test } from "vitest";
import { SUCCESS } from "../../../../src/domain/ending.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { DriverSide, runForReal } from "./driver-side.ts";

test("an engine whose host is too busy gives back what it has not started, says why, and lets go on what runs", async () => {
  const tasks = await openTasks();
  const host = { memory: 10 };
  const readings = { cores: 1, load: () => 0, availableMemory: () => host.memory };
  const driver = await DriverSide.open({ readings, throttle: { minFreeMemory: 10 } });
  await driver.welcome();
  driver.assign(["a", "b"].map((name) => tasks.line(name)));
  const a = await tasks.started("a");
  host.memory = 9;
  const reason = "9 bytes of memory are available, of 10 bytes at least";
  expect(await driver.next("held-back")).toEqual({ type: "held-back", reason });
  expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [1] });
  driver.assign([tasks.line("c")], 2);
  expect(await driver.next("returned")).toEqual({ type: "returned", taskIds: [2] });
  await a.exit(0);
  expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 0, ending: SUCCESS }] });
  host.memory = 10;
  expect(await driver.next("held-back")).toEqual({ type: "held-back" });
  driver.assign([tasks.line("d")], 3);
  await (await tasks.started("d")).exit(0);
  expect(tasks.order).toEqual(["a", "d"]);
});

test("an engine that is held back says so again when it calls again", async () => {
  const readings = { cores: 1, load: () => 5, availableMemory: () => 0 };
  const driver = await DriverSide.open({ readings, throttle: { maxLoad: { most: 5, ofCores: false } } });
  await driver.welcome();
  const reason = "the load is 5.0, of 5 at most";
  expect(await driver.next("held-back")).toEqual({ type: "held-back", reason });
  driver.hangUp();
  await driver.next("hello");
  await driver.next("report");
  expect(await driver.next("held-back")).toEqual({ type: "held-back", reason });
});

test("an engine leaves a delay between two starts", async () => {
  // Starts are noted by a clock that nobody sets: results have times of the calendar.
  const starts: number[] = [];
  const start: typeof runForReal = (...command) => {
    starts.push(performance.now());
    return runForReal(...command);
  };
  const driver = await DriverSide.open({ slots: 3, throttle: { delay: 0.3 }, start });
  await driver.welcome();
  driver.assign(["true", "true", "true"]);
  await expect.poll(() => driver.results(false)).toHaveLength(3);
  const [first = 0, second = 0, third = 0] = starts;
  expect(second - first).toBeGreaterThan(200);
  expect(third - second).toBeGreaterThan(200);
});
