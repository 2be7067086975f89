import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { singleExecutable } from "../support/artifacts.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";
import { openCluster, openNodeTasks, type Cluster } from "./cluster/fixture.ts";

const SCRIPT = path.join(path.dirname(singleExecutable.file), "bin", "disbatch");

/** Slurm signals the processes of a step in no order that is known. */
const ROUNDS = 4;

/** How long a job of one minute may take to end, in milliseconds: Slurm looks at time limits every 30 s, and kills 5 s later. */
const LIMIT_PATIENCE = 200_000;

/** Submits disbatch itself; resolves to the job's id. */
async function submitItself(cluster: Cluster, sbatch: readonly string[], args: readonly string[]): Promise<string> {
  const id = await cluster.ask(
    "sbatch",
    "--parsable",
    "-o",
    cluster.work.path("job-%j.out"),
    ...sbatch,
    SCRIPT,
    ...args,
  );
  return id.trim();
}

/** Runs the command that a run has printed to go on with; resolves when its job has ended. */
async function goOn(cluster: Cluster, output: string): Promise<string> {
  const [, words = ""] = /^disbatch: to run the rest: (.*)$/m.exec(output) ?? [];
  expect(words).toMatch(/^cd \S+ && sbatch -n \d+ .*-r \S+_status\.txt /);
  // Pasted somewhere else.
  const pasted = `cd / && ${words.replace("&& sbatch ", "&& sbatch --parsable -o job-%j.out ")}`;
  const submitted = await cluster.ask("/bin/sh", "-c", pasted);
  const { state, output: again } = await cluster.job(submitted.trim());
  expect(state).toBe("COMPLETED");
  return again;
}

/** Every task of the run `run` has exactly one outcome, and that is success. */
function expectComplete(work: Workspace, tasks: number): void {
  const outcomes = work.status().filter(({ flags }) => !flags.includes("S"));
  expect(outcomes.map(({ taskId }) => taskId).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: tasks }, (_, i) => i),
  );
  expect(outcomes.filter(({ returnCode }) => returnCode !== 0)).toEqual([]);
}

describe("a job that is cancelled", () => {
  test("says what is left and how to go on, and nothing that was cut short counts as done", async () => {
    const cluster = openCluster();
    const lines = [
      "echo >> started",
      "#DISBATCH REPEAT 4 echo >> started; until [ -e go ]; do sleep 0.05; done",
      "true",
    ];
    cluster.work.writeTasks(...lines);
    const id = await submitItself(cluster, ["-n5"], ["-p", "run", "Tasks"]);
    // What ends right before the signal says nothing.
    await cluster.untilJob(id, () => startedIn(cluster.work) === 5 && cluster.work.status().length === 2);
    await cluster.ask("scancel", id);
    const { state, output } = await cluster.job(id);
    expect(state).toBe("CANCELLED");
    expect(output).toContain("2 of 6 tasks done");
    expect(output).toContain("ended early: terminated");
    expect(cluster.work.status()).toHaveLength(2);
    cluster.work.write("go", "");
    expect(await goOn(cluster, output)).toContain("6 tasks done");
    expectComplete(cluster.work, 6);
  });

  test("counts nothing as done whose shell went on when what it waited for had been ended", async () => {
    const cluster = openCluster();
    cluster.work.writeTasks("#DISBATCH REPEAT 40 echo >> started; sleep 1000; echo after >> after");
    for (let round = 0; round < ROUNDS; round++) {
      cluster.work.write("started", "");
      const id = await submitItself(cluster, ["-n12"], ["-p", `run${round}`, "Tasks"]);
      await cluster.untilJob(id, () => startedIn(cluster.work) === 12);
      await cluster.ask("scancel", id);
      const { output } = await cluster.job(id);
      expect(output).toContain("0 of 40 tasks done, 12 cut short, 28 not run");
      expect(cluster.work.read(`run${round}_status.txt`)).toBe("");
    }
  });

  test("takes with it what its tasks have left in sessions of their own", async () => {
    const cluster = openCluster();
    cluster.work.writeTasks("setsid sleep 1000 & echo >> started; until [ -e never ]; do sleep 0.05; done");
    const id = await submitItself(cluster, ["-n1"], ["-p", "run", "Tasks"]);
    await cluster.untilJob(id, () => startedIn(cluster.work) === 1);
    // The task goes on while what it leaves is still being started.
    await until(
      () => cluster.processesOn("node1").some(({ command }) => command === "sleep 1000"),
      () => "what the task has left runs on node1",
    );
    await cluster.ask("scancel", id);
    // Whatever is left on a node fails the test.
    expect((await cluster.job(id)).output).toContain("ended early: terminated");
    expect(cluster.work.status()).toEqual([]);
  });

  test("lets tasks finish that need only a moment more", async () => {
    const cluster = openCluster();
    // Slurm's SIGTERM reaches the task as well, which does not mind.
    cluster.work.writeTasks("trap 'sleep 0.3; exit 0' TERM; echo >> started; until [ -e never ]; do sleep 0.05; done");
    const id = await submitItself(cluster, ["-n1"], ["-p", "run", "Tasks"]);
    await cluster.untilJob(id, () => startedIn(cluster.work) === 1);
    await cluster.ask("scancel", id);
    const { output } = await cluster.job(id);
    expect(output).toContain("1 task done");
    expectComplete(cluster.work, 1);
  });
});

