import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks } from "../support/fixtures.ts";
import { openHosts, util } from "./hosts.ts";

const DONE = { code: 0, signal: null };

const [, executable] = artifacts;
if (executable === undefined) throw new Error("both artifacts are tested");

/** Process id of the engine that runs a task. */
function engineOf({ pid }: { readonly pid: number }): number {
  // "PID (NAME) STATE PPID ...", and NAME may hold anything.
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

test("an SSH connection that breaks ends nothing: the engine has its own to the driver", async () => {
  const { place, work, run } = await openHosts();
  const server = await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"), tasks.line("b"));
  const disbatch = run(executable, ["-s", "web1:1", "-p", "run", "-f", "Tasks"]);
  const a = await tasks.started("a");
  server.dropConnections();
  await a.exit(0);
  const b = await tasks.started("b");
  expect(b.variables["DISBATCH_ENGINE_RANK"]).toBe("0");
  await b.exit(0);
  expect(await disbatch.exited).toEqual(DONE);
  expect(tasks.order).toEqual(["a", "b"]);
  expect(work.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

test("an engine that is killed on another host takes its tasks along, and another runs them again", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"));
  const disbatch = run(executable, ["-s", "web1:1", "-p", "run", "Tasks"]);
  const first = await tasks.started("a");
  process.kill(engineOf(first), "SIGKILL");
  await first.ended;
  const second = await tasks.started("a");
  expect(second.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
  await second.exit(0);
  expect(await disbatch.exited).toEqual(DONE);
  expect(work.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([[0, 0]]);
});

test("a driver that is killed is told of, and recovered with the hosts that a script has added and what runs there", async () => {
  const hosts = await openHosts();
  const { place, work, run } = hosts;
  await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"), tasks.line("b"));
  const killed = run(executable, ["-S", "-p", "run", "-f", "Tasks"]);
  await killed.stderrShows(/waiting for engines/);
  const added = util(hosts, "-s", "web1:1");
  const a = await tasks.started("a");
  killed.signal("SIGKILL");
  expect(await killed.exited).toEqual({ code: null, signal: "SIGKILL" });
  await added.stderrShows(
    /contact with the run is lost: .*; if its driver has died, to go on: \S*disbatch --recover \S*\/run\n/,
  );
  const status = util(hosts, "--status");
  expect((await status.exited).code).toBe(3);
  expect(status.stderr()).toMatch(/its driver, process [0-9]+, has died; to go on: \S*disbatch --recover \S*\/run\n/);

  const recovered = run(executable, ["--recover", "run"]);
  await added.stderrShows(/contact with the run is made again/);
  await a.exit(0);
  const b = await tasks.started("b");
  expect(b.variables).toMatchObject({ DISBATCH_ATTEMPT: "1", DISBATCH_ENGINE_RANK: "0" });
  // The script starts engines for the new driver as for the old one.
  process.kill(engineOf(b), "SIGKILL");
  await added.stderrShows(/another engine is being started on web1/);
  const again = await tasks.started("b");
  expect(again.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
  await again.exit(0);
  expect(await recovered.exited).toEqual(DONE);
  expect(await added.exited).toEqual(DONE);
  expect(tasks.order).toEqual(["a", "b", "b"]);
  expect(work.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

test("a driver that is not recovered loses the hosts that a script has added when their lease ends", async () => {
  const hosts = await openHosts();
  const { place, work, run } = hosts;
  await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"));
  const killed = run(executable, ["-S", "-p", "run", "--lease", "3", "Tasks"]);
  await killed.stderrShows(/waiting for engines/);
  const added = util(hosts, "-s", "web1:1");
  const a = await tasks.started("a");
  killed.signal("SIGKILL");
  await a.ended;
  expect((await added.exited).signal).toBeNull();
  expect(added.stderr()).toMatch(/context SSH0 has ended; it had 1 engine/);
  await killed.exited;
});
