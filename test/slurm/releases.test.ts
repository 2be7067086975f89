import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { singleExecutable } from "../support/artifacts.ts";
import type { ControlledTask } from "../support/controlled-task.ts";
import { until } from "../support/until.ts";
import { openCluster, openNodeTasks } from "./cluster/fixture.ts";
import { eventsOf, notesOf } from "./journal.ts";
import { nodeOf } from "./on-nodes.ts";

/** Nodes are gathered for ten seconds before they are given back. */
const PATIENCE = 60_000;

test("a run gives its nodes back one after the other while it works", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
  const id = await cluster.submit(singleExecutable, ["-N3", "-n3"], ["-p", "run", "Tasks"]);
  const running = await Promise.all(["a", "b", "c"].map((name) => tasks.started(name)));
  const nodes = new Map<string, ControlledTask>();
  for (const task of running) nodes.set(await nodeOf(task, cluster.work), task);
  const own = (await cluster.look(id))["BatchHost"] ?? "";
  const [first = "", second = ""] = [...nodes.keys()].filter((node) => node !== own);
  const kept = (left: readonly string[]) =>
    cluster.untilJob(id, ({ NumNodes }) => NumNodes === String(left.length), PATIENCE);
  await nodes.get(first)?.exit(0);
  await kept([own, second]);
  await nodes.get(second)?.exit(0);
  expect((await kept([own]))["NodeList"]).toBe(own);
  await nodes.get(own)?.exit(0);
  const { state, output } = await cluster.job(id);
  expect([state, output]).toEqual(["COMPLETED", expect.stringContaining("3 tasks done")]);
  expect(notesOf(cluster.work)).toEqual([`given back: ${first}`, `given back: ${second}`]);
  expect(cluster.work.status()).toHaveLength(3);
  expect(readdirSync(cluster.work.folder).filter((name) => name.includes("resize"))).toEqual([]);
});

describe("what is left idle", () => {
  /** Two nodes, of which the one that the driver is not on has nothing left to do. */
  async function leaveIdle(...options: readonly string[]) {
    const cluster = openCluster();
    const tasks = await openNodeTasks();
    cluster.work.writeTasks(tasks.line("a"), tasks.line("b"));
    const id = await cluster.submit(singleExecutable, ["-N2", "-n2"], [...options, "-p", "run", "Tasks"]);
    const running = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
    const nodes = await Promise.all(running.map((task) => nodeOf(task, cluster.work)));
    const own = (await cluster.look(id))["BatchHost"] ?? "";
    const [idle, busy] = nodes[0] === own ? running.toReversed() : running;
    await idle?.exit(0);
    const finish = async (): Promise<void> => {
      await busy?.exit(0);
      expect((await cluster.job(id)).state).toBe("COMPLETED");
      expect((await cluster.look(id))["NumNodes"]).toBe("2");
    };
    return { cluster, own, other: nodes.find((node) => node !== own), finish };
  }

  test("goes back by a command of the user's, which is told what goes and what stays", async () => {
    const command = 'echo "$NODES|$NODE|$RETCODES|$ACTIVE|$RETIRED|$DRIVER_NODE" > told';
    const { cluster, own, other, finish } = await leaveIdle("--retire-cmd", command);
    await until(
      () => readdirSync(cluster.work.folder).includes("told"),
      () => "the command is run",
      PATIENCE,
    );
    await finish();
    expect(cluster.work.read("told").trim()).toBe([other, other, "0", own, other, ""].join("|"));
  });

  test("stays to the end where the user wants that", async () => {
    const { cluster, finish } = await leaveIdle("--no-retire");
    await finish();
    const events = eventsOf(cluster.work);
    expect(events.indexOf("engine-left")).toBeGreaterThan(events.lastIndexOf("task-finished"));
  });
});
