import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";
import type { Exit } from "../support/run-disbatch.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const ARGS = ["-s", "localhost:2", "-p", "run", "Tasks"];

const STACK_TRACE = /internal error|^ +at /m;

describe.each(artifacts)("the $name", (artifact) => {
  // Files that appear one after the other while a run starts: moments at which a signal may come.
  const moments = [/_status\.txt$/, /_driver\.log$/, /_engine_wrap\.log$/, /_engine_\d+\.log$/];

  test.each(moments)("ends cleanly when it is terminated as soon as there is a file %s", async (file) => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ARGS);
    await appears(workspace, file);
    run.signal("SIGTERM");
    const exit = await run.exited;
    expect(run.stderr()).not.toMatch(STACK_TRACE);
    expect(asInShell(exit)).toBe(143);
    expect(workspace.processes()).toEqual([]);
    expect(workspace.status()).toEqual([]);
  });

  test.each(moments)("ends cleanly at two Ctrl-C as soon as there is a file %s", async (file) => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ARGS);
    await appears(workspace, file);
    run.ctrlC();
    await Promise.race([run.stderrShows(/interrupt|ctrl-c/i), run.exited]);
    run.ctrlC();
    const exit = await run.exited;
    expect(run.stderr()).not.toMatch(STACK_TRACE);
    expect(asInShell(exit)).toBe(130);
    expect(workspace.processes()).toEqual([]);
    expect(workspace.status()).toEqual([]);
  });

  test("takes a disbatch that runs inside a task down with it", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.write("Inner", `${tasks.line("inner")}\n`);
    const inner = [...artifact.command, "-s", "localhost:1", "-p", "inner", "Inner"];
    workspace.writeTasks(inner.map((word) => `'${word}'`).join(" "));
    const run = workspace.run(artifact, ARGS);
    const task = await tasks.started("inner");
    run.signal("SIGTERM");
    await task.ended;
    expect(await run.exited).toEqual({ code: 143, signal: null });
    expect(workspace.processes()).toEqual([]);
  });

  test("ends quietly when nobody reads the rest of what --dry-run shows", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("#DISBATCH REPEAT 1000000000 true");
    const firstLine = ["/bin/bash", "-c", '"$@" | head -n 1; exit ${PIPESTATUS[0]}', "bash"];
    const run = workspace.run(artifact, ["--dry-run", ...ARGS], { wrapper: firstLine });
    await run.exited;
    expect(run.stdout()).toMatch(/true\n$/);
    expect(run.stderr()).toBe("");
  });
});

function appears(workspace: Workspace, file: RegExp): Promise<void> {
  return until(
    () => filesBelow(workspace.folder).some((name) => file.test(name)),
    () => `a file ${file}`,
  );
}

/** The exit code that a shell shows: a signal that comes before the program looks after signals ends it all the same. */
function asInShell({ code, signal }: Exit): number | null {
  return signal === null ? code : 128 + constants.signals[signal];
}
