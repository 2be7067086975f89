import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { until } from "../support/until.ts";
import { openCluster, openNodeTasks } from "./cluster/fixture.ts";
import { enginesOn } from "./on-nodes.ts";

describe.each(artifacts)("$name", (artifact) => {
  test("each slot has the GPU that Slurm gives it, and no other", async () => {
    const cluster = openCluster();
    cluster.work.writeTasks(
      "#DISBATCH REPEAT 24 echo $DISBATCH_CYLINDER_RANK $CUDA_VISIBLE_DEVICES >> out; sleep 0.1",
      'printf "%s %s" "$DISBATCH_CYLINDER_RANK" out; exit 3',
    );
    const id = await cluster.submit(artifact, ["-N1", "-n3", "--gpus-per-task=1"], ["-p", "run", "Tasks"]);
    expect((await cluster.job(id)).state).toBe("COMPLETED");
    const said = [...new Set(cluster.work.read("out").trim().split("\n"))];
    expect(said).toHaveLength(3);
    expect(new Set(said.map((line) => line.split(" ")[0]))).toEqual(new Set(["0", "1", "2"]));
    expect(new Set(said.map((line) => line.split(" ")[1]))).toEqual(new Set(["0", "1", "2"]));
    expect(cluster.work.status()).toHaveLength(25);
    const [failed] = cluster.work.status().filter(({ returnCode }) => returnCode === 3);
    expect(failed?.outSnippet).toMatch(/^'[0-2] out'$/);
  });

  test("tasks that need two cores run two at a time in a job of four tasks", async () => {
    const cluster = openCluster();
    const tasks = await openNodeTasks();
    const names = ["a", "b", "c", "d"];
    cluster.work.writeTasks("#DISBATCH TERMS cores=2 memory=1M", ...names.map((name) => tasks.line(name)));
    const id = await cluster.submit(artifact, ["-N1", "-n4"], ["-p", "run", "Tasks"]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    expect(a.variables).toMatchObject({ DISBATCH_CORES_PER_TASK: "2" });
    expect(JSON.parse(a.variables["DISBATCH_RESOURCES"] ?? "")).toMatchObject({ cores: 2, memory: 1024 ** 2 });
    await a.exit(0);
    const c = await tasks.started("c");
    expect(tasks.order).toEqual(expect.not.arrayContaining(["d"]));
    await b.exit(0);
    for (const task of [c, await tasks.started("d")]) await task.exit(0);
    expect((await cluster.job(id)).state).toBe("COMPLETED");
  });

  test("a task that needs two GPUs has those of two slots, and no other task has them meanwhile", async () => {
    const cluster = openCluster();
    const tasks = await openNodeTasks();
    const terms = { a: "gpus=2 cores=2", b: "gpus=1", c: "gpus=1" };
    const lines = Object.entries(terms).map(([name, text]) => `${tasks.line(name)} #DISBATCH ${text}`);
    cluster.work.writeTasks(...lines);
    const id = await cluster.submit(artifact, ["-N1", "-n3", "--gpus-per-task=1"], ["-p", "run", "Tasks"]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    expect(tasks.hasStarted("c")).toBe(false);
    const had = [a, b].flatMap(({ variables }) => gpusIn(variables["DISBATCH_RESOURCES"]));
    expect(new Set(had)).toEqual(new Set(["0", "1", "2"]));
    await a.run("echo $CUDA_VISIBLE_DEVICES > visible");
    await a.exit(0);
    await b.exit(0);
    await (await tasks.started("c")).exit(0);
    expect((await cluster.job(id)).state).toBe("COMPLETED");
    expect(cluster.work.read("visible").trim().split(",")).toEqual(had.slice(0, 2));
  });

  test("an engine that dies takes the processes of its slots, and what runs there, with it", async () => {
    const cluster = openCluster();
    const tasks = await openNodeTasks();
    cluster.work.writeTasks(tasks.line("a"), tasks.line("b"));
    const id = await cluster.submit(artifact, ["-N1", "-n2", "--gpus-per-task=1"], ["-p", "run", "Tasks"]);
    const running = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
    const engines = enginesOn(cluster, "node1");
    expect(engines).toHaveLength(2);
    process.kill(Math.min(...engines), "SIGKILL");
    await Promise.all(running.map(({ ended }) => ended));
    // Either may be why the engine has died: they run one after the other.
    for (const name of ["a", "b"]) await (await tasks.started(name)).exit(0);
    expect((await cluster.job(id)).state).toBe("COMPLETED");
  });

  test("tasks that somebody stops end with all that they have started, and their slots run the next ones", async () => {
    const cluster = openCluster();
    const tasks = await openNodeTasks();
    cluster.work.writeTasks(...["a", "b", "c", "d"].map((name) => tasks.line(name)));
    const id = await cluster.submit(artifact, ["-N1", "-n2", "--gpus-per-task=1"], ["-p", "run", "Tasks"]);
    // One runs in the engine's own slot, the other in one that has a process of its own.
    const first = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
    for (const task of first) await task.run("(setsid sleep 1000 3>&- &)");
    const engines = enginesOn(cluster, "node1");
    expect(engines).toHaveLength(2);
    await cluster.ask(cluster.work.path("run_dbUtil.sh"), "--stop-task", "0", "--stop-task", "1");
    await Promise.all(first.map(({ ended }) => ended));
    const next = await Promise.all(["c", "d"].map((name) => tasks.started(name)));
    await until(
      () => cluster.processesOn("node1").every(({ command }) => command !== "sleep 1000"),
      () => "what the stopped tasks have started is gone",
    );
    expect(enginesOn(cluster, "node1")).toEqual(engines);
    for (const task of next) await task.exit(0);
    expect((await cluster.job(id)).state).toBe("COMPLETED");
    const codes = cluster.work.status().map(({ taskId, returnCode }) => [taskId, returnCode]);
    expect(codes.toSorted(([x = 0], [y = 0]) => x - y)).toEqual([
      ...[0, 1].map((taskId) => [taskId, -15]),
      ...[2, 3].map((taskId) => [taskId, 0]),
    ]);
  });
});

/** Ids of the GPUs in what a task is told of all that it has. */
function gpusIn(resources: string | undefined): unknown[] {
  const told: unknown = JSON.parse(resources ?? "{}");
  return typeof told === "object" && told !== null && "gpus" in told && Array.isArray(told.gpus) ? told.gpus : [];
}
