import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import type { ControlledTasks } from "../support/controlled-tasks.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { KEEP_OPEN } from "../support/run-disbatch.ts";
import { engineOf } from "../support/run-processes.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

/** A child is without a session of its own for a moment only: in one of these rounds, at least, the signal finds one. */
const ROUNDS = 8;
/** Every task is a session of its own, and may get as large a share of a busy machine as driver and engine together. */
const BUSY_ROUND_MS = 40_000;
const TWO_SLOTS = ["-s", "localhost:2", "-p", "run", "Tasks"];

describe.each(artifacts)("the $name", (artifact) => {
  test("drains at the first Ctrl-C: what runs may finish, nothing new starts", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)), "#DISBATCH BARRIER", tasks.line("d"));
    const run = workspace.run(artifact, TWO_SLOTS);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    run.ctrlC();
    await run.stderrShows(/interrupt|ctrl-c/i);
    await a.exit(5);
    await b.exit(0);
    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(workspace.processes()).toEqual([]);
    expect(returnCodes(workspace)).toEqual({ 0: 5, 1: 0 });
    expect(tasks.order).toHaveLength(2);
    await resumeRuns(artifact, workspace, tasks, ["c", "d"]);
    expect(tasks.order.toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  test("ends everything at the second Ctrl-C, and interrupted tasks count as not done", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, TWO_SLOTS);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.run("sleep 1000 3>&- & (sleep 1001; sleep 1002) 3>&- &");
    run.ctrlC();
    await run.stderrShows(/interrupt|ctrl-c/i);
    run.ctrlC();
    await Promise.all([a.ended, b.ended]);
    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(workspace.processes()).toEqual([]);
    expect(workspace.status()).toEqual([]);
    await resumeRuns(artifact, workspace, tasks, ["a", "b", "c"]);
  });

  test.each(["SIGUSR1", "SIGUSR2"] as const)(
    "takes %s for the first Ctrl-C: the next one ends what runs",
    async (signal) => {
      const workspace = openWorkspace();
      const tasks = await openTasks();
      workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
      const run = workspace.run(artifact, TWO_SLOTS);
      const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
      run.signal(signal);
      await run.stderrShows(
        /interrupted: no more tasks are started, waiting for 2 running tasks \(Ctrl-C again ends them\)\n/,
      );
      run.ctrlC();
      await Promise.all([a.ended, b.ended]);
      expect(await run.exited).toEqual({ code: 130, signal: null });
      expect(workspace.status()).toEqual([]);
      expect(tasks.hasStarted("c")).toBe(false);
    },
  );

  test("ends what runs at the first Ctrl-C when the run has been stopped by its dbUtil.sh, and says so before", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, TWO_SLOTS);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    const utility: Artifact = { ...artifact, command: [workspace.path("run_dbUtil.sh")] };
    expect((await workspace.run(utility, ["--stop-run"]).exited).code).toBe(0);
    await run.stderrShows(/stopped on request: .* waiting for 2 running tasks \(Ctrl-C ends them\)\n/);
    run.ctrlC();
    await Promise.all([a.ended, b.ended]);
    expect((await run.exited).code).toBe(130);
    expect(workspace.status()).toEqual([]);
  });

  test("ends everything at SIGTERM, and interrupted tasks count as not done", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, TWO_SLOTS);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await b.exit(0);
    const c = await tasks.started("c");
    await a.run("sleep 1000 3>&- &");
    run.signal("SIGTERM");
    await Promise.all([a.ended, c.ended]);
    expect(await run.exited).toEqual({ code: 143, signal: null });
    expect(workspace.processes()).toEqual([]);
    expect(returnCodes(workspace)).toEqual({ 1: 0 });
    await resumeRuns(artifact, workspace, tasks, ["a", "c"]);
  });

  test("ends everything at the first failure with -f, and interrupted tasks count as not done", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, ["-f", ...TWO_SLOTS]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    await a.run("sleep 1000 3>&- &");
    await b.exit(3);
    await a.ended;
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(workspace.processes()).toEqual([]);
    expect(returnCodes(workspace)).toEqual({ 1: 3 });
    expect(tasks.hasStarted("c")).toBe(false);
    await resumeRuns(artifact, workspace, tasks, ["a", "c"]);
  });

  test("ends programs that a task has put into process groups of their own", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, TWO_SLOTS);
    const a = await tasks.started("a");
    // timeout makes itself the leader of a new group; so does every job of a shell with job control.
    await a.run("timeout 1000 sleep 1000 3>&- &");
    await a.run("set -m; sleep 1001 3>&- & set +m");
    run.signal("SIGTERM");
    expect(await run.exited).toEqual({ code: 143, signal: null });
    expect(workspace.processes()).toEqual([]);
  });

  test("ends what finished tasks have left in the background, too", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    await a.run("sleep 1000 3>&- & (sleep 1001 3>&- &)");
    await a.exit(0);
    await tasks.started("b");
    run.signal("SIGTERM");
    expect(await run.exited).toEqual({ code: 143, signal: null });
    expect(workspace.processes()).toEqual([]);
    expect(returnCodes(workspace)).toEqual({ 0: 0 });
  });

  test("kills what does not end when it is told to", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, TWO_SLOTS);
    const a = await tasks.started("a");
    await a.run("trap '' TERM; sleep 1000 3>&- &");
    run.signal("SIGTERM");
    await a.ended;
    expect(await run.exited).toEqual({ code: 143, signal: null });
    expect(workspace.processes()).toEqual([]);
    expect(workspace.status()).toEqual([]);
  });

  test("runs stop commands when it drains", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("#DISBATCH PERENGINE STOP echo stopped > stopped", tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    run.signal("SIGINT");
    await run.stderrShows(/interrupt|ctrl-c/i);
    await a.exit(0);
    expect((await run.exited).code).toBe(130);
    expect(workspace.read("stopped")).toBe("stopped\n");
  });

  test("ends at once at Ctrl-C when it only waits for its input", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-"], { stdin: KEEP_OPEN });
    run.stdin.write(`${tasks.line("a")}\n`);
    await (await tasks.started("a")).exit(0);
    run.ctrlC();
    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(returnCodes(workspace)).toEqual({ 0: 0 });
  });
});

