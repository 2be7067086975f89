import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { hintsIn } from "../support/hints.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { allGone, engineOf } from "../support/run-processes.ts";

const ONE_SLOT = ["-s", "localhost:1", "-p", "run"];
const DONE = { code: 0, signal: null };

describe.each(artifacts)("the $name", (artifact) => {
  test("takes back the engine of a driver that was killed, with the task that it runs", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const killed = workspace.run(artifact, [...ONE_SLOT, "Tasks"]);
    await (await tasks.started("a")).exit(0);
    const b = await tasks.started("b");
    await kill(killed);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await recovered.stderrShows(/going on with the run of \S*run: 1 task done, .*; 1 engine may still be there/);
    await b.exit(0);
    const c = await tasks.started("c");
    expect(c.variables).toMatchObject({ DISBATCH_ATTEMPT: "1", DISBATCH_ENGINE_RANK: "0" });
    await c.exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(recovered.stderr()).toMatch(/3 tasks done/);
    expect(tasks.order).toEqual(["a", "b", "c"]);
    expect(workspace.status()).toMatchObject([{ taskId: 0 }, { taskId: 1, pid: b.pid }, { taskId: 2, pid: c.pid }]);
  });

  test("tells the user how to go on when the driver is killed, in a command that works wherever and whatever its name", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    mkdirSync(workspace.path("elsewhere"));
    const killed = workspace.run(artifact, ["-s", "localhost:1", "-p", "o d'd$(x)", "Tasks"]);
    const a = await tasks.started("a");
    await kill(killed);
    const [hint] = hintsIn(killed.stderr());
    const ended = a.exit(0);
    execFileSync("/bin/bash", ["-c", hint?.command ?? ""], {
      cwd: workspace.path("elsewhere"),
      env: workspace.env,
      stdio: ["ignore", "ignore", "ignore"],
    });
    await ended;
    expect(workspace.status("o d'd$(x)_status.txt")).toMatchObject([{ taskId: 0, pid: a.pid, returnCode: 0 }]);
  });

  test("names the command that goes on when the prefix of a run whose driver was killed is used again", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const killed = workspace.run(artifact, [...ONE_SLOT, "Tasks"]);
    const a = await tasks.started("a");
    await kill(killed);
    const again = workspace.run(artifact, [...ONE_SLOT, "Tasks"]);
    expect(await again.exited).toEqual({ code: 2, signal: null });
    expect(again.stderr()).toMatch(/run_status\.txt exists already: .*--recover \S*\/run\n$/);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await a.exit(0);
    expect(await recovered.exited).toEqual(DONE);
  });

  test("runs again what ran on an engine that is gone, too, and nothing else", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const killed = workspace.run(artifact, [...ONE_SLOT, "Tasks"]);
    await (await tasks.started("a")).exit(3);
    const b = await tasks.started("b");
    const engine = await engineOf(workspace);
    killed.signal("SIGKILL");
    process.kill(engine, "SIGKILL");
    await Promise.all([killed.exited, b.ended]);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    const again = await tasks.started("b");
    expect(again.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
    await again.exit(0);
    await (await tasks.started("c")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "b", "b", "c"]);
    expect(workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([
      [0, 3],
      [1, 0],
      [2, 0],
    ]);
    await allGone(workspace);
  });

  test("counts the whole run in its summary and its exit code", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("exit 5", tasks.line("a"), "true");
    const killed = workspace.run(artifact, ["-e", ...ONE_SLOT, "Tasks"]);
    const a = await tasks.started("a");
    await kill(killed);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await a.exit(0);
    expect(await recovered.exited).toEqual({ code: 1, signal: null });
    expect(recovered.stderr()).toMatch(/3 tasks done, 1 failed/);
    expect(recovered.stderr()).toMatch(/task 0 \(line 1\): exit 5/);
  });

  test("is taken up again when the one who took it up is killed in its turn", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const first = workspace.run(artifact, [...ONE_SLOT, "Tasks"]);
    const a = await tasks.started("a");
    await kill(first);
    const second = workspace.run(artifact, ["--recover", "run"]);
    await second.stderrShows(/going on with/);
    await kill(second);
    const third = workspace.run(artifact, ["--recover", "run"]);
    await third.stderrShows(/going on with/);
    await a.exit(0);
    await (await tasks.started("b")).exit(0);
    expect(await third.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "b"]);
  });
});

/** `kill -9`, as a system does that is out of memory; resolves when it is gone and has had its last words. */
async function kill(driver: DisbatchRun): Promise<void> {
  driver.signal("SIGKILL");
  await driver.exited;
}
