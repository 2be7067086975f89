import { expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { openTasks } from "../../../support/fixtures.ts";
import { DriverSide } from "./driver-side.ts";

const MEBI = 1024 ** 2;
/** Bash holds a value and copies of it. */
const FILL = `x=$(head -c ${64 * MEBI} /dev/zero | tr '\\0' x)`;

test("a task that holds more memory than it may is killed with all that it has started, beside others that go on", async () => {
  const tasks = await openTasks();
  const driver = await DriverSide.open({ slots: 2 });
  await driver.welcome();
  driver.assign(
    ["a", "b"].map((name) => tasks.line(name)),
    0,
    "memory=60M",
  );
  const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
  await a.run("trap '' TERM; (setsid sleep 1000 3>&- &)");
  // In a process of its own, which nothing but its environment connects with the task.
  await a.run(`(setsid bash -c "${FILL.replaceAll("$", "\\$")}; sleep 1000; :" 3>&- &)`);
  const { results, interrupted } = await driver.next("results");
  expect({ results, interrupted }).toMatchObject({
    interrupted: false,
    results: [{ taskId: 0, ending: { type: "out-of-memory", limit: 60 * MEBI } }],
  });
  const [{ ending, error } = { ending: undefined, error: undefined }] = results;
  expect(ending?.type === "out-of-memory" && ending.used).toBeGreaterThan(60 * MEBI);
  expect(error?.snippet).toMatch(/^disbatch: ended: over its memory limit: \d+(?:\.\d)? of 60\.0 MiB$/);
  expect(driver.taskProcesses()).toBe(1);
  await b.exit(3);
  expect(await driver.next("results")).toMatchObject({ results: [{ taskId: 1, ending: exited(3) }] });
});
