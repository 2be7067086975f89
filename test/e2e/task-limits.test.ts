import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { allGone } from "../support/run-processes.ts";
import { PATIENCE } from "../support/until.ts";

const DONE = { code: 0, signal: null };
const MEBI = 1024 ** 2;

describe.each(artifacts)("with the $name", (artifact) => {
  test("a task that is over its time is ended with its background children, beside others that go on", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(`${tasks.line("a")} #DISBATCH timeout=5`, tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    await a.run("(setsid sleep 1000 3>&- &)");
    const b = await tasks.started("b");
    await a.ended;
    await b.exit(0);
    expect(await run.exited).toEqual(DONE);
    const byId = workspace.status().toSorted((x, y) => x.taskId - y.taskId);
    expect(byId.map(({ returnCode }) => returnCode)).toEqual([124, 0]);
    expect(run.stderr()).toContain("task 0 (line 1): timed out");
    expect(run.stderr()).toContain("error: disbatch: ended: over its time limit of 5 s");
    await allGone(workspace);
  });

  test("a task that holds too much memory is ended, and another is not; the report tells what they have used", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("#DISBATCH TERMS memory=100M", tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    // Bash holds the value in several copies.
    await a.run(`trap '' TERM; (x=$(head -c ${100 * MEBI} /dev/zero | tr '\\0' x); exec 3>&-; sleep 1000; :) &`);
    await a.ended;
    await b.exit(0);
    expect(await run.exited).toEqual(DONE);
    const byId = workspace.status().toSorted((x, y) => x.taskId - y.taskId);
    expect(byId.map(({ returnCode }) => returnCode)).toEqual([137, 0]);
    expect(run.stderr()).toMatch(/out of memory: \d+(?:\.\d)? of 100 MiB/);
    const report = workspace.run(artifact, ["report", "run", "--format", "json"]);
    expect(await report.exited).toEqual(DONE);
    const { used } = JSON.parse(report.stdout());
    // Node tells nothing of a task that has ended before anybody looked at it.
    expect(used.cpu.tasks).toBeGreaterThanOrEqual(1);
    expect(used.memory.most).toBeGreaterThan(100 * MEBI);
    expect(used.memory.task).toBe(0);
    await allGone(workspace);
  });

  test("a task is ended at its limit when its driver is dead, and that is its outcome in the run that goes on", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(`${tasks.line("a")} #DISBATCH timeout=6`);
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    run.signal("SIGKILL");
    await run.exited;
    await a.ended;
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovered.exited).toEqual(DONE);
    expect(workspace.status()).toMatchObject([{ taskId: 0, returnCode: 124 }]);
    expect(tasks.order).toEqual(["a"]);
    await allGone(workspace);
  });

  test("an engine without enough memory left starts nothing and says why, in the status too", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "--min-free-memory", "900T", "Tasks"]);
    await expect.poll(() => run.stderr(), { timeout: PATIENCE }).toContain("starts no task for now: ");
    const status = workspace.run(artifact, ["status", "run"]);
    expect(await status.exited).toEqual(DONE);
    expect(status.stdout()).toContain("held back");
    expect(status.stdout()).toMatch(/engine 0 starts no task for now: .* of memory are available, of 900 TiB at least/);
    run.signal("SIGINT");
    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(workspace.status()).toEqual([]);
    await allGone(workspace);
  });
});
