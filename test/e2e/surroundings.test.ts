import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";

const ONE_SLOT = ["-s", "localhost:1", "-p", "run", "Tasks"];

describe.each(artifacts)("the $name", (artifact) => {
  test("neither runs nor reads what lies in the folder where it is started", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo [$FROM_FILE]");
    writeFileSync(join(workspace.folder, ".env"), "FROM_FILE=yes\n");
    writeFileSync(join(workspace.folder, "bunfig.toml"), 'preload = ["./preloaded.ts"]\n');
    writeFileSync(join(workspace.folder, "preloaded.ts"), 'console.error("this was preloaded");\n');
    const run = workspace.run(artifact, ONE_SLOT);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(run.stderr()).not.toContain("preloaded");
    expect(workspace.status()[0]?.outSnippet).toContain("[]");
  });

  test("makes its folder for temporary files anew when a task has removed it", async () => {
    const workspace = openWorkspace();
    const temporary = join(workspace.folder, "temporary");
    mkdirSync(temporary);
    workspace.writeTasks("rm -r temporary", "(echo a); /bin/true", "(echo b); /bin/true");
    const run = workspace.run(artifact, ["-e", ...ONE_SLOT], { env: { TMPDIR: temporary } });
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(workspace.status()).toHaveLength(3);
    rmSync(temporary, { recursive: true, force: true });
  });

  test("ends what a running task has started in another session and with another environment", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ONE_SLOT);
    const a = await tasks.started("a");
    await a.run("env -i setsid /bin/sleep 1000 3>&- &");
    run.signal("SIGTERM");
    await a.ended;
    expect(await run.exited).toEqual({ code: 143, signal: null });
    expect(workspace.processes()).toEqual([]);
  });

  test("says that the limit of -C is what ended the run", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true", "true", "true");
    const run = workspace.run(artifact, ["-C", "2", ...ONE_SLOT]);
    expect(await run.exited).toEqual({ code: 3, signal: null });
    expect(run.stderr()).toMatch(/2 tasks that -C allows/);
  });
});
