import { describe, expect, test } from "vitest";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import { openCluster, openNodeTasks } from "./cluster/fixture.ts";
import { enginesOf } from "./journal.ts";

describe.each(artifacts)("$name", (artifact) => {
  test("jobs and job arrays add themselves to a run that has begun without engines, beside other hosts", async () => {
    const cluster = openCluster();
    const tasks = await openNodeTasks();
    const names = ["a", "b", "c", "d", "e"];
    cluster.work.writeTasks(...names.map((name) => tasks.line(name)), "#DISBATCH REPEAT 20 true");
    const run = cluster.login(artifact.command[0], [...artifact.command.slice(1), "-S", "-p", "run", "Tasks"]);
    await run.stderrShows(/waiting for engines; add some with: \S+run_dbUtil\.sh/);
    const util = cluster.work.path("run_dbUtil.sh");
    const output = ["-o", cluster.work.path("job-%j.out")];
    const job = (await cluster.ask("sbatch", "--parsable", ...output, "-N2", "-n2", util)).trim();
    const array = (await cluster.ask("sbatch", "--parsable", ...output, "--array=1-2", "-n1", util)).trim();
    const local = cluster.login(util, ["-s", "localhost:1"]);
    const running = await Promise.all(names.map((name) => tasks.started(name)));
    const contexts = enginesOf(cluster.work).map(({ context }) => context);
    expect(contexts.filter((label) => label === `J${job}`)).toHaveLength(2);
    expect(contexts.filter((label) => /^J\d+$/.test(label))).toHaveLength(4);
    expect(new Set(contexts).size).toBe(4);
    expect(contexts).toContain(`J${array}`);
    await Promise.all(running.map((task) => task.exit(0)));
    expect(await run.exited).toMatchObject({ code: 0 });
    expect(await local.exited).toMatchObject({ code: 0 });
    expect((await cluster.job(job)).state).toBe("COMPLETED");
    await cluster.untilEmpty();
    expect(cluster.work.status()).toHaveLength(25);
  });
});

test("a job that gets its turn when the run has ended says so and succeeds", async () => {
  const cluster = openCluster();
  cluster.work.writeTasks("true");
  const run = cluster.login(singleExecutable.file, ["-s", "localhost:1", "-p", "run", "Tasks"]);
  expect(await run.exited).toMatchObject({ code: 0 });
  const output = ["-o", cluster.work.path("job-%j.out")];
  const id = (await cluster.ask("sbatch", "--parsable", ...output, "-n4", cluster.work.path("run_dbUtil.sh"))).trim();
  expect(await cluster.job(id)).toEqual({
    ...{ state: "COMPLETED", code: 0, signal: 0, output: "run_dbUtil.sh: the run has ended: nothing to do\n" },
  });
});

test("a job that helps leaves when nothing is left for it, while the run goes on", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(tasks.line("a"), tasks.line("b"));
  const run = cluster.login(singleExecutable.file, ["-S", "-p", "run", "Tasks"]);
  await run.stderrShows(/waiting for engines/);
  const local = cluster.login(cluster.work.path("run_dbUtil.sh"), ["-s", "localhost:1"]);
  const here = await tasks.started("a");
  const output = ["-o", cluster.work.path("job-%j.out")];
  const id = (await cluster.ask("sbatch", "--parsable", ...output, "-n1", cluster.work.path("run_dbUtil.sh"))).trim();
  await (await tasks.started("b")).exit(0);
  expect((await cluster.job(id)).state).toBe("COMPLETED");
  await here.exit(0);
  expect(await run.exited).toMatchObject({ code: 0 });
  await local.exited;
});

test("a run in a job of one node is reached from the login node, and by a job on another node", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(...["a", "b"].map((name) => tasks.line(name)));
  const id = await cluster.submit(singleExecutable, ["-n1", "--nodelist=node1"], ["-p", "run", "Tasks"]);
  const a = await tasks.started("a");
  const util = cluster.work.path("run_dbUtil.sh");
  expect(await cluster.ask(util, "--status")).toMatch(/0 of 2 tasks done, 0 failed, 1 running/);
  const output = ["-o", cluster.work.path("job-%j.out")];
  const helping = ["sbatch", "--parsable", ...output, "-n1", "--nodelist=node2", util] as const;
  const helper = (await cluster.ask(...helping)).trim();
  await (await tasks.started("b")).exit(0);
  expect(new Set(enginesOf(cluster.work).map(({ node }) => node))).toEqual(new Set(["node1", "node2"]));
  await a.exit(0);
  for (const job of [id, helper]) expect((await cluster.job(job)).state).toBe("COMPLETED");
});

test("a job that helps has engines on all of its nodes, also when it runs where the driver does", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
  const id = await cluster.submit(singleExecutable, ["-n1", "--nodelist=node1"], ["-S", "-p", "run", "Tasks"]);
  await cluster.untilJob(id, () => cluster.output(id).includes("waiting for engines"));
  const output = ["-o", cluster.work.path("job-%j.out")];
  const util = cluster.work.path("run_dbUtil.sh");
  const helper = (await cluster.ask("sbatch", "--parsable", ...output, "-N3", "-n3", util)).trim();
  const running = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
  expect(new Set(enginesOf(cluster.work).map(({ node }) => node))).toEqual(new Set(["node1", "node2", "node3"]));
  for (const task of running) await task.exit(0);
  for (const job of [id, helper]) expect((await cluster.job(job)).state).toBe("COMPLETED");
});