test("the end of the time limit is an end that can be gone on from", async () => {
  const cluster = openCluster();
  cluster.work.writeTasks("#DISBATCH REPEAT 3 until [ -e go ]; do sleep 0.1; done");
  const id = await submitItself(cluster, ["-n2", "-t1"], ["-p", "run", "Tasks"]);
  const { state, output } = await cluster.job(id, LIMIT_PATIENCE);
  expect(state).toBe("TIMEOUT");
  expect(output).toContain("0 of 3 tasks done");
  expect(cluster.work.status()).toEqual([]);
  cluster.work.write("go", "");
  expect(await goOn(cluster, output)).toContain("3 tasks done");
  expectComplete(cluster.work, 3);
});

test("tasks that hear of the end of the time limit and finish well in time are done", async () => {
  const cluster = openCluster();
  // They have half of the 5 s that Slurm waits. Its second signal may end one of the short waits, and not what is left to do.
  const ending = "for i in {1..3}; do sleep 0.2; done; exit 0";
  const finishing = `trap '${ending}' TERM; echo >> started; until [ -e never ]; do sleep 0.2; done`;
  cluster.work.writeTasks(`#DISBATCH REPEAT 6 ${finishing}`);
  // At that end Slurm signals the engine's step twice.
  const id = await submitItself(cluster, ["-n4", "-t1"], ["-p", "run", "Tasks"]);
  const { output } = await cluster.job(id, LIMIT_PATIENCE);
  expect(output).toContain("4 of 6 tasks done, 2 not run");
  expect(cluster.work.status().map(({ returnCode }) => returnCode)).toEqual([0, 0, 0, 0]);
});

test("the warning that users can ask for starts nothing new and lets what runs finish", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(tasks.line("a"), "true");
  const id = await submitItself(cluster, ["-n1", "--signal=B:USR1"], ["-p", "run", "Tasks"]);
  const running = await tasks.started("a");
  await cluster.ask("scancel", "--signal=USR1", "--batch", id);
  await cluster.untilJob(id, () => cluster.output(id).includes("no more tasks are started"));
  await running.exit(0);
  const { code, output } = await cluster.job(id);
  expect(code).toBe(3);
  expect(output).toContain("1 of 2 tasks done");
  await goOn(cluster, output);
  expectComplete(cluster.work, 2);
});

test("a program in a folder with a blank is submitted, warned and submitted once more, with its caller's environment", async () => {
  const cluster = openCluster();
  const { work } = cluster;
  const script = work.path("some folder/my disbatch/bin/disbatch");
  mkdirSync(path.dirname(script), { recursive: true });
  copyFileSync(SCRIPT, script);
  symlinkSync(singleExecutable.file, work.path("some folder/my disbatch/disbatch"));
  work.writeTasks("env -0 > seen; f > said", "echo >> started; until [ -e go ]; do sleep 0.1; done", "true");
  const env = { "BASH_FUNC_f%%": "() {  echo from a function\n}", "a.b": "1", "x y": "2", NL: "one\ntwo" };
  const sbatch = ["--parsable", "-o", work.path("job-%j.out"), "-n1", "-t2", "--signal=B:USR2@60"];
  const run = cluster.login("sbatch", [...sbatch, script, "-p", "run", "Tasks"], { env });
  expect((await run.exited).code).toBe(0);
  const id = run.stdout().trim();
  await cluster.untilJob(id, () => cluster.output(id).includes("no more tasks are started"), LIMIT_PATIENCE);
  work.write("go", "");
  const { output } = await cluster.job(id);
  const seen = work.read("seen").split("\0");
  for (const [name, value] of Object.entries(env)) expect(seen).toContain(`${name}=${value}`);
  expect(work.read("said")).toBe("from a function\n");
  expect(output).toMatch(
    /^disbatch: to run the rest: cd \S+ && sbatch -n 1 .*-t 00:02:00 --signal=B:USR2@60 '.*' -r /m,
  );
  await goOn(cluster, output);
  expectComplete(work, 3);
});

test("nothing is started when no more time is left than tasks need", async () => {
  const cluster = openCluster();
  cluster.work.writeTasks("true", "true");
  const id = await submitItself(cluster, ["-n1", "-t1"], ["--min-time-left", "3600", "-p", "run", "Tasks"]);
  const { code, output } = await cluster.job(id);
  expect(code).toBe(3);
  expect(output).toContain("the time that is left is not enough to start more tasks");
});

function startedIn(work: Workspace): number {
  try {
    return work.read("started").length;
  } catch {
    return 0;
  }
}
