import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { allGone, engineOf } from "../support/run-processes.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("refuses a second run with the same prefix while the first one runs, which goes on", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const args = ["-s", "localhost:1", "-p", "run", "Tasks"];
    const first = workspace.run(artifact, args);
    const a = await tasks.started("a");
    const second = workspace.run(artifact, args);
    expect((await second.exited).code).toBe(2);
    await a.exit(0);
    expect((await first.exited).code).toBe(0);
    expect(workspace.status().map(({ taskId, pid }) => [taskId, pid])).toEqual([[0, a.pid]]);
    expect(tasks.order).toEqual(["a"]);
  });

  test("refuses a second run that resumes into the status file of a run that goes on", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("true", tasks.line("a"));
    const args = ["-s", "localhost:1", "-p", "run", "-r", "run_status.txt", "Tasks"];
    workspace.write("run_status.txt", "");
    const first = workspace.run(artifact, args);
    const a = await tasks.started("a");
    const second = workspace.run(artifact, args);
    expect((await second.exited).code).toBe(2);
    await a.exit(0);
    expect((await first.exited).code).toBe(0);
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([0, 1]);
    expect(tasks.order).toEqual(["a"]);
  });
});

describe.each(artifacts)("the $name with an engine that hangs", (artifact) => {
  test("ends it when Ctrl-C has been pressed for the third time, and its tasks with it", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    process.kill(await engineOf(workspace), "SIGSTOP");
    run.ctrlC();
    await run.stderrShows(/Ctrl-C again/);
    run.ctrlC();
    await run.stderrShows(/ending the running tasks/);
    run.ctrlC();
    await a.ended;
    expect(await run.exited).toEqual({ code: 130, signal: null });
    // The engine's watchdog has noticed that it was killed, and needs a moment to see that nothing is left.
    await allGone(workspace);
  });
});
