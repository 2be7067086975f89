import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import type { ControlledTask } from "../support/controlled-task.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { allGone } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";

const ONE_SLOT = ["-s", "localhost:1", "-p", "run"];
const REFUSED = { code: 2, signal: null };
const DONE = { code: 0, signal: null };

describe.each(artifacts)("the $name refuses to recover", (artifact) => {
  test("a run that goes on, which is not disturbed", async () => {
    const { workspace, killed: run, a } = await startRun(artifact);
    const recovering = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovering.exited).toEqual(REFUSED);
    expect(recovering.stderr()).toMatch(/^disbatch: --recover \S*run: its driver is still there .*\n$/);
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    expect(workspace.status()).toMatchObject([{ taskId: 0, pid: a.pid }, { taskId: 1 }]);
  });

  test("a run that has left no recovery file, and says how to go on without", async () => {
    const { workspace, killed, a } = await startRun(artifact, "--lease", "1");
    rmSync(workspace.path("run_recovery.json"));
    const living = workspace.run(artifact, ["--recover", "run"]);
    expect(await living.exited).toEqual(REFUSED);
    expect(living.stderr()).toMatch(/^disbatch: --recover \S*run: its driver is still there .*\n$/);
    killed.signal("SIGKILL");
    await killed.exited;
    const recovering = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovering.exited).toEqual(REFUSED);
    expect(recovering.stderr()).toMatch(
      /^disbatch: --recover \S*run: the run's driver died before it had written \S*_recovery\.json: resume with -r \S*run_status\.txt\n$/,
    );
    await a.ended;
    await allGone(workspace);
  });

  test("a run that had come to its end when its driver was killed, though the lock is left", async () => {
    const { workspace, killed: run, a } = await startRun(artifact);
    const lock = readFileSync(workspace.path("run_run.lock"));
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
    const dead = spawnSync("true").pid;
    workspace.write("run_run.lock", lock.toString().replace(/("pid":)\d+/, `$1${dead}`));
    const recovering = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovering.exited).toEqual(REFUSED);
    expect(recovering.stderr()).toMatch(/no run of that prefix was cut off .*; if it has ended, resume with -r /);
  });

  test.each(["", "{", "{}", '{"version":1}', '{"version":2}', "\u0000"])(
    "a run whose recovery file holds %j, and says how to go on without",
    async (content) => {
      const { workspace, killed, a } = await startRun(artifact, "--lease", "1");
      killed.signal("SIGKILL");
      await killed.exited;
      workspace.write("run_recovery.json", content);
      const recovering = workspace.run(artifact, ["--recover", "run"]);
      expect(await recovering.exited).toEqual(REFUSED);
      expect(recovering.stderr()).toMatch(
        /^disbatch: --recover \S*run: .* damaged.*; resume with -r \S*run_status\.txt instead\n$/,
      );
      // Its engine ends it at the end of the lease.
      await a.ended;
      await allGone(workspace);
    },
  );

  test.each([
    ["driver", "certificate"],
    ["engine", "key"],
    ["controller", "authority"],
  ])(
    "a run whose recovery file holds a damaged certificate (%s, %s), in one line and without a try",
    async (role, part) => {
      const { workspace, killed, a } = await startRun(artifact, "--lease", "1");
      killed.signal("SIGKILL");
      await killed.exited;
      const damaged = JSON.parse(workspace.read("run_recovery.json"));
      damaged.credentials[role][part] = withOneCharacterChanged(damaged.credentials[role][part]);
      workspace.write("run_recovery.json", JSON.stringify(damaged));
      const recovering = workspace.run(artifact, ["--recover", "run"]);
      expect(await recovering.exited).toEqual(REFUSED);
      expect(recovering.stderr()).toMatch(
        /^disbatch: --recover \S*run: [^\n]* it is damaged, or of another version; [^\n]*\n$/,
      );
      await a.ended;
      await allGone(workspace);
    },
  );

  test("to call a run whose contact file holds a damaged certificate, in one line", async () => {
    const { workspace, killed: run, a } = await startRun(artifact);
    const damaged = JSON.parse(workspace.read("run_contact.json"));
    damaged.here.credentials.certificate = withOneCharacterChanged(damaged.here.credentials.certificate);
    workspace.write("run_contact.json", JSON.stringify(damaged));
    const script: Artifact = {
      name: "dbUtil",
      file: workspace.path("run_dbUtil.sh"),
      command: [workspace.path("run_dbUtil.sh")],
    };
    const helper = workspace.run(script, ["--status"]);
    expect(await helper.exited).toEqual({ code: 3, signal: null });
    expect(helper.stderr()).toMatch(
      /^run_dbUtil\.sh: [^\n]*run_contact\.json [^\n]*: it is damaged, or of another version\n$/,
    );
    await a.exit(0);
    expect(await run.exited).toEqual(DONE);
  });

  test("a run that another one recovers at the same time", async () => {
    const { workspace, killed, a } = await startRun(artifact);
    killed.signal("SIGKILL");
    await killed.exited;
    const recoveries = Array.from({ length: 4 }, () => workspace.run(artifact, ["--recover", "run"]));
    await Promise.any(recoveries.map((recovering) => recovering.stderrShows(/going on with the run/)));
    await a.exit(0);
    const exits = await Promise.all(recoveries.map((recovering) => recovering.exited));
    expect(exits.map(({ code }) => String(code)).toSorted()).toEqual(["0", "2", "2", "2"]);
    expect(workspace.status()).toMatchObject([{ taskId: 0, pid: a.pid }, { taskId: 1 }]);
  });

  test("a run whose driver was on another host", async () => {
    const { workspace, killed, a } = await startRun(artifact);
    killed.signal("SIGKILL");
    await killed.exited;
    const recovery = workspace.read("run_recovery.json");
    workspace.write("run_recovery.json", recovery.replace(/"host":"[^"]*"/, '"host":"otherhost"'));
    const recovering = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovering.exited).toEqual(REFUSED);
    expect(recovering.stderr()).toMatch(/the run's driver was on otherhost; do this there, or resume with -r/);
    workspace.write("run_recovery.json", recovery);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await a.exit(0);
    expect(await recovered.exited).toEqual(DONE);
  });

  test("a run whose task file has changed, and says what differs", async () => {
    const { workspace, killed, a } = await startRun(artifact);
    killed.signal("SIGKILL");
    await killed.exited;
    const before = workspace.read("Tasks");
    workspace.write("Tasks", before.replace("exec 3", "exec   3"));
    const recovering = workspace.run(artifact, ["--recover", "run"]);
    expect(await recovering.exited).toEqual(REFUSED);
    expect(recovering.stderr()).toMatch(/task 0\b/);
    workspace.write("Tasks", before);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await a.exit(0);
    expect(await recovered.exited).toEqual(DONE);
  });
});

/** In the middle, where there is no line's end. */
function withOneCharacterChanged(pem: string): string {
  const at = pem.indexOf("\n", pem.length / 2) + 9;
  return pem.slice(0, at) + (pem[at] === "A" ? "B" : "A") + pem.slice(at + 1);
}

/** A run of two tasks, of which the first waits for orders. */
async function startRun(
  artifact: Artifact,
  ...options: readonly string[]
): Promise<{ workspace: Workspace; killed: DisbatchRun; a: ControlledTask }> {
  const workspace = openWorkspace();
  const tasks = await openTasks();
  workspace.writeTasks(tasks.line("a"), "true");
  const killed = workspace.run(artifact, [...options, ...ONE_SLOT, "Tasks"]);
  return { workspace, killed, a: await tasks.started("a") };
}
