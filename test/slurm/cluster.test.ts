import { expect, test } from "vitest";
import { NODES } from "./cluster/cluster.ts";
import { openCluster, openNodeTasks } from "./cluster/fixture.ts";

test("three nodes are there, and idle", async () => {
  expect(await openCluster().untilIdle()).toEqual(NODES);
});

test("a job over three nodes runs a command on each", async () => {
  const cluster = openCluster();
  const id = await cluster.submitScript(["-N3"], ["srun hostname", "exit 7"]);
  const { output, ...end } = await cluster.job(id);
  expect(end).toEqual({ state: "FAILED", code: 7, signal: 0 });
  expect(output.trim().split("\n").toSorted()).toEqual(NODES);
});

test("each task of a step is given a GPU of its own", async () => {
  const cluster = openCluster();
  const shown = await cluster.ask("srun", "-N1", "-n2", "--gpus-per-task=1", "sh", "-c", "echo $CUDA_VISIBLE_DEVICES");
  expect(shown.trim().split("\n").toSorted()).toEqual(["0", "1"]);
});

test("a job of several nodes is made smaller twice", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  const id = await cluster.submitScript(["-N3"], [`exec bash -c '${tasks.line("a")}'`]);
  const task = await tasks.started("a");
  for (const nodes of ["node1,node2", "node1"])
    await cluster.ask("scontrol", "update", `JobId=${id}`, `NodeList=${nodes}`);
  expect((await cluster.look(id))["NodeList"]).toBe("node1");
  await task.exit(0);
  expect((await cluster.job(id)).state).toBe("COMPLETED");
});

test("a job that is requeued starts again, and is told so", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  const lines = ["echo restart ${SLURM_RESTART_COUNT:-0}", `exec bash -c '${tasks.line("a")}'`];
  const id = await cluster.submitScript(["-N1"], lines);
  const first = await tasks.started("a");
  await cluster.ask("scontrol", "requeue", id);
  await first.ended;
  const second = await tasks.started("a");
  await second.exit(0);
  const { state, output } = await cluster.job(id);
  expect(state).toBe("COMPLETED");
  expect(output.match(/^restart .*$/gm)).toEqual(["restart 0", "restart 1"]);
});

test("a crashed node takes its tasks with it, is noticed, and comes back", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  const id = await cluster.submitScript(
    ["-N1", "--nodelist=node3", "--no-requeue"],
    [`exec bash -c '${tasks.line("a")}'`],
  );
  await tasks.started("a");
  expect(cluster.processesOn("node3").map(({ command }) => command)).toEqual([expect.stringMatching(/^bash -c/)]);
  await cluster.crash("node3");
  expect(cluster.processesOn("node3")).toEqual([]);
  await cluster.untilDown("node3");
  expect((await cluster.job(id)).state).toBe("NODE_FAIL");
  await cluster.back("node3");
  expect(await cluster.stateOf("node3")).toBe("idle");
  expect((await cluster.exec("node3", ["hostname"])).stdout).toBe("node3\n");
});
