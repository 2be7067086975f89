import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { allGone, engineOf } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";

const DONE = { code: 0, signal: null };
const REFUSED = { code: 2, signal: null };

describe.each(artifacts)("with the $name, --stop-task", (artifact) => {
  test("ends tasks that run, which have failed and are not run again, and refuses what it cannot stop", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c", "d"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.run("(setsid sleep 1000 3>&- &)");
    const stopped = dbUtil(workspace, ["--stop-task", "0", "--stop-task", "1"]);
    expect(await stopped.exited).toEqual(DONE);
    expect(stopped.stderr()).toMatch(/task 0 is being stopped; it counts as failed, and is not run again\n.*task 1 /);
    const [c, d] = await Promise.all([tasks.started("c"), tasks.started("d")]);
    await Promise.all([a.ended, b.ended]);
    for (const [id, why] of [
      ["0", "task 0 has ended already"],
      ["17", "this run has no task 17, or has not read its line yet"],
    ] as const) {
      const refused = dbUtil(workspace, ["--stop-task", id]);
      expect(await refused.exited).toEqual(REFUSED);
      expect(refused.stderr()).toContain(why);
    }
    await c.exit(0);
    await d.exit(0);
    expect(await run.exited).toEqual(DONE);
    const codes = workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode]);
    expect(codes.toSorted(([x = 0], [y = 0]) => x - y)).toEqual([
      [0, -15],
      [1, -15],
      [2, 0],
      [3, 0],
    ]);
    await allGone(workspace);
  });

  test("holds when the driver and the engine are killed in the next moment", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    await a.run("trap '' TERM");
    expect(await dbUtil(workspace, ["--stop-task", "0"]).exited).toEqual(DONE);
    const engine = await engineOf(workspace);
    run.signal("SIGKILL");
    process.kill(engine, "SIGKILL");
    await run.exited;
    await a.ended;
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    const b = await tasks.started("b");
    await b.exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "b"]);
    expect(workspace.status()).toMatchObject([
      { taskId: 0, pid: -1, returnCode: -102 },
      { taskId: 1, returnCode: 0 },
    ]);
    // The watchdog of the engine that was killed looks once more whether anything is left.
    await allGone(workspace);
  });
});

/** Starts the dbUtil.sh of the run. */
function dbUtil(workspace: Workspace, args: readonly string[]): DisbatchRun {
  const file = workspace.path("run_dbUtil.sh");
  return workspace.run({ name: "dbUtil", file, command: [file] }, args);
}
