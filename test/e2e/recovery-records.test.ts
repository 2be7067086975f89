import { appendFileSync, cpSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";
import { allGone, engineOf } from "../support/run-processes.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const ARGS = ["-s", "localhost:1", "-p", "run", "Tasks"];
const DONE = { code: 0, signal: null };
/** Places where the journal is cut, evenly spread from its beginning to its end. */
const CUTS = 15;

describe.each(artifacts)("the $name recovers a run", (artifact) => {
  test("whose status file ends in the middle of a line", async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace);
    appendFileSync(workspace.path("run_status.txt"), "    \t3\t4\t-1\tno");
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovered.exited).toEqual(DONE);
    expect(outcomes(workspace)).toEqual(WHOLE);
  });

  test("whose status file has lost its last lines", async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace);
    const [first] = workspace.read("run_status.txt").split("\n");
    truncateSync(workspace.path("run_status.txt"), `${first}\n`.length);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovered.exited).toEqual(DONE);
    expect(outcomes(workspace)).toEqual(WHOLE);
    expect(starts(workspace)).toEqual(ONCE);
  });

  test("whose journal is cut at any place", { timeout: 300_000 }, async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace);
    const journal = readFileSync(workspace.path("run_journal.jsonl"));
    cpSync(workspace.folder, `${workspace.folder}.killed`, { recursive: true });
    for (let i = 0; i < CUTS; i++) {
      cpSync(`${workspace.folder}.killed`, workspace.folder, { recursive: true });
      const length = Math.floor((journal.length * i) / (CUTS - 1));
      truncateSync(workspace.path("run_journal.jsonl"), length);
      const recovered = workspace.run(artifact, ["--recover", "run"]);
      const told = `with the first ${length} bytes of its journal`;
      expect({ told, exit: await recovered.exited }).toEqual({ told, exit: DONE });
      // What has an outcome is not run again, whatever the journal has forgotten.
      expect({ told, outcomes: outcomes(workspace) }).toEqual({ told, outcomes: WHOLE });
      expect({ told, starts: starts(workspace) }).toEqual({ told, starts: ONCE });
    }
  });

  test("whose status file is gone: it is made anew from the journal", async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace);
    rmSync(workspace.path("run_status.txt"));
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovered.exited).toEqual(DONE);
    expect(recovered.stderr()).toMatch(/run_status\.txt is gone: making it anew from \S*run_journal\.jsonl/);
    expect(outcomes(workspace)).toEqual(WHOLE);
    expect(starts(workspace)).toEqual(ONCE);
  });

  test("that went on in the status file of an earlier one, when that is gone", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo 0 >> starts; exit 1", "echo 1 >> starts; exit 4");
    await workspace.run(artifact, ARGS).exited;
    await killEverything(artifact, workspace, ["-r", "run_status.txt", "--force-resume"]);
    rmSync(workspace.path("run_status.txt"));
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovered.exited).toEqual(DONE);
    expect(outcomes(workspace)).toEqual([[0, 1], ...WHOLE.slice(1)]);
    expect(starts(workspace)).toEqual(ONCE);
  });

  test("whose journal is gone: what the status file has is not run again", async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace, ["--lease", "1"]);
    rmSync(workspace.path("run_journal.jsonl"));
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovered.exited).toEqual(DONE);
    expect(recovered.stderr()).toMatch(/run_journal\.jsonl is gone: going on with what \S*run_status\.txt says/);
    expect(outcomes(workspace)).toEqual(WHOLE);
    expect(starts(workspace)).toEqual(ONCE);
  });

  test("whose journal lacks its beginning: what ran is run again when its engine has ended it", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("true", tasks.line("a"));
    const killed = workspace.run(artifact, ["--lease", "2", ...ARGS]);
    const first = await tasks.started("a");
    killed.signal("SIGKILL");
    await killed.exited;
    const lines = workspace.read("run_journal.jsonl").split("\n");
    workspace.write("run_journal.jsonl", lines.filter((line) => !line.includes('"context-added"')).join("\n"));
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await first.ended;
    await (await tasks.started("a")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(recovered.stderr()).toMatch(/2 tasks done/);
    expect(tasks.order).toEqual(["a", "a"]);
  });

  test("not, when both of its records are gone, and says how to begin anew", async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace);
    for (const name of ["run_journal.jsonl", "run_status.txt"]) rmSync(workspace.path(name));
    const refused = workspace.run(artifact, ["--recover", "run"]);
    expect(await refused.exited).toEqual({ code: 2, signal: null });
    expect(refused.stderr()).toMatch(
      /nobody knows what that run has done; to begin anew, remove \S*run_recovery\.json\n$/,
    );
    rmSync(workspace.path("run_recovery.json"));
    expect(await workspace.run(artifact, ARGS).exited).toEqual(DONE);
    expect(outcomes(workspace)).toEqual(WHOLE);
  });

  test("whose driver was killed as it wrote a file: nothing half made stays, not with -r either", async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace);
    const half = "run_recovery.json.4711-0123456789ab.tmp";
    workspace.write(half, "{");
    cpSync(workspace.folder, `${workspace.folder}.killed`, { recursive: true });
    expect(await workspace.run(artifact, ["--recover", "run"]).exited).toEqual(DONE);
    expect(filesBelow(workspace.folder)).not.toContain(half);
    for (const prefix of ["run", "other"]) {
      cpSync(`${workspace.folder}.killed`, workspace.folder, { recursive: true });
      rmSync(workspace.path("run_recovery.json"));
      const resumed = workspace.run(artifact, ["-r", "run_status.txt", "-s", "localhost:1", "-p", prefix, "Tasks"]);
      expect(await resumed.exited).toEqual(DONE);
      expect(filesBelow(workspace.folder)).not.toContain(half);
    }
  });

  test("whose status file was removed while it went on: it says so, and that file is made anew when it has ended", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("true", tasks.line("a"));
    const run = workspace.run(artifact, ARGS);
    const a = await tasks.started("a");
    rmSync(workspace.path("run_status.txt"));
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    expect(run.stderr()).toMatch(/warning: \S*run_status\.txt was removed, or replaced, while this run wrote to it\n/);
    expect(run.stderr()).toMatch(/to make it anew from the journal, .* use --recover \S*\/run\n/);
    expect((await workspace.run(artifact, ["--recover", "run"]).exited).code).toBe(2);
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([0, 1]);
  });

  test("that has ended, whose status file is gone, but for the tasks that it skipped, and says so", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true", "false");
    expect(await workspace.run(artifact, ["-s", "localhost:1", "-p", "first", "Tasks"]).exited).toEqual(DONE);
    expect(await workspace.run(artifact, ["-r", "first_status.txt", "-R", ...ARGS]).exited).toEqual(DONE);
    rmSync(workspace.path("run_status.txt"));
    const restored = workspace.run(artifact, ["--recover", "run"]);
    expect((await restored.exited).code).toBe(2);
    expect(restored.stderr()).toMatch(/-r of the status file that it had resumed from: 1 task that it skipped/);
  });

  test("whose disk is full: it stops with 3, and nothing is lost to the one that resumes it", async () => {
    const workspace = openWorkspace();
    await killEverything(artifact, workspace);
    const limited = ["/bin/bash", "-c", 'ulimit -f 1; exec "$@"', "bash"];
    const full = workspace.run(artifact, ["--recover", "run"], { wrapper: limited });
    expect(await full.exited).toEqual({ code: 3, signal: null });
    const resumed = workspace.run(artifact, ["-r", "run_status.txt", ...ARGS]);
    expect(await resumed.exited).toEqual(DONE);
    expect(outcomes(workspace)).toEqual(WHOLE);
    expect(starts(workspace)).toEqual(ONCE);
  });
});

