import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { engineOf } from "../support/run-processes.ts";
import { until } from "../support/until.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("takes its tasks with it when it is killed, as soon as the lease has ended, and can be resumed", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const args = ["-s", "localhost:1", "-p", "run", "--lease", "1", "Tasks"];
    const run = workspace.run(artifact, args);
    await (await tasks.started("a")).exit(0);
    const b = await tasks.started("b");
    await b.run("sleep 1000 3>&- &");
    run.signal("SIGKILL");
    await b.ended;
    await until(
      () => workspace.processes().length === 0,
      () => `processes gone, but there are: ${JSON.stringify(workspace.processes())}`,
    );
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([0]);
    const again = workspace.run(artifact, ["-r", "run_status.txt", ...args]);
    await (await tasks.started("b")).exit(0);
    await (await tasks.started("c")).exit(0);
    expect((await again.exited).code).toBe(0);
    expect(tasks.order).toEqual(["a", "b", "b", "c"]);
  });

  test("says so and exits with 3 when its only engine is killed, and it may start no other", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "--engine-restarts", "0", "Tasks"]);
    const a = await tasks.started("a");
    process.kill(await engineOf(workspace), "SIGKILL");
    expect(await run.exited).toEqual({ code: 3, signal: null });
    expect(run.stderr()).toMatch(/engine/);
    expect(workspace.status()).toEqual([]);
    expect(tasks.hasStarted("b")).toBe(false);
    await a.exit(0);
  });

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
    expect(workspace.processes()).toEqual([]);
  }, 30_000);
});
