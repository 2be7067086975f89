import { expect, test } from "vitest";
import { type FaultKind, makePlan } from "../faults/plan.ts";
import { Round } from "../faults/round.ts";
import { artifacts } from "../support/artifacts.ts";
import { openTasks } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { openHosts, ONLY_FORWARDED } from "./hosts.ts";

const DONE = { code: 0, signal: null };
const ROUNDS = 20;

/** What can go wrong with a host: nobody can reach what runs there when driver, engine and watchdog are gone together. */
const REMOTE: readonly FaultKind[] = [
  { victims: ["connection"] },
  { victims: ["connection"] },
  { victims: ["engine"] },
  { victims: ["engine", "watchdog"] },
  { victims: ["watchdog"] },
  { victims: ["driver"] },
  { victims: ["driver", "connection"] },
  { victims: ["driver", "engine"] },
  { victims: ["engine"], frozen: true },
];

const plans = Array.from({ length: ROUNDS }, (_, i) => makePlan(i + 1, REMOTE));

test.for(plans)("nothing is lost on another host in round $seed: $name", async (plan) => {
  const { place, work, run } = await openHosts();
  const server = await place.startHost("web1");
  const start = (args: readonly string[]): DisbatchRun => run(plan.artifact, args);
  const stage = { workspace: work, host: "web1", start, dropConnections: () => server.dropConnections() };
  const round = new Round(plan, stage);
  const complaints = await round.run();
  expect(complaints.length === 0 ? [] : [...complaints, round.written]).toEqual([]);
});

test.each(artifacts)(
  "a task whose engine calls through SSH alone is run again when that breaks, by the $name",
  async (artifact) => {
    const { place, work, run, editInput } = await openHosts();
    const server = await place.startHost("web1", { config: [editInput("forwarded", ONLY_FORWARDED)] });
    const tasks = await openTasks();
    work.writeTasks(tasks.line("a"), tasks.line("b"));
    const disbatch = run(artifact, ["-s", "web1:1", "-p", "run", "--lease", "3", "Tasks"]);
    const first = await tasks.started("a");
    server.dropConnections();
    await first.ended;
    const second = await tasks.started("a");
    expect(second.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
    await second.exit(0);
    await (await tasks.started("b")).exit(0);
    expect(await disbatch.exited).toEqual(DONE);
    expect(work.status().map(({ taskId, pid }) => [taskId, pid === first.pid])).toEqual([
      [0, false],
      [1, false],
    ]);
  },
);

test.each(artifacts)(
  "an engine on another host is taken back with what it runs by a driver that recovers, the $name",
  async (artifact) => {
    const { place, work, run } = await openHosts();
    await place.startHost("web1");
    const tasks = await openTasks();
    work.writeTasks(tasks.line("a"), tasks.line("b"));
    const killed = run(artifact, ["-s", "web1:1", "-p", "run", "-f", "Tasks"]);
    const a = await tasks.started("a");
    killed.signal("SIGKILL");
    await killed.exited;
    const recovered = run(artifact, ["--recover", "run"]);
    await recovered.stderrShows(/1 engine may still be there/);
    await a.exit(0);
    const b = await tasks.started("b");
    expect(b.variables).toMatchObject({ DISBATCH_ATTEMPT: "1", DISBATCH_ENGINE_RANK: "0" });
    await b.exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "b"]);
  },
);
