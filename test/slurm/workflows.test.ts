import path from "node:path";
import { expect, test } from "vitest";
import { singleExecutable } from "../support/artifacts.ts";
import { openCluster, openNodeTasks, type Cluster } from "./cluster/fixture.ts";

const SCRIPT = path.join(path.dirname(singleExecutable.file), "bin", "disbatch");

/** Days come while others are fetched already; the second cannot be cleaned at first, which blocks the report. */
const WEATHER = `name: weather
tasks:
  days: {generates: day, run: seq 3}
  fetch: {matrix: [day], run: 'true'}
  clean: {matrix: [day], needs: fetch, run: '[ $day != 2 ] || [ -e mended ]'}
  report: {needs: clean, run: 'true'}
`;

/** A chain behind a generator, whose middle is held by whatever stands in the file `held`. */
const CHAIN = `name: chain
tasks:
  gen: {generates: i, run: seq 3}
  a: {matrix: [i], run: 'true'}
  b: {matrix: [i], needs: a, run: '[ $i != 2 ] || . ./held'}
  c: {needs: b, run: 'true'}
`;

const OF_CHAIN = ["a[i=1]", "a[i=2]", "a[i=3]", "b[i=1]", "b[i=2]", "b[i=3]", "c", "gen"];

/** Names of what has succeeded, once for each row. */
function done(cluster: Cluster, file: string): string[] {
  const rows = cluster.work.status(file).filter(({ returnCode }) => returnCode === 0);
  return rows.map(({ command }) => command).toSorted();
}

/** Submits what a run has printed to go on with; resolves to what that job has written. */
async function goOn(cluster: Cluster, output: string): Promise<string> {
  const [, words = ""] = /^disbatch: to run the [a-z ,]+: (cd .*)$/m.exec(output) ?? [];
  expect(words).toMatch(/^cd \S+ && sbatch -n \d+ .* retry \S+$/);
  const pasted = `cd / && ${words.replace("&& sbatch ", "&& sbatch --parsable -o job-%j.out ")}`;
  const submitted = await cluster.ask("/bin/sh", "-c", pasted);
  const { state, output: again } = await cluster.job(submitted.trim());
  expect(state).toBe("COMPLETED");
  return again;
}

async function submitItself(cluster: Cluster, sbatch: readonly string[], args: readonly string[]): Promise<string> {
  const output = ["-o", cluster.work.path("job-%j.out"), "--open-mode=append"];
  return (await cluster.ask("sbatch", "--parsable", ...output, ...sbatch, SCRIPT, ...args)).trim();
}

test("a day that fails is mended, and the printed command submits what is left", async () => {
  const cluster = openCluster();
  cluster.work.write("weather.yaml", WEATHER);
  const { code, output } = await cluster.job(await submitItself(cluster, ["-n2"], ["run", "weather.yaml"]));
  expect([code, output]).toEqual([1, expect.stringContaining("1 blocked: report (clean[day=2] failed)")]);
  cluster.work.write("mended", "");
  expect(await goOn(cluster, output)).toContain("2 tasks done");
  expect(done(cluster, "weather_status.txt")).toEqual([
    ...[
      "clean[day=1]",
      "clean[day=2]",
      "clean[day=3]",
      "days",
      "fetch[day=1]",
      "fetch[day=2]",
      "fetch[day=3]",
      "report",
    ],
  ]);
});

test("a job that is cancelled in the middle of a chain is gone on with by another", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.write("held", tasks.line("b"));
  cluster.work.write("chain.yaml", CHAIN);
  const id = await submitItself(cluster, ["-n2"], ["run", "chain.yaml"]);
  await tasks.started("b");
  await cluster.untilJob(id, () => done(cluster, "chain_status.txt").length === 6);
  await cluster.ask("scancel", id);
  const { output } = await cluster.job(id);
  cluster.work.write("held", "true");
  expect(await goOn(cluster, output)).toContain("2 tasks done");
  expect(done(cluster, "chain_status.txt")).toEqual(OF_CHAIN);
});

test("a job that is requeued goes on with its document, and runs nothing again that is done", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.write("held", tasks.line("b"));
  cluster.work.write("chain.yaml", CHAIN);
  const id = await submitItself(cluster, ["-n2", "--requeue"], ["run", "--requeue-resume", "chain.yaml"]);
  const first = await tasks.started("b");
  await cluster.untilJob(id, () => done(cluster, "chain_status.txt").length === 6);
  await cluster.ask("scontrol", "requeue", id);
  await first.ended;
  await (await tasks.started("b")).exit(0);
  const { state, output } = await cluster.job(id);
  expect([state, output]).toEqual(["COMPLETED", expect.stringContaining(`job ${id} was requeued`)]);
  expect(done(cluster, "chain_status.txt")).toEqual(OF_CHAIN);
});

test("a driver that is killed in its job is followed by another, which knows what the generator has printed", async () => {
  const cluster = openCluster();
  const tasks = await openNodeTasks();
  cluster.work.write("held", tasks.line("b"));
  cluster.work.write("chain.yaml", CHAIN);
  const command = singleExecutable.command.join(" ");
  const id = await cluster.submitScript(
    ["-N2", "-n2"],
    [`${command} run chain.yaml &`, "wait; until [ -e on ]; do sleep 0.05; done", `exec ${command} recover chain`],
  );
  const held = await tasks.started("b");
  await cluster.untilJob(id, () => done(cluster, "chain_status.txt").length === 6);
  const driver = cluster.processesOn("node1").find((each) => each.command.endsWith("run chain.yaml"));
  if (driver === undefined) throw new Error("there is no driver on node1");
  process.kill(driver.pid, "SIGKILL");
  await cluster.untilJob(id, () => cluster.output(id).includes("the driver was killed, and nothing is lost"));
  cluster.work.write("on", "");
  await cluster.untilJob(id, () => cluster.output(id).includes("going on with the run"));
  await held.exit(0);
  expect(await cluster.job(id)).toMatchObject({ state: "COMPLETED", code: 0 });
  expect(done(cluster, "chain_status.txt")).toEqual(OF_CHAIN);
});
