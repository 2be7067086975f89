import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { until } from "../support/until.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("lets nothing pass a barrier as long as a task before it runs, however many slots are free", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)), "#DISBATCH BARRIER", tasks.line("d"));
    const run = workspace.run(artifact, ["-s", "localhost:3", "-p", "run", "Tasks"]);
    const [a, b, c] = await Promise.all([tasks.started("a"), tasks.started("b"), tasks.started("c")]);
    await b.exit(0);
    await c.exit(0);
    // Both slots are free once both results are recorded: a scheduler that does not wait would start d now.
    await until(
      () => workspace.status().length === 2,
      () => "two status lines",
    );
    const from = performance.now();
    await wait(300);
    expect(tasks.hasStarted("d")).toBe(false);
    const waited = (performance.now() - from) / 1000;
    await a.exit(0);
    await (await tasks.started("d")).exit(0);
    expect((await run.exited).code).toBe(0);
    const [first, second, third, barrier, last] = workspace.status();
    expect(new Set([first?.taskId, second?.taskId])).toEqual(new Set([1, 2]));
    expect([third?.taskId, last?.taskId]).toEqual([0, 4]);
    expect(barrier?.flags).toBe("B    ");
    // It was met while a ran, and passed when a ended. Times of its own are compared: those of tasks are by another clock.
    expect(Number(barrier?.finish) - Number(barrier?.start)).toBeGreaterThanOrEqual(waited - 0.002);
  });

  test("lets all tasks of a failed check barrier's section finish before it ends the run", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"), "#DISBATCH BARRIER CHECK", tasks.line("c"));
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.exit(1);
    await until(
      () => workspace.status().length === 1,
      () => "a's status line",
    );
    await b.exit(0);
    expect((await run.exited).code).toBe(1);
    expect(workspace.status().map(({ flags, taskId }) => [flags, taskId])).toEqual([
      ["R   ", 0],
      ["    ", 1],
      ["C    ", 2],
    ]);
    expect(tasks.hasStarted("c")).toBe(false);
  });
});
