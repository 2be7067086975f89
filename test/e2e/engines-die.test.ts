import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import type { ControlledTask } from "../support/controlled-task.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun, Exit } from "../support/run-disbatch.ts";
import { allGone, engineOf, signalIfThere } from "../support/run-processes.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const ONE_SLOT = ["-s", "localhost:1", "-p", "run"];

describe.each(artifacts)("the $name", (artifact) => {
  test("runs the tasks of an engine that is killed again, as their next attempt, and nothing of the first is left", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, [...ONE_SLOT, "Tasks"]);
    const first = await tasks.started("a");
    expect(first.variables).toMatchObject({ DISBATCH_ATTEMPT: "1", DISBATCH_ENGINE_RANK: "0" });
    await first.run("trap '' TERM; sleep 1000 3>&- & setsid sleep 1001 3>&- &");
    process.kill(await engineOf(workspace), "SIGKILL");
    const second = await tasks.started("a");
    expect(workspace.processes().filter(({ command }) => /^sleep 100/.test(command))).toEqual([]);
    await first.ended;
    expect(second.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
    await second.exit(0);
    const b = await tasks.started("b");
    expect(b.variables).toMatchObject({ DISBATCH_ATTEMPT: "1" });
    await b.exit(0);
    expect(await ended(workspace, run)).toEqual({ code: 0, signal: null });
    expect(run.stderr()).toMatch(/engine 0 on \S+ is lost: it ended with SIGKILL/);
    expect(run.stderr()).toMatch(/another engine is started on/);
    expect(outcomes(workspace)).toEqual([
      [0, second.pid, 0],
      [1, b.pid, 0],
    ]);
  });

  test("gives a task up when as many engines have died running it as --crash-limit says, and does the others", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true", "kill -9 $PPID; sleep 1000", "true");
    const run = workspace.run(artifact, ["--crash-limit", "1", "-e", ...ONE_SLOT, "Tasks"]);
    expect(await ended(workspace, run)).toEqual({ code: 1, signal: null });
    expect(returnCodes(workspace)).toEqual({ 0: 0, 1: -100, 2: 0 });
    expect(run.stderr()).toMatch(/^ {2}task 1 \(line 2\): .*\n.*kill -9.*\n.*given up: .* died running it/m);
  });

  test("runs what was beside such a task apart from it, and gives up nothing but that task", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("killer"), tasks.line("neighbour"));
    const run = workspace.run(artifact, ["--crash-limit", "2", "-s", "localhost:2", "-p", "run", "Tasks"]);
    await tasks.started("neighbour");
    await killEngine(await tasks.started("killer"));
    await killEngine(await tasks.started("killer"));
    await (await tasks.started("neighbour")).exit(0);
    expect(tasks.order.slice(2)).toEqual(["killer", "neighbour"]);
    expect(await ended(workspace, run)).toEqual({ code: 0, signal: null });
    expect(returnCodes(workspace)).toEqual({ 0: -100, 1: 0 });
  });

  test("tells the attempts of a task that kills its engines apart, up to the limit", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo $DISBATCH_ATTEMPT >> attempts; kill -9 $PPID; sleep 1000", "true");
    const run = workspace.run(artifact, ["--crash-limit", "2", ...ONE_SLOT, "Tasks"]);
    expect(await ended(workspace, run)).toEqual({ code: 0, signal: null });
    expect(workspace.read("attempts")).toBe("1\n2\n");
    expect(returnCodes(workspace)).toEqual({ 0: -100, 1: 0 });
  });

  test("exits with 3 and the command that resumes when its only engine is killed and none is to be started again", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["--engine-restarts", "0", ...ONE_SLOT, "Tasks"]);
    const a = await tasks.started("a");
    process.kill(await engineOf(workspace), "SIGKILL");
    await a.ended;
    expect(await ended(workspace, run)).toEqual({ code: 3, signal: null });
    expect(run.stderr()).toMatch(/no engine is left/);
    expect(run.stderr()).toMatch(
      /to run the rest: cd \S+ && .*disbatch\S* -r \S*run_status\.txt --engine-restarts 0 -s localhost:1 -p run Tasks\n/,
    );
    expect(workspace.status()).toEqual([]);
    expect(tasks.hasStarted("b")).toBe(false);
    const rest = workspace.run(artifact, ["-r", "run_status.txt", ...ONE_SLOT, "Tasks"]);
    for (const name of ["a", "b"]) await (await tasks.started(name)).exit(0);
    expect(await ended(workspace, rest)).toEqual({ code: 0, signal: null });
    expect(returnCodes(workspace)).toEqual({ 0: 0, 1: 0 });
  });

  test("waits for others with --wait-for-engines when its only engine is killed and none is to be started again", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["--engine-restarts", "0", "--wait-for-engines", ...ONE_SLOT, "Tasks"]);
    const first = await tasks.started("a");
    process.kill(await engineOf(workspace), "SIGKILL");
    await first.ended;
    await run.stderrShows(/waiting for engines; add some with: \S*run_dbUtil\.sh -s HOST:COUNT/);
    const added = util(workspace, "-s", "localhost:1");
    const second = await tasks.started("a");
    expect(second.variables).toMatchObject({ DISBATCH_ATTEMPT: "2" });
    await second.exit(0);
    expect(await ended(workspace, run)).toEqual({ code: 0, signal: null });
    expect(await added.exited).toEqual({ code: 0, signal: null });
  });

  test("runs the tasks of an engine that was frozen for longer than its lease again, and it has ended them when it wakes", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["--lease", "1", ...ONE_SLOT, "Tasks"]);
    const first = await tasks.started("a");
    const engine = await engineOf(workspace);
    process.kill(engine, "SIGSTOP");
    // Its watchdog does that while it is frozen.
    await first.ended;
    await run.stderrShows(/engine 0 on \S+ is out of touch: it gives no sign of life/);
    // Its driver may have given it up, and ended it, by now.
    signalIfThere(engine, "SIGCONT");
    const second = await tasks.started("a");
    expect(second.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
    await second.exit(0);
    expect(await ended(workspace, run)).toEqual({ code: 0, signal: null });
    expect(outcomes(workspace)).toEqual([[0, second.pid, 0]]);
  });

  test.each(["SIGTERM", "SIGUSR1"] as const)(
    "drains an engine that is sent %s: what runs may finish, and others take the rest",
    async (signal) => {
      const workspace = openWorkspace();
      const { tasks, run, added, first } = await startTwoEngines(artifact, workspace, []);
      process.kill(first.engine, signal);
      await run.stderrShows(new RegExp(`engine 0 on \\S+ is leaving: ${signal} received`));
      await (await tasks.started("b")).exit(0);
      await (await tasks.started("c")).exit(0);
      await first.task.exit(0);
      expect(await ended(workspace, run)).toEqual({ code: 0, signal: null });
      expect(await added.exited).toEqual({ code: 0, signal: null });
      expect(tasks.order).toEqual(["a", "b", "c"]);
      expect(returnCodes(workspace)).toEqual({ 0: 0, 1: 0, 2: 0 });
    },
  );

  test("ends what runs longer than --drain-timeout on an engine that leaves, and runs it again elsewhere", async () => {
    const workspace = openWorkspace();
    const { tasks, run, added, first } = await startTwoEngines(artifact, workspace, ["--drain-timeout", "0.5"]);
    process.kill(first.engine, "SIGTERM");
    await first.task.ended;
    const finish = async (name: string): Promise<ControlledTask> => {
      const task = await tasks.started(name);
      await task.exit(0);
      return task;
    };
    // The second engine runs one at a time, and may have been given `c` before.
    const [again] = await Promise.all([finish("a"), finish("b"), finish("c")]);
    expect(again.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
    expect(await ended(workspace, run)).toEqual({ code: 0, signal: null });
    expect(await added.exited).toEqual({ code: 0, signal: null });
    expect(returnCodes(workspace)).toEqual({ 0: 0, 1: 0, 2: 0 });
  });
});

