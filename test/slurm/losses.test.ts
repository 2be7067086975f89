import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { singleExecutable } from "../support/artifacts.ts";
import type { ControlledTask } from "../support/controlled-task.ts";
import type { ControlledTasks } from "../support/controlled-tasks.ts";
import { LOSS_PATIENCE, openCluster, openNodeTasks } from "./cluster/fixture.ts";
import { enginesOf } from "./journal.ts";
import { enginesOn, nodeOf } from "./on-nodes.ts";

test("a node that is lost costs its tasks an attempt, and the run goes on without it", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
  const id = await cluster.submit(
    singleExecutable,
    ["-N3", "-n3", "--no-kill"],
    ["--lease", "3", "-p", "run", "Tasks"],
  );
  const running = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
  const nodes = await Promise.all(running.map((task) => nodeOf(task, cluster.work)));
  const lost = running[nodes.indexOf("node3")];
  if (lost === undefined) throw new Error("no task on node3");
  await cluster.crash("node3");
  // Whoever has nothing to do waits for what becomes of an engine that is out of touch.
  await cluster.untilJob(id, () => cluster.output(id).includes("on node3 is out of touch"));
  const others = running.filter((task) => task !== lost);
  await others[0]?.exit(0);
  const again = await tasks.started(lost.name);
  expect(again.variables["DISBATCH_ATTEMPT"]).toBe("2");
  for (const task of [again, others[1]]) await task?.exit(0);
  const { state, output } = await cluster.job(id);
  expect([state, output]).toEqual(["COMPLETED", expect.stringMatching(/engine \d on node3 is lost/)]);
  expect(cluster.work.status().map(({ returnCode }) => returnCode)).toEqual([0, 0, 0]);
});

test("an engine that is killed takes its tasks with it, which are run again at once", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(tasks.line("a"));
  const id = await cluster.submit(singleExecutable, ["-N1", "-n1"], ["-p", "run", "Tasks"]);
  const first = await tasks.started("a");
  const [engine] = enginesOn(cluster, "node1");
  if (engine === undefined) throw new Error("there is no engine");
  process.kill(engine, "SIGKILL");
  await first.ended;
  await (await tasks.started("a")).exit(0);
  expect(await cluster.job(id)).toMatchObject({ state: "COMPLETED" });
  expect(enginesOf(cluster.work)).toHaveLength(2);
});

test("a driver that is killed while its allocation goes on is followed by another", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(tasks.line("a"), tasks.line("b"), tasks.line("c"));
  const [file, ...words] = singleExecutable.command;
  const command = [file, ...words].join(" ");
  cluster.work.write(
    "session",
    `${command} -p run Tasks & echo $! > driver; wait; until [ -e on ]; do sleep 0.05; done; ${command} --recover run`,
  );
  const session = cluster.login("salloc", ["-N2", "-n2", "/bin/bash", "session"]);
  const running = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
  const driver = Number(cluster.work.read("driver"));
  if (driver === 0) throw new Error("nobody has said which process the driver is");
  process.kill(driver, "SIGKILL");
  await session.stderrShows(/the driver was killed, and nothing is lost/);
  cluster.work.write("on", "");
  await session.stderrShows(/going on with the run .* 2 engines may still be there/);
  for (const task of running) await task.exit(0);
  await (await tasks.started("c")).exit(0);
  expect(await session.exited).toMatchObject({ code: 0 });
  expect(session.stderr()).toContain("3 tasks done");
});

/** The next first start of a task. An engine that hears late of the end may have started once more what another gave back. */
async function startedAnew(tasks: ControlledTasks, name: string): Promise<ControlledTask> {
  for (;;) {
    const task = await tasks.started(name);
    if (task.variables["DISBATCH_ATTEMPT"] === "1") return task;
  }
}

test("a job that is requeued takes its run up again by itself", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(tasks.line("a"), tasks.line("b"), tasks.line("c"));
  const id = await cluster.submit(singleExecutable, ["-N2", "-n2", "--requeue"], ["--requeue-resume", "Tasks"]);
  const [first, second] = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
  await first?.exit(0);
  await tasks.started("c");
  // What ends right before the signal says nothing.
  await cluster.untilJob(id, () => cluster.work.status(`Tasks_disBatch_J${id}_status.txt`).length === 1);
  await cluster.ask("scontrol", "requeue", id);
  await second?.ended;
  const again = await Promise.all(["b", "c"].map((name) => startedAnew(tasks, name)));
  for (const task of again) await task.exit(0);
  const { state, output } = await cluster.job(id);
  expect([state, output]).toEqual(["COMPLETED", expect.stringContaining(`job ${id} was requeued`)]);
  expect(
    cluster.work
      .status(`Tasks_disBatch_J${id}_status.txt`)
      .map(({ taskId }) => taskId)
      .toSorted((a, b) => a - b),
  ).toEqual([0, 1, 2]);
});

test("a job that is requeued since the driver's node was lost goes on somewhere else", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks("true", tasks.line("a"));
  const id = await cluster.submit(singleExecutable, ["-N1", "-n1", "--requeue"], ["--requeue-resume", "Tasks"]);
  await tasks.started("a");
  const node = (await cluster.look(id))["BatchHost"];
  if (node !== "node1") throw new Error(`the job runs on ${node}`);
  await cluster.crash(node);
  await cluster.untilDown(node);
  // Slurm may let the job wait, and its first step as well, until it is sure that nothing of the lost node is left.
  await cluster.untilJob(id, ({ JobState, Restarts }) => JobState === "RUNNING" && Restarts === "1", LOSS_PATIENCE);
  const again = await tasks.started("a");
  await again.exit(0);
  const { state, output } = await cluster.job(id);
  expect([state, output]).toEqual(["COMPLETED", expect.stringContaining(`job ${id} was requeued`)]);
  const prefix = `Tasks_disBatch_J${id}`;
  expect(cluster.work.status(`${prefix}_status.txt`).map(({ taskId }) => taskId)).toEqual([0, 1]);
  const left = readdirSync(cluster.work.folder).filter((name) =>
    /_(?:run\.lock|recovery\.json|contact\.json)$/.test(name),
  );
  expect(left).toEqual([]);
});

test("a run whose job has ended without a word is resumed under its own name, wherever the next job runs", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks("true", tasks.line("a"));
  const first = await cluster.submit(singleExecutable, ["-n1", "--nodelist=node1"], ["-p", "run", "Tasks"]);
  await tasks.started("a");
  const [driver] = cluster.processesOn("node1").filter(({ command }) => command.endsWith("-p run Tasks"));
  if (driver === undefined) throw new Error("there is no driver on node1");
  process.kill(driver.pid, "SIGKILL");
  await cluster.job(first);
  // The line may come after the end of the job: a process that outlives the driver prints it.
  const toGoOn = /when this job has ended, to go on: cd \S+ && \S*disbatch -r/;
  await cluster.untilJob(first, () => toGoOn.test(cluster.output(first)));
  const words = ["-r", "run_status.txt", "-p", "run", "Tasks"];
  for (const node of ["node2", "node1"]) {
    const again = await cluster.submit(singleExecutable, ["-n1", `--nodelist=${node}`], words);
    if (node === "node2") await (await tasks.started("a")).exit(0);
    expect(await cluster.job(again)).toMatchObject({ state: "COMPLETED", code: 0 });
  }
  expect(cluster.work.status().map(({ taskId }) => taskId)).toEqual([0, 1]);
});
