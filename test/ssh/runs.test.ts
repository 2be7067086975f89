import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks } from "../support/fixtures.ts";
import { PATIENCE } from "../support/until.ts";
import { openHosts, ONLY_FORWARDED } from "./hosts.ts";

const DONE = { code: 0, signal: null };

describe.each(artifacts)("$name", (artifact) => {
  test("runs PREFIX, REPEAT, BARRIER and PERENGINE over three hosts, every task once", async () => {
    const { place, work, run } = await openHosts();
    for (const name of ["web1", "web2"]) await place.startHost(name);
    work.writeTasks(
      "#DISBATCH PERENGINE START echo start $DISBATCH_ENGINE_RANK >> engines",
      "#DISBATCH PERENGINE STOP echo stop $DISBATCH_ENGINE_RANK >> engines",
      "#DISBATCH PREFIX echo $DISBATCH_TASKID $DISBATCH_REPEAT_INDEX ",
      // No host is left out because the others are quick.
      "#DISBATCH SUFFIX  >> out; until [ $(wc -l < engines) -ge 3 ]; do sleep 0.02; done",
      "#DISBATCH REPEAT 30 start 5 x",
      "#DISBATCH BARRIER",
      "#DISBATCH REPEAT 10 y",
    );
    const disbatch = run(artifact, ["-s", "localhost:2,web1:3,web2:1", "-p", "run", "Tasks"]);
    expect(await disbatch.exited).toEqual(DONE);
    const status = work.status();
    const tasks = status.filter(({ flags }) => !/[PB]/.test(flags));
    expect(tasks.map(({ taskId }) => taskId).toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 30 }, (_, id) => id),
      ...Array.from({ length: 10 }, (_, id) => id + 31),
    ]);
    const barrier = status.findIndex(({ flags }) => flags.startsWith("B"));
    expect(status.slice(0, barrier).filter(({ flags, taskId }) => !/P/.test(flags) && taskId > 30)).toEqual([]);
    expect(new Set(status.map(({ node }) => node))).toEqual(new Set([hostname(), "web1", "web2"]));
    const lines = work.read("engines").trim().split("\n").toSorted();
    expect(lines).toEqual(["start 0", "start 1", "start 2", "stop 0", "stop 1", "stop 2"]);
    expect(work.read("out").trim().split("\n").toSorted()).toHaveLength(40);
  });

  test("calls back by the port that SSH forwards, when the driver's own addresses cannot be reached", async () => {
    const { place, work, run, editInput } = await openHosts();
    await place.startHost("behind", { config: [editInput("firewall", ONLY_FORWARDED)] });
    work.writeTasks("true", "true");
    const disbatch = run(artifact, ["-s", "behind:1", "-p", "run", "Tasks"]);
    expect(await disbatch.exited).toEqual(DONE);
    expect(work.status().map(({ node }) => node)).toEqual(["behind", "behind"]);
  });
});

const [bundle, executable] = artifacts;
if (bundle === undefined || executable === undefined) throw new Error("both artifacts are tested");

test("twenty hosts at once all take part", async () => {
  const { place, work, run } = await openHosts();
  const server = await place.startHost("n01");
  const names = Array.from({ length: 20 }, (_, i) => `n${String(i + 1).padStart(2, "0")}`);
  for (const name of names.slice(1)) place.nameHost(name, server);
  const tasks = await openTasks();
  work.writeTasks(...Array.from({ length: 40 }, (_, i) => tasks.line(`t${i}`)));
  const disbatch = run(executable, ["-s", "n[01-20]:2", "-p", "run", "Tasks"]);
  const started = await Promise.all(Array.from({ length: 40 }, (_, i) => tasks.started(`t${i}`, 3 * PATIENCE)));
  await Promise.all(started.map((task) => task.exit(0)));
  expect(await disbatch.exited).toEqual(DONE);
  expect(new Set(work.status().map(({ node }) => node))).toEqual(new Set(names));
});

test("hosts that cannot be used are named at once with the reason, and the others go on", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("good");
  const stranger = await place.startServer();
  place.nameHost("stranger", stranger);
  place.nameHost("closed", { host: "127.0.0.1", port: 1 });
  place.nameHost("nowhere", { host: "no-such-host.invalid", port: 22 });
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"));
  const disbatch = run(executable, ["-s", "stranger:1,closed:1,nowhere:1,good:1", "-p", "run", "Tasks"]);
  const task = await tasks.started("a");
  await disbatch.stderrShows(/no engine on stranger: host key of stranger .* is not known/);
  await disbatch.stderrShows(/no engine on closed: .*refused/);
  await disbatch.stderrShows(/no engine on nowhere: /);
  await task.exit(0);
  expect(await disbatch.exited).toEqual(DONE);
});