/** Engine 0 runs the task `a`, engine 1 the task `b`; a third, `c`, is left. */
async function startTwoEngines(artifact: Artifact, workspace: Workspace, options: readonly string[]) {
  const tasks = await openTasks();
  workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
  const run = workspace.run(artifact, [...options, ...ONE_SLOT, "Tasks"]);
  const task = await tasks.started("a");
  const engine = await engineOf(workspace);
  const added = util(workspace, "-s", "localhost:1");
  await until(
    () => tasks.hasStarted("b"),
    () => "the second engine runs a task",
  );
  return { tasks, run, added, first: { task, engine } };
}

/** How the run has ended, once everything is gone: a watchdog looks around for a moment when its engine was killed. */
async function ended(workspace: Workspace, run: DisbatchRun): Promise<Exit> {
  const exit = await run.exited;
  await allGone(workspace);
  return exit;
}

/** Starts the dbUtil.sh of the run. */
function util(workspace: Workspace, ...args: readonly string[]): DisbatchRun {
  const file = workspace.path("run_dbUtil.sh");
  return workspace.run({ name: "the utility", file, command: [file] }, args);
}

function outcomes(workspace: Workspace): number[][] {
  return workspace.status().map(({ taskId, pid, returnCode }) => [taskId, pid, returnCode]);
}

function returnCodes(workspace: Workspace): Record<number, number> {
  return Object.fromEntries(workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode]));
}

/** Has a task kill the engine that runs it; resolves when it is gone, too. */
async function killEngine(task: ControlledTask): Promise<void> {
  await task.run("kill -9 $PPID").catch(() => undefined);
  await task.ended;
}
