import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { hintsIn } from "../support/hints.ts";
import { openProgramServer, type ProgramServer } from "../support/program-server.ts";
import { PATIENCE, until } from "../support/until.ts";

const DONE = { code: 0, signal: null };
const TWO_SLOTS = ["-s", "localhost:2", "-p", "run"];

/** Where the run stands, as far as it has said so. */
async function statusOf(server: ProgramServer): Promise<Record<string, unknown>> {
  const { encoding, text } = await server.view("DisBatch status");
  return encoding === "JSON" ? JSON.parse(text) : {};
}

describe.each(artifacts)("the $name", (artifact) => {
  test("starts each task that a program puts on a server when it arrives, and puts its result there", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const server = await openProgramServer();
    const run = workspace.run(artifact, [...TWO_SLOTS, "--taskserver", server.address]);
    expect(await server.view("DisBatch status")).toEqual({ encoding: "ASTR", text: "<Starting...>" });
    server.signIn();
    server.submit(tasks.line("a"));
    const a = await tasks.started("a");
    expect(a.variables).toMatchObject({ DISBATCH_KVSSTCP_HOST: server.address, DISBATCH_NAMETASKS: "STREAM" });
    server.submit("echo b\n#DISBATCH BARRIER CHECK all done\n", "#DISBATCH PREFIX exit ");
    expect(await server.result()).toMatchObject({ TaskId: 1, ReturnCode: 0, OutData: "b\n" });
    await a.exit(0);
    expect(await server.result()).toMatchObject({ TaskId: 0, ReturnCode: 0 });
    expect(await server.get("all done")).toBe("2");
    server.submit("7");
    expect(await server.result()).toMatchObject({ TaskId: 3, ReturnCode: 7, Flags: "R   ", TaskCmd: "exit 7" });
    server.done();
    expect(await run.exited).toEqual(DONE);
    expect(run.stderr()).not.toContain("has no effect");
    expect(workspace.read("run_tasks.txt")).toContain("#DISBATCH PREFIX exit \n7\n");
  });

  test("tells the monitor of disBatch where it stands, in its words", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const server = await openProgramServer();
    workspace.writeTasks(tasks.line("a"), "exit 4", "#DISBATCH BARRIER", "true");
    const run = workspace.run(artifact, [...TWO_SLOTS, "--kvsserver", server.address, "--", "Tasks"]);
    const a = await tasks.started("a");
    const engine = { rank: 0, cRank: 0, active: 2, assigned: 1, failed: 1, finished: 1, status: "running" };
    // The second task, and the news of it, may come later than the first one's call.
    await expect
      .poll(() => statusOf(server), { timeout: PATIENCE })
      .toMatchObject({
        more: "More tasks.",
        barriers: 1,
        contexts: { 0: { label: "SSH0" } },
        currentReturnCode: 4,
        engines: { 0: engine },
        activeCylinders: 2,
      });
    const { engines } = await statusOf(server);
    expect(Object.keys(Object(engines)["0"])).toEqual([
      ...["rank", "cRank", "hostname", "pid", "active", "assigned", "cylinders", "failed", "finished"],
      ...["start", "status", "last"],
    ]);
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    expect(await statusOf(server)).toMatchObject({ more: "No more tasks.", engines: { 0: { status: "stopped" } } });
  });

  test("drains with exit code 2 at a directive that it refuses, and names its place", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const server = await openProgramServer();
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "--taskserver", server.address]);
    server.signIn();
    server.submit(tasks.line("a"));
    const a = await tasks.started("a");
    server.submit(tasks.line("b"), "#DISBATCH BARIER", tasks.line("c"));
    await run.stderrShows(/testing:3:11: error: .*BARIER/);
    await a.exit(0);
    expect((await run.exited).code).toBe(2);
    expect(tasks.order).toEqual(["a"]);
  });

  test("drains with exit code 3 when the server goes away, and prints a command that runs the rest", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const server = await openProgramServer();
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "--taskserver", server.address]);
    server.signIn();
    server.submit(tasks.line("a"), "echo b > b", "echo c > c");
    const a = await tasks.started("a");
    await until(
      () => existsSync(workspace.path("run_tasks.txt")) && workspace.read("run_tasks.txt").includes("echo c"),
      () => "all lines to be taken",
    );
    await server.close();
    await run.stderrShows(/the key-value server at \S+ is gone/);
    await a.exit(0);
    expect((await run.exited).code).toBe(3);
    expect(run.stderr()).toMatch(/1 result could not be put on the key-value server/);
    expect(workspace.status()).toMatchObject([{ taskId: 0, returnCode: 0 }]);
    const hint = hintsIn(run.stderr()).at(-1)?.command ?? "";
    expect(hint).toMatch(/run_tasks\.txt$/);
    execFileSync("/bin/bash", ["-c", hint], { cwd: "/", env: workspace.env, stdio: "ignore" });
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([0, 1, 2]);
    expect([existsSync(workspace.path("b")), tasks.order]).toEqual([true, ["a"]]);
  });

  test("goes on with a program that has signed in when the driver was killed, and loses no result", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const server = await openProgramServer();
    const killed = workspace.run(artifact, [...TWO_SLOTS, "--taskserver", server.address]);
    server.signIn();
    server.submit("echo one", tasks.line("a"), "#DISBATCH BARRIER passed");
    expect(await server.result()).toMatchObject({ TaskId: 0 });
    const a = await tasks.started("a");
    killed.signal("SIGKILL");
    await killed.exited;
    server.submit("echo three");
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await recovered.stderrShows(/going on with the run/);
    await a.exit(5);
    const seen = new Set<number>();
    while (!seen.has(1) || !seen.has(3)) {
      const { TaskId: id, ReturnCode: code } = await server.result();
      expect(code).toBe(id === 1 ? 5 : 0);
      seen.add(id);
    }
    expect(await server.get("passed")).toBe("2");
    server.done();
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a"]);
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([0, 1, 2, 3]);
  });

  test("is refused before anything runs when no server answers, or its option has taken the task file", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo > ran");
    const server = await openProgramServer();
    await server.close();
    const run = workspace.run(artifact, [...TWO_SLOTS, `--kvsserver=${server.address}`, "Tasks"]);
    expect((await run.exited).code).toBe(3);
    expect(run.stderr()).toContain(server.address);
    const taken = workspace.run(artifact, [...TWO_SLOTS, "--kvsserver", "Tasks"]);
    expect((await taken.exited).code).toBe(2);
    expect(taken.stderr()).toMatch(/'Tasks'.*a task file goes before this option/);
    expect(existsSync(workspace.path("ran"))).toBe(false);
  });
});
