import { existsSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks } from "../support/fixtures.ts";
import { PATIENCE } from "../support/until.ts";
import { openHosts, util } from "./hosts.ts";

const DONE = { code: 0, signal: null };

const [, executable] = artifacts;
if (executable === undefined) throw new Error("both artifacts are tested");

test("a run that begins without engines waits for hosts, and late ones run the start commands first", async () => {
  const hosts = await openHosts();
  const { place, work, run } = hosts;
  for (const name of ["web1", "web2"]) await place.startHost(name);
  const tasks = await openTasks();
  work.writeTasks(
    "#DISBATCH PERENGINE START echo start $DISBATCH_ENGINE_RANK >> engines",
    tasks.line("a"),
    tasks.line("b"),
    tasks.line("c"),
  );
  const disbatch = run(executable, ["-S", "-c", "2", "-p", "run", "Tasks"]);
  await disbatch.stderrShows(/waiting for engines; add some with: \S*run_dbUtil\.sh -s HOST:COUNT/);
  expect(statSync(work.path("run_dbUtil.sh")).mode & 0o777).toBe(0o700);
  expect(statSync(work.path("run_contact.json")).mode & 0o777).toBe(0o600);
  // Two cores for each task, as the first command line said: one slot.
  const first = util(hosts, "-s", "web1:2");
  const a = await tasks.started("a");
  const second = util(hosts, "-s", "web2:1", "-c", "1", "-l", "MORE");
  const b = await tasks.started("b");
  expect([a.variables["DISBATCH_ENGINE_RANK"], b.variables["DISBATCH_ENGINE_RANK"]]).toEqual(["0", "1"]);
  await a.exit(0);
  await b.exit(0);
  await (await tasks.started("c")).exit(0);
  expect(await disbatch.exited).toEqual(DONE);
  expect(await first.exited).toEqual(DONE);
  expect(await second.exited).toEqual(DONE);
  expect(work.read("engines")).toBe("start 0\nstart 1\n");
  expect(new Set(work.status().map(({ node }) => node))).toEqual(new Set(["web1", "web2"]));
  expect(existsSync(work.path("run_contact.json"))).toBe(false);
  expect(work.path("run_MORE_web2_engine_1.log")).toSatisfy(existsSync);
});

test("engines, groups of hosts and runs are stopped softly, and every task still stands once", async () => {
  const hosts = await openHosts();
  const { place, work, run } = hosts;
  for (const name of ["web1", "web2"]) await place.startHost(name);
  const tasks = await openTasks();
  work.writeTasks(...["a", "b", "c", "d", "e"].map((name) => tasks.line(name)));
  // With -f no engine is given more than it can run.
  const disbatch = run(executable, ["-s", "web1:1", "-p", "run", "-f", "Tasks"]);
  const a = await tasks.started("a");
  const added = util(hosts, "-s", "web2:1", "-l", "EXTRA");
  const b = await tasks.started("b");
  expect(await util(hosts, "--stop-engine", "0").exited).toEqual(DONE);
  await a.exit(0);
  const status = async (): Promise<string> => {
    const asked = util(hosts, "--status", "--json");
    await asked.exited;
    return asked.stdout();
  };
  await expect.poll(status, { timeout: PATIENCE, interval: 500 }).toMatch(/"rank":0,[^}]*"state":"left"/);
  await b.exit(0);
  const c = await tasks.started("c");
  expect(c.variables["DISBATCH_ENGINE_RANK"]).toBe("1");
  const again = util(hosts, "-s", "localhost:1");
  const d = await tasks.started("d");
  expect(await util(hosts, "--stop-context", "EXTRA").exited).toEqual(DONE);
  await c.exit(0);
  expect(await added.exited).toEqual(DONE);
  expect(await util(hosts, "--stop-run").exited).toEqual(DONE);
  await d.exit(0);
  expect(await disbatch.exited).toEqual({ code: 3, signal: null });
  expect((await again.exited).code).toBe(0);
  expect(disbatch.stderr()).toMatch(/stopped on request/);
  expect(tasks.hasStarted("e")).toBe(false);
  const rest = run(executable, ["-r", "run_status.txt", "-s", "web1:1", "-p", "rest", "Tasks"]);
  await (await tasks.started("e")).exit(0);
  expect(await rest.exited).toEqual(DONE);
  expect(work.status("rest_status.txt").map(({ taskId }) => taskId)).toEqual([0, 1, 2, 3, 4]);
});

