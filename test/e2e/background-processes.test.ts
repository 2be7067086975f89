import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { allGone } from "../support/run-processes.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("ends a task with its shell, and puts late output of what it left behind on no other task", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.write("late.sh", tasks.line("late"));
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    await a.run("bash late.sh 3>&- &");
    const late = await tasks.started("late");
    await a.print("A");
    await a.exit(0);
    const b = await tasks.started("b");
    await late.print("LATE");
    await late.printError("TOO LATE");
    await b.print("B");
    await b.exit(0);
    const c = await tasks.started("c");
    await late.print("LATER");
    await c.exit(0);
    expect((await run.exited).code).toBe(0);
    await late.exit(0);
    const leaks = workspace.status().map(({ outSnippet, outBytes, errBytes }) => [outSnippet, outBytes, errBytes]);
    expect(leaks).toEqual([
      ["'A'", 1, 0],
      ["'B'", 1, 0],
      ["''", 0, 0],
    ]);
  });

  test("does not wait for background processes at the end of the run", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("sleep 1000 & echo $! > pid");
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    expect((await run.exited).code).toBe(0);
    const [line] = workspace.status();
    expect(Number(line?.elapsed)).toBeLessThan(100);
    // Whether it outlives the run is its own affair: it is no longer part of any task.
    process.kill(Number(workspace.read("pid")), "SIGKILL");
    await allGone(workspace);
  });
});