describe.each(artifacts)("the $name", (artifact) => {
  test(
    "takes no task for failed that a signal to its engine's processes has ended before it had a session of its own",
    { timeout: ROUNDS * BUSY_ROUND_MS },
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const workspace = openWorkspace();
        workspace.writeTasks("#DISBATCH REPEAT 100000 :");
        const run = workspace.run(artifact, ["-s", "localhost:4", "-p", "run", "Tasks"]);
        await until(
          () => startedIn(workspace) > 50,
          () => `tasks to end\n${run.stderr()}`,
          BUSY_ROUND_MS,
        );
        // As the end of a login would, or whoever ends a process by its group.
        process.kill(-(await engineOf(workspace)), "SIGTERM");
        expect((await run.exited).code).toBe(3);
        expect(workspace.status().filter(({ returnCode }) => returnCode !== 0)).toEqual([]);
      }
    },
  );
});

/** Lines of the status file. */
function startedIn(workspace: Workspace): number {
  try {
    return workspace.read("run_status.txt").split("\n").length;
  } catch {
    return 0;
  }
}

function returnCodes(workspace: Workspace): Record<number, number> {
  return Object.fromEntries(workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode]));
}

/** Resumes into the same status file: exactly these tasks start, and all of them are done in the end. */
async function resumeRuns(artifact: Artifact, workspace: Workspace, tasks: ControlledTasks, names: readonly string[]) {
  const before = tasks.order.length;
  const run = workspace.run(artifact, ["-r", "run_status.txt", ...TWO_SLOTS]);
  for (const name of names) await (await tasks.started(name)).exit(0);
  expect((await run.exited).code).toBe(0);
  expect(tasks.order.slice(before).toSorted()).toEqual([...names].toSorted());
}
