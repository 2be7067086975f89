import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { paste } from "../support/hints.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const ONE_SLOT = ["-s", "localhost:1", "--progress", "none"];

/** Resolves when the task stands in the journal of the run as one that runs. */
function runs(workspace: Workspace, id: number): Promise<void> {
  return until(
    () => workspace.read("run_journal.jsonl").includes(`"id":${id},"try":1,"eng":0,"slot"`),
    () => `task ${id} runs`,
  );
}

describe.each(artifacts)("with the $name", (artifact) => {
  const output = async (workspace: Workspace, ...args: readonly string[]): Promise<string> => {
    const run = workspace.run(artifact, args);
    expect({ ...(await run.exited), error: run.stderr() }).toMatchObject({ code: 0 });
    return run.stdout();
  };

  test("runs lists what has ended, and a hint that works when it is pasted", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true", "[ -e mended ]");
    await workspace.run(artifact, [...ONE_SLOT, "-p", "run", "Tasks"]).exited;
    const shown = await output(workspace, "runs");
    expect(shown).toMatch(/^run +ended +2 +1 +2 +[-0-9]+ [:0-9]+ +[-0-9]+ [:0-9]+$/m);
    const [, command = ""] = /^run: to run the failed ones again: (.*)$/m.exec(shown) ?? [];
    workspace.write("mended", "");
    expect(paste(command, workspace.env).code).toBe(0);
    expect(JSON.parse(await output(workspace, "runs", "--json"))).toEqual([
      expect.objectContaining({ state: "ended", reason: "done", done: 2, failed: 0, total: 2 }),
    ]);
    expect(await output(workspace, "runs", workspace.tmp)).toContain("no run of yours");
  });

  test("runs and explain tell of a run that goes on, of its dead driver, and how to go on", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("until [ -e go ]; do sleep 0.05; done", "#DISBATCH BARRIER", "true");
    const run = workspace.run(artifact, ["-s", "localhost:2", "--progress", "none", "-p", "run", "Tasks"]);
    await untilThere(workspace, "run_journal.jsonl");
    await runs(workspace, 0);
    expect(await output(workspace, "runs")).toMatch(/^run +running on \S+ +0 +0 +2 /m);
    expect(await output(workspace, "explain", "run")).toMatch(/the barrier of line 2 waits for 1 running task, on /);
    expect(await output(workspace, "explain", "run", "0")).toMatch(/^task 0 \(line 1\) of run: runs on engine 0 on /);
    expect(await output(workspace, "explain", "2")).toMatch(
      /^task 2 \(line 3\) of run: no engine has it yet: the barrier of line 2 .*\n {2}true\n/,
    );
    expect(await output(workspace, "explain", "1")).toMatch(
      /^1 is no task: it is the barrier of line 2, where the run has waited since /,
    );
    expect(await output(workspace, "explain", "99")).toMatch(
      /^task 99 of run: there is no such task: the list has 2 tasks/,
    );
    run.signal("SIGKILL");
    await run.exited;
    expect(await output(workspace, "runs")).toMatch(/^run +driver died on \S+ +0 +0 +2 /m);
    expect(await output(workspace, "explain", "run", "0")).toContain("when the driver died; it may still run there");
    const explained = await output(workspace, "explain");
    expect(explained).toContain("has lost its driver");
    const [, command = ""] = /^to go on, on \S+: (.*)$/m.exec(explained) ?? [];
    workspace.write("go", "");
    expect(paste(command, workspace.env).code).toBe(0);
    expect(await output(workspace, "explain", "run", "2")).toMatch(/^task 2 \(line 3\) of run: succeeded$/m);
  });

  test("a run that is not there, and a task that is none, are refused in one line", async () => {
    const workspace = openWorkspace();
    for (const args of [["explain", "nowhere"], ["explain"], ["explain", "run", "x"], ["runs", "nowhere"]]) {
      const run = workspace.run(artifact, args);
      expect((await run.exited).code).toBe(2);
      expect(run.stderr()).toMatch(/^disbatch: [^\n]+\n$/);
    }
  });
});

function untilThere(workspace: Workspace, name: string): Promise<void> {
  return until(
    () => {
      try {
        return workspace.read(name) !== "";
      } catch {
        return false;
      }
    },
    () => `${name} is there`,
  );
}
