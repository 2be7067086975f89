import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

interface Row {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly slots: number;
}

const rows: readonly Row[] = [
  { args: ["-s", "localhost:1"], slots: 1 },
  { args: ["-s", "localhost:3"], slots: 3 },
  { args: ["-s", "localhost:1", "-s", "localhost:1,localhost:2"], slots: 4 },
  { args: ["-s", "localhost:4", "-c", "2"], slots: 2 },
  { args: ["-s", "localhost:5", "-c", "2"], slots: 2 },
  { args: ["-s", "localhost:1", "-c", "0.5"], slots: 2 },
  { args: ["-s", "localhost:4", "-t", "3"], slots: 3 },
  { args: ["-s", "localhost:1", "-t", "2"], slots: 2 },
  { args: [], env: { DISBATCH_SSH_NODELIST: "localhost:2,localhost:1" }, slots: 3 },
];

describe.each(artifacts)("the $name", (artifact) => {
  test.each(rows)("runs $slots tasks at a time with $args $env", async ({ args, env, slots }) => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const names = Array.from({ length: slots + 1 }, (_, index) => `task${index}`);
    workspace.writeTasks(...names.map((name) => tasks.line(name)));
    const run = workspace.run(artifact, [...args, "-p", "run", "Tasks"], { ...(env !== undefined && { env }) });
    const first = await Promise.all(names.slice(0, slots).map((name) => tasks.started(name)));
    const ranks = first.map((task) => Number(task.variables["DISBATCH_CYLINDER_RANK"]));
    expect(ranks.toSorted((x, y) => x - y)).toEqual(first.map((_, index) => index));
    expect(tasks.order).toHaveLength(slots);
    // The next task gets the slot of the one that ends, and finds its result in the status file.
    await first.at(-1)?.exit(0);
    const last = await tasks.started(`task${slots}`);
    expect(last.variables["DISBATCH_CYLINDER_RANK"]).toBe(String(ranks.at(-1)));
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([slots - 1]);
    await Promise.all([...first.slice(0, -1), last].map((task) => task.exit(0)));
    expect((await run.exited).code).toBe(0);
  });

  test("lists tasks in the order in which they finish, with the process that ran each", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, ["-s", "localhost:3", "-p", "run", "Tasks"]);
    const [a, b, c] = await Promise.all([tasks.started("a"), tasks.started("b"), tasks.started("c")]);
    await c.exit(0);
    await recorded(workspace, 1);
    await a.dieBySignal("USR1");
    await recorded(workspace, 2);
    await b.exit(1);
    expect((await run.exited).code).toBe(0);
    expect(workspace.status().map(({ taskId, pid, returnCode }) => [taskId, pid, returnCode])).toEqual([
      [2, c.pid, 0],
      [0, a.pid, -10],
      [1, b.pid, 1],
    ]);
  });
});

/** Waits until there are so many lines in the status file. */
function recorded(workspace: Workspace, count: number): Promise<void> {
  return until(
    () => workspace.status().length === count,
    () => `${count} status lines`,
  );
}
