import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import type { Workspace } from "../support/workspace.ts";
import { openCluster } from "./cluster/fixture.ts";
import { enginesOf } from "./journal.ts";

/** How many tasks there are in each of these runs. */
const TASKS = 24;

/** Tasks that say where they run. @param ending what else they do. */
function writeTasks(work: Workspace, ending = "sleep 0.05"): void {
  work.writeTasks(
    `#DISBATCH REPEAT ${TASKS} echo $DISBATCH_CORES_PER_TASK $OMP_NUM_THREADS $SLURM_STEP_ID $(hostname) >> out; ${ending}`,
  );
}

/** Keeps a task until so many engines have joined, so that one that comes late is to be seen, too. */
function untilJoined(engines: number): string {
  // In the lines of tasks, which hold this command, these quotes have backslashes.
  return `until [ $(grep -c '"e":"engine-joined"' "$DISBATCH_JOBID"_journal.jsonl) -ge ${engines} ]; do sleep 0.05; done`;
}

/** What all tasks have said, each once. */
function said(work: Workspace): string[] {
  return [...new Set(work.read("out").trim().split("\n"))];
}

/** Every task was run once, well. */
function expectAllDone(work: Workspace): void {
  const status = work.status();
  expect(status.map(({ repeatIndex }) => repeatIndex).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: TASKS }, (_, i) => i),
  );
  expect(status.filter(({ returnCode }) => returnCode !== 0)).toEqual([]);
}

function slotsOf(work: Workspace): number[] {
  return enginesOf(work)
    .map(({ slots }) => slots)
    .toSorted((a, b) => b - a);
}

/** Where a task has run. */
interface Said {
  readonly step: string;
  readonly host: string;
}

describe.each(artifacts)("$name", (artifact) => {
  test.each([
    [["-n5"], [], [4, 1], "1"],
    [["-N3", "-n6", "-c1"], [], [4, 1, 1], "1"],
    [["-N3", "--ntasks-per-node=2"], [], [2, 2, 2], "1"],
    [["-N2", "-n3", "-c2"], [], [2, 1], "2"],
    [["-N2", "-n2", "-c4"], ["-c", "0.5"], [1, 1], "1"],
    [["-N2", "-n2"], ["-t", "3"], [3, 3], "1"],
    [["-N2", "-n2", "-c4"], ["--fill", "-c", "1"], [4, 4], "1"],
  ])("a job of %j with %j has its slots where Slurm has put it", async (sbatch, options, slots, cores) => {
    const cluster = openCluster();
    writeTasks(cluster.work, untilJoined(slots.length));
    const id = await cluster.submit(artifact, sbatch, [...options, "-p", "run", "Tasks"]);
    const { state, output } = await cluster.job(id);
    expect([state, output]).toEqual(["COMPLETED", expect.stringContaining(`${TASKS} tasks done`)]);
    expectAllDone(cluster.work);
    expect(slotsOf(cluster.work)).toEqual(slots);
    expect(new Set(enginesOf(cluster.work).map(({ context }) => context))).toEqual(new Set([`J${id}`]));
    const words = said(cluster.work).map((line) => line.split(" "));
    expect(new Set(words.map(([each, threads]) => `${each} ${threads}`))).toEqual(new Set([`${cores} ${cores}`]));
    // One step a node for the whole run; a node whose engine comes late may find nothing left to do.
    const counts = [({ step }: Said) => step, ({ host }: Said) => host, ({ step, host }: Said) => `${step} ${host}`];
    const places = words.map(([, , step = "", host = ""]) => ({ step, host }));
    const [steps, hosts, both] = counts.map((what) => new Set(places.map(what)).size);
    expect([steps, hosts]).toEqual([both, both]);
  });
});

test("an allocation of one's own, outside of its nodes or in a step of it, is used all the same", async () => {
  const cluster = openCluster();
  for (const [i, inner] of [[], ["srun", "-N1", "-n1"]].entries()) {
    // The first is to be seen on both nodes.
    writeTasks(cluster.work, i === 0 ? untilJoined(2) : undefined);
    const words = [...inner, ...singleExecutable.command, "-p", `run${i}`, "Tasks"];
    const run = cluster.login("salloc", ["-N2", "-n5", ...words]);
    expect(await run.exited).toMatchObject({ code: 0 });
    expect(run.stderr()).toContain(`${TASKS} tasks done`);
    expect(cluster.work.status(`run${i}_status.txt`)).toHaveLength(TASKS);
  }
  expect(said(cluster.work).map((line) => line.split(" ").at(-1))).toEqual(expect.arrayContaining(["node1", "node2"]));
});

test("sbatch takes the script of dist/bin, and a command of the user's own", async () => {
  const cluster = openCluster();
  writeTasks(cluster.work);
  const script = path.join(path.dirname(singleExecutable.file), "bin", "disbatch");
  const ids = [
    await cluster.ask("sbatch", "--parsable", "-o", "first.out", "-n5", script, "-p", "run", "Tasks"),
    await cluster.ask("sbatch", "--parsable", "-o", "second.out", "-n5", "--wrap", `${script} -p wrapped Tasks`),
  ];
  for (const id of ids) expect((await cluster.job(id.trim())).state).toBe("COMPLETED");
  expectAllDone(cluster.work);
  expect(cluster.work.status("wrapped_status.txt")).toHaveLength(TASKS);
});

test("a machine outside of any job is left alone, and what to type is said", async () => {
  const cluster = openCluster();
  writeTasks(cluster.work);
  const run = cluster.login(singleExecutable.file, ["-p", "run", "Tasks"]);
  expect(await run.exited).toMatchObject({ code: 2 });
  expect(run.stderr()).toMatch(
    /^disbatch: this is outside of any Slurm job \(add -s localhost:N to use this machine itself\); to submit one: cd \S+ && sbatch -n 20 .*\n$/,
  );
  const told = cluster.login(singleExecutable.file, ["-s", "localhost:2", "-p", "run", "Tasks"]);
  expect(await told.exited).toMatchObject({ code: 0 });
});

test("a disagreement between options and Slurm is one line, and what cannot be is refused before anything runs", async () => {
  const cluster = openCluster();
  writeTasks(cluster.work);
  const id = await cluster.submit(singleExecutable, ["-N1", "-n2", "-c2"], ["-c", "1", "-p", "run", "Tasks"]);
  const { output } = await cluster.job(id);
  expect(output.match(/^disbatch: warning: .*$/gm)).toEqual([
    "disbatch: warning: -c 1 counts, not SLURM_CPUS_PER_TASK=2",
  ]);
  const exclusive = await cluster.submit(
    singleExecutable,
    ["-N1", "-n1", "--exclusive"],
    ["--fill", "-p", "filled", "Tasks"],
  );
  expect((await cluster.job(exclusive)).output).toContain("warning: --fill is not done in a job with GPUs");
  const refused = await cluster.submit(singleExecutable, ["-N1", "-n1"], ["-c", "8", "-p", "other", "Tasks"]);
  expect(await cluster.job(refused)).toMatchObject({ code: 2, output: expect.stringContaining("-c 8") });
  cluster.work.write("options", "SLURM_CPU_BIND=none\nnonsense\n");
  const env = { DISBATCH_SLURM_SRUN_OPTIONS_FILE: "options" };
  const salloc = cluster.login("salloc", ["-n1", ...singleExecutable.command, "-p", "third", "Tasks"], { env });
  expect(await salloc.exited).toMatchObject({ code: 2 });
  expect(salloc.stderr()).toContain("options:2:");
});
