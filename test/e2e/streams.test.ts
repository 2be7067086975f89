import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { KEEP_OPEN } from "../support/run-disbatch.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test.each(["-", "/dev/stdin"])("starts each task of the stream %s as its line arrives", async (taskFile) => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", taskFile], { stdin: KEEP_OPEN });
    run.stdin.write(`${tasks.line("a")}\n`);
    const a = await tasks.started("a");
    run.stdin.write(`# b comes in pieces\n${tasks.line("b").slice(0, 20)}`);
    run.stdin.write(`${tasks.line("b").slice(20)}\n`);
    const b = await tasks.started("b");
    await a.exit(0);
    run.stdin.write(`#DISBATCH BARRIER\n${tasks.line("c")}\n`);
    await b.exit(0);
    const c = await tasks.started("c");
    run.stdin.end(tasks.line("d"));
    const d = await tasks.started("d");
    await c.exit(0);
    await d.exit(4);
    expect((await run.exited).code).toBe(0);
    const lines = workspace.status().toSorted((x, y) => x.taskId - y.taskId);
    expect(lines.map(({ taskId, line, returnCode }) => [taskId, line, returnCode])).toEqual([
      [0, 1, 0],
      [1, 3, 0],
      [2, 4, 0],
      [3, 5, 0],
      [4, 6, 4],
    ]);
  });

  test("starts the tasks that come before a line it cannot use", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "-"], { stdin: KEEP_OPEN });
    run.stdin.write(`${tasks.line("a")}\n`);
    const a = await tasks.started("a");
    run.stdin.write(`#DISBATCH BARIER\n${tasks.line("b")}\n`);
    await run.stderrShows(/stdin:2:11: error: .*BARIER/);
    await a.exit(0);
    expect((await run.exited).code).toBe(2);
    expect(workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([[0, 0]]);
    expect(tasks.hasStarted("b")).toBe(false);
  });
});
