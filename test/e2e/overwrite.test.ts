import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";
import { allGone } from "../support/run-processes.ts";
import type { Workspace } from "../support/workspace.ts";

const ARGS = ["-s", "localhost:1", "-p", "run", "Tasks"];
const DONE = { code: 0, signal: null };
const REFUSED = { code: 2, signal: null };
const RECORDS = ["run_status.txt", "run_journal.jsonl", "run_driver.log", `run_SSH0_${hostname()}_engine_0.log`];

function recordsOf(workspace: Workspace): string[] {
  return RECORDS.map((name) => workspace.read(name));
}

describe.each(artifacts)("--overwrite of the $name", (artifact) => {
  test("is what a used prefix is refused with, and then leaves nothing of the earlier run, and all of others", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks(": one", ": two");
    expect(await workspace.run(artifact, ARGS).exited).toEqual(DONE);
    expect(await workspace.run(artifact, ["-s", "localhost:1", "-p", "run_b", "Tasks"]).exited).toEqual(DONE);
    const beside = filesBelow(workspace.folder).filter((name) => name.startsWith("run_b_"));
    workspace.writeTasks(": three");
    const again = workspace.run(artifact, ARGS);
    expect(await again.exited).toEqual(REFUSED);
    expect(again.stderr()).toMatch(/run_status\.txt exists already: .*-r \S+run_status\.txt, or .*--overwrite\n$/);
    const run = workspace.run(artifact, ["--overwrite", ...ARGS]);
    expect(await run.exited).toEqual(DONE);
    expect(workspace.status().map(({ command }) => command)).toEqual([": three"]);
    for (const record of recordsOf(workspace))
      expect(record.match(/: two|run ended|leaving/g)?.length ?? 0).toBeLessThan(2);
    expect(filesBelow(workspace.folder).filter((name) => name.startsWith("run_b_"))).toEqual(beside);
  });

  test.each([
    ["the task file has a mistake", "#DISBATCH REPEAT x", []],
    ["the log cannot be opened", ": three", ["--logfile", "no/such/folder"]],
    ["there is no such folder for tasks", ": three", ["--workdir", "/no/such/folder"]],
    ["it is to be resumed from", ": three", ["-r", "run_status.txt"]],
  ])("touches nothing when %s", async (_why, line, words) => {
    const workspace = openWorkspace();
    workspace.writeTasks(": one");
    expect(await workspace.run(artifact, ARGS).exited).toEqual(DONE);
    const before = recordsOf(workspace);
    workspace.writeTasks(line);
    expect(await workspace.run(artifact, ["--overwrite", ...words, ...ARGS]).exited).toEqual(REFUSED);
    expect(recordsOf(workspace)).toEqual(before);
  });

  test("touches no run that goes on, and none that was cut off", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(": zero", tasks.line("a"));
    const running = workspace.run(artifact, ["--lease", "1", ...ARGS]);
    const a = await tasks.started("a");
    const before = workspace.read("run_status.txt");
    const args = ["--overwrite", ...ARGS];
    expect(await workspace.run(artifact, args).exited).toEqual(REFUSED);
    running.signal("SIGKILL");
    await running.exited;
    const second = workspace.run(artifact, args);
    expect(await second.exited).toEqual(REFUSED);
    expect(second.stderr()).toMatch(/has not ended.*--recover/);
    expect(workspace.read("run_status.txt")).toBe(before);
    await a.ended;
    await allGone(workspace);
  });

  test("counts once: a run that is gone on with keeps what it has", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(": zero", tasks.line("a"));
    const args = ["--overwrite", "--lease", "1", ...ARGS];
    const killed = workspace.run(artifact, args);
    const first = await tasks.started("a");
    killed.signal("SIGKILL");
    await killed.exited;
    await first.ended;
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    const a = await tasks.started("a");
    recovered.ctrlC();
    await recovered.stderrShows(/interrupted/);
    recovered.ctrlC();
    await a.ended;
    expect((await recovered.exited).code).toBe(130);
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([0]);
    const [hint = ""] = /disbatch: to run the rest: (.*)/.exec(recovered.stderr())?.slice(1) ?? [];
    expect(hint).toContain("-r ");
    expect(hint).not.toContain("--overwrite");
  });
});