test("the status is told in words and in JSON", async () => {
  const hosts = await openHosts();
  const { place, work, run } = hosts;
  await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"), "true");
  const disbatch = run(executable, ["-s", "web1:1", "-p", "run", "Tasks"]);
  const a = await tasks.started("a");
  const words = util(hosts, "--status");
  expect(await words.exited).toEqual(DONE);
  expect(words.stdout()).toMatch(/web1/);
  const json = util(hosts, "--status", "--json");
  expect(await json.exited).toEqual(DONE);
  expect(JSON.parse(json.stdout())).toMatchObject({
    tasks: { total: 2, running: 1, succeeded: 0 },
    engines: [{ rank: 0, node: "web1", context: "SSH0", state: "ready", running: 1 }],
  });
  await a.exit(0);
  expect(await disbatch.exited).toEqual(DONE);
  const late = util(hosts, "-s", "web1:1");
  expect(await late.exited).toEqual(DONE);
  expect(late.stderr()).toMatch(/has ended/);
});

test("Ctrl-C takes the hosts away again that a script has added; their tasks finish", async () => {
  const hosts = await openHosts();
  const { place, work, run } = hosts;
  await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"), tasks.line("b"));
  const disbatch = run(executable, ["-S", "-p", "run", "Tasks"]);
  await disbatch.stderrShows(/waiting for engines/);
  const added = util(hosts, "-s", "web1:1");
  const a = await tasks.started("a");
  added.ctrlC();
  await disbatch.stderrShows(/context SSH0 is being stopped/);
  await a.exit(0);
  expect(await added.exited).toEqual(DONE);
  expect(tasks.hasStarted("b")).toBe(false);
  const more = util(hosts, "-s", "web1:1");
  await (await tasks.started("b")).exit(0);
  expect(await disbatch.exited).toEqual(DONE);
  expect(await more.exited).toEqual(DONE);
  expect(work.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

test("Ctrl-C twice ends what runs on the hosts that a script has added, and the run knows it at once", async () => {
  const hosts = await openHosts();
  const { place, work, run } = hosts;
  for (const name of ["web1", "web2"]) await place.startHost(name);
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"));
  const disbatch = run(executable, ["-S", "-p", "run", "Tasks"]);
  await disbatch.stderrShows(/waiting for engines/);
  const added = util(hosts, "-s", "web1:1");
  await tasks.started("a");
  added.ctrlC();
  await added.stderrShows(/context SSH0 is being stopped/);
  added.ctrlC();
  expect(await added.exited).toEqual(DONE);
  const more = util(hosts, "-s", "web2:1");
  // It would take the lease, 60 seconds and some, if the run had to find out by itself.
  const again = await tasks.started("a");
  expect(again.variables["DISBATCH_ATTEMPT"]).toBe("2");
  await again.exit(0);
  expect(await disbatch.exited).toEqual(DONE);
  expect(await more.exited).toEqual(DONE);
  expect(disbatch.stderr()).toMatch(/engine 0 on web1 is lost: it has been ended by the dbUtil\.sh that added it/);
  expect(work.read("run_journal.jsonl")).toMatch(/"engine-lost".*"crash":false/);
});

test("a limit that is smaller than the list ends the run, or lets it wait when told to", async () => {
  const hosts = await openHosts();
  const { work, run } = hosts;
  work.writeTasks("true", "true");
  const ends = run(executable, ["-s", "localhost:1", "-C", "1", "-p", "first", "Tasks"]);
  expect(await ends.exited).toEqual({ code: 3, signal: null });
  expect(ends.stderr()).toMatch(/context SSH0 has taken the 1 task that -C allows it/);
  const waits = run(executable, ["-s", "localhost:1", "-C", "1", "--wait-for-engines", "-p", "run", "Tasks"]);
  await waits.stderrShows(/waiting for engines/);
  const added = util(hosts, "-s", "localhost:1");
  expect(await waits.exited).toEqual(DONE);
  expect(await added.exited).toEqual(DONE);
});

test("two runs in one folder do not meet", async () => {
  const hosts = await openHosts();
  const { work, run } = hosts;
  const tasks = await openTasks();
  work.writeTasks(tasks.line("mine"));
  work.write("Others", `${tasks.line("theirs")}\n`);
  const mine = run(executable, ["-S", "-p", "run", "Tasks"]);
  const theirs = run(executable, ["-S", "-p", "other", "Others"]);
  await mine.stderrShows(/waiting for engines/);
  await theirs.stderrShows(/waiting for engines/);
  const added = util(hosts, "-s", "localhost:1");
  const task = await tasks.started("mine");
  expect(tasks.hasStarted("theirs")).toBe(false);
  await task.exit(0);
  expect(await mine.exited).toEqual(DONE);
  expect(await added.exited).toEqual(DONE);
  theirs.ctrlC();
  expect((await theirs.exited).code).toBe(130);
});
