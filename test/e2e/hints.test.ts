import { mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Artifact, artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { type Hint, hintsIn, paste } from "../support/hints.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import type { Workspace } from "../support/workspace.ts";

const REST = "to run the rest";
const FAILED = "to run the failed ones again";
const ONE_SLOT = ["-s", "localhost:1"];

describe.each(artifacts)("what the $name tells its user to type", (artifact) => {
  test("resumes the run as it stands, from anywhere, whatever the names of files", async () => {
    const workspace = openWorkspace();
    const [tasks, folder, prefix] = ["My $Tasks's \u001b[1m", "da ta\n", "o d'd$(x)"];
    mkdirSync(workspace.path(folder));
    workspace.write(`${folder}/${tasks}`, "exit 3\n: > rest\n");
    const args = ["--fail-fast", ...ONE_SLOT, "-p", prefix, tasks];
    const run = workspace.run(artifact, args, { cwd: workspace.path(folder) });
    expect((await run.exited).code).toBe(1);
    expect(run.stderr()).not.toContain("\u001b");
    expect(pasted(workspace, run, REST).code).toBe(0);
    expect(workspace.read(`${folder}/rest`)).toBe("");
    expect(returnCodes(workspace, `${folder}/${prefix}_status.txt`)).toEqual([
      [0, 3],
      [1, 0],
    ]);
  });

  test("names the program by its path, when it was called by a relative one, or by its name when PATH leads to it", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("exit 3");
    const relative = artifact.command.map((word) => path.relative(workspace.folder, word));
    const called: Artifact = { ...artifact, command: ["/bin/bash", "-c", `${relative.join(" ")} "$@"`, "bash"] };
    const run = workspace.run(called, [...ONE_SLOT, "Tasks"]);
    await run.exited;
    expect(pasted(workspace, run, FAILED).code).toBe(0);
    const PATH = `${path.join(path.dirname(artifact.file), "bin")}:${workspace.env["PATH"]}`;
    const known = workspace.run(artifact, [...ONE_SLOT, "Tasks"], { env: { PATH } });
    await known.exited;
    expect(hintsIn(known.stderr())[0]?.command).toMatch(/^cd \S+ && disbatch -r /);
    expect(pasted(workspace, known, FAILED, { PATH }).code).toBe(0);
  });

  test("gets past a BARRIER CHECK whose cause has been removed", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("[ -e fixed ]", "#DISBATCH BARRIER CHECK", ": > behind");
    const run = workspace.run(artifact, [...ONE_SLOT, "-p", "run", "Tasks"]);
    expect((await run.exited).code).toBe(1);
    const again = pasted(workspace, run, REST);
    expect(again.code).toBe(1);
    workspace.write("fixed", "");
    expect(paste(hint(again.stderr, REST).command, workspace.env).code).toBe(0);
    expect(workspace.read("behind")).toBe("");
  });

  test("stays as long as it is, however often a run is resumed with new files", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo 0 >> done", "echo 1 >> done; [ -e fixed ]", "echo 2 >> done; [ -e fixed ]");
    const first = workspace.run(artifact, [...ONE_SLOT, "Tasks"]);
    await first.exited;
    let stderr = first.stderr();
    for (const fixed of [false, false, true]) {
      if (fixed) workspace.write("fixed", "");
      const { command } = hint(stderr, FAILED);
      expect(command.match(/ -r /g)).toHaveLength(1);
      ({ stderr } = paste(command, workspace.env));
    }
    expect(stderr).toContain("3 tasks done");
    expect(hintsIn(stderr)).toEqual([]);
    expect(workspace.read("done").trimEnd().split("\n").toSorted().join("")).toBe("011112222");
  });

  test("names earlier status files for as long as they alone know of a task", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const lines = ["echo 0 >> done", tasks.line("a"), "#DISBATCH BARRIER", "echo 3 >> done", "echo 4 >> done"];
    workspace.writeTasks(...lines);
    workspace.write("old_status.txt", [0, 3].map((id) => record(id, lines[id] ?? "")).join(""));
    const run = workspace.run(artifact, ["-r", "old_status.txt", ...ONE_SLOT, "Tasks"]);
    const a = await tasks.started("a");
    run.signal("SIGTERM");
    await a.ended;
    await run.exited;
    const { command } = hint(run.stderr(), REST);
    expect(command).toMatch(/ -r old_status\.txt /);
    const resumed = workspace.run({ ...artifact, command: ["/bin/bash", "-c", command] }, []);
    await (await tasks.started("a")).exit(5);
    expect((await resumed.exited).code).toBe(0);
    // Task 3 was done long before.
    expect(workspace.read("done")).toBe("4\n");
    expect(hint(resumed.stderr(), FAILED).command.match(/ -r /g)).toHaveLength(1);
  });

  test.each(["-", "/dev/stdin"])(
    "says that the tasks of a stream have to be given again, and goes on with them: %s",
    async (taskFile) => {
      const workspace = openWorkspace();
      const stdin = "exit 3\n: > rest\n";
      const run = workspace.run(artifact, ["-f", ...ONE_SLOT, taskFile], { stdin });
      expect((await run.exited).code).toBe(1);
      expect(run.stderr()).toContain(`${REST} with the same tasks given again (add -R for the failed ones, too): `);
      expect(paste(hint(run.stderr(), REST).command, workspace.env, stdin).code).toBe(0);
      expect(workspace.read("rest")).toBe("");
    },
  );

  test("adds hosts to a run that waits for some, whatever its name", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const run = workspace.run(artifact, ["-S", "-p", "o d'd$(x)", "Tasks"]);
    await run.stderrShows(/add some with: .*\n/);
    const [, command = ""] = /add some with: (.*)HOST:COUNT\n/.exec(run.stderr()) ?? [];
    expect(paste(`${command}localhost:1`, workspace.env).code).toBe(0);
    expect((await run.exited).code).toBe(0);
  });
});

/** A line of a status file: a task that an earlier run has done well. */
function record(taskId: number, command: string): string {
  const line = ["    ", taskId, taskId + 1, -1, "alpha", 1, 0, "1.000", "1.000", "2.000", 0, "''", 0, "''", command];
  return `${line.join("\t")}\n`;
}

/** The one command line for that purpose. */
function hint(stderr: string, purpose: string): Hint {
  const [found, ...others] = hintsIn(stderr);
  expect(others).toEqual([]);
  expect(found?.purpose).toBe(purpose);
  return found ?? { purpose, command: "", isStream: false };
}

/** Types what a run has printed. */
function pasted(workspace: Workspace, run: DisbatchRun, purpose: string, env: Readonly<Record<string, string>> = {}) {
  return paste(hint(run.stderr(), purpose).command, { ...workspace.env, ...env });
}

function returnCodes(workspace: Workspace, statusFile: string): (readonly [number, number])[] {
  return workspace.status(statusFile).map(({ taskId, returnCode }) => [taskId, returnCode]);
}