test("without any host left the run ends with exit code 3 and the command that resumes", async () => {
  const { place, work, run } = await openHosts();
  place.nameHost("closed", { host: "127.0.0.1", port: 1 });
  work.writeTasks("true");
  const disbatch = run(executable, ["-s", "closed:1", "-p", "run", "Tasks"]);
  expect(await disbatch.exited).toEqual({ code: 3, signal: null });
  expect(disbatch.stderr()).toMatch(/no engine is left to run tasks/);
  expect(disbatch.stderr()).toMatch(/to run the rest: cd \S+ && \S*disbatch -r .* -s closed:1/);
});

test("a host without the folder is refused, with what to do", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1");
  work.writeTasks("true");
  const disbatch = run(executable, ["-s", "web1:1", "--workdir", "/no/such/folder", "-p", "run", "Tasks"]);
  expect(await disbatch.exited).toEqual({ code: 3, signal: null });
  expect(disbatch.stderr()).toMatch(/no engine on web1: there is no folder \/no\/such\/folder there; make it/);
});

test("Ctrl-C twice ends tasks on other hosts, background processes included", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(`sleep 3600 & ${tasks.line("a")}`, "true");
  const disbatch = run(executable, ["-s", "web1:1", "-p", "run", "Tasks"]);
  const task = await tasks.started("a");
  disbatch.ctrlC();
  await disbatch.stderrShows(/Ctrl-C again ends them/);
  disbatch.ctrlC();
  await task.ended;
  expect(await disbatch.exited).toEqual({ code: 130, signal: null });
});

test("when the driver is killed, its engines on other hosts end their tasks after their lease, and go", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1");
  const tasks = await openTasks();
  work.writeTasks(tasks.line("a"));
  const disbatch = run(executable, ["-s", "web1:1", "-p", "run", "--lease", "1", "Tasks"]);
  const task = await tasks.started("a");
  disbatch.signal("SIGKILL");
  await task.ended;
  expect(await disbatch.exited).toEqual({ code: null, signal: "SIGKILL" });
});

test("tasks have the environment of a login there, and what --env carries", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1", { env: { THERE: "set by the host" } });
  work.writeTasks('echo "$THERE|$HERE|$TOKEN|$ONE|$HOME" > out');
  const args = ["-s", "web1:1", "-p", "run", "--env", "TOKEN", "--env", "ONE=a b=c", "Tasks"];
  const disbatch = run(executable, args, { env: { HERE: "not carried", TOKEN: "s3cret" } });
  expect(await disbatch.exited).toEqual(DONE);
  expect(work.read("out")).toBe(`set by the host||s3cret|a b=c|${place.remoteHome}\n`);
  expect(work.read("run_journal.jsonl") + work.read("run_driver.log")).not.toContain("s3cret");
});

test("--env-all carries the rest of the environment, but not what describes the login", async () => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1");
  work.writeTasks('echo "$HERE|$HOME" > out');
  const disbatch = run(executable, ["-s", "web1:1", "-p", "run", "--env-all", "Tasks"], { env: { HERE: "carried" } });
  expect(await disbatch.exited).toEqual(DONE);
  expect(work.read("out")).toBe(`carried|${place.remoteHome}\n`);
});

test.each([
  ["--env", "f"],
  ["--env-all", "--lease=60"],
])("tasks have the functions that the login there exports, and those of the caller's with %s", async (...options) => {
  const { place, work, run } = await openHosts();
  await place.startHost("web1");
  writeFileSync(path.join(place.remoteHome, ".bashrc"), "module() { echo module $1; }\nexport -f module\n");
  work.writeTasks("{ module load; f; printenv a.b; } > out");
  const env = { "BASH_FUNC_f%%": "() {  echo f of the caller\n}", "a.b": "dotted" };
  const disbatch = run(executable, [...options, "-s", "web1:1", "-p", "run", "Tasks"], { env });
  expect(await disbatch.exited).toEqual(DONE);
  const dotted = options.includes("--env-all") ? "dotted\n" : "";
  expect(work.read("out")).toBe(`module load\nf of the caller\n${dotted}`);
});