/** Every task of the run, and its return code. */
const WHOLE = [
  [0, 0],
  [1, 4],
  [2, 0],
  [3, 0],
  [4, 0],
];

const ONCE = [1, 1];

/** Leaves a run of five tasks of which two are done, and one runs, when its driver and its engine are killed. */
async function killEverything(
  artifact: Artifact,
  workspace: Workspace,
  options: readonly string[] = [],
): Promise<void> {
  const tasks = await openTasks();
  const long = `# ${"padding ".repeat(20)}`;
  workspace.writeTasks(
    `echo 0 >> starts ${long}`,
    `echo 1 >> starts; exit 4 ${long}`,
    // It waits in the first attempt only, for whoever kills it.
    `echo 2 >> starts; [[ -e killed ]] || { ${tasks.line("waits")}; }`,
    "true",
    "true",
  );
  const killed = workspace.run(artifact, [...options, ...ARGS]);
  const waiting = await tasks.started("waits");
  const engine = await engineOf(workspace);
  await until(
    () => workspace.status().length === 2,
    () => "the first two have their outcome",
  );
  workspace.write("killed", "");
  killed.signal("SIGKILL");
  process.kill(engine, "SIGKILL");
  await Promise.all([killed.exited, waiting.ended]);
  await allGone(workspace);
}

function outcomes(workspace: Workspace): number[][] {
  return workspace
    .status()
    .map(({ taskId, returnCode }) => [taskId, returnCode])
    .toSorted(([a = 0], [b = 0]) => a - b);
}

/** How often the tasks were started that were done when all was killed. */
function starts(workspace: Workspace): number[] {
  const started = workspace.read("starts").split("\n");
  return ["0", "1"].map((task) => started.filter((line) => line === task).length);
}
