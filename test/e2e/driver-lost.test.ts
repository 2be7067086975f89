import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";
import { allGone } from "../support/run-processes.ts";
import { PATIENCE } from "../support/until.ts";

const ARGS = ["--lease", "2", "-s", "localhost:1", "-p", "run", "Tasks"];
const DONE = { code: 0, signal: null };

describe.each(artifacts)("an engine of the $name whose driver does not come back", (artifact) => {
  test("ends its tasks when its lease ends, and they are run again by whoever recovers the run", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const killed = workspace.run(artifact, ARGS);
    const a = await tasks.started("a");
    await a.run("trap '' TERM; sleep 1000 3>&- & setsid sleep 1001 3>&- &");
    killed.signal("SIGKILL");
    await a.ended;
    await allGone(workspace);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    const again = await tasks.started("a");
    expect(again.variables).toMatchObject({ DISBATCH_ATTEMPT: "2", DISBATCH_ENGINE_RANK: "1" });
    await again.exit(0);
    await (await tasks.started("b")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "a", "b"]);
  });

  test("is not said to be recovered where what that takes could not be written", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    // The recovery file is the only one of more than 4 KiB.
    const wrapper = ["bash", "-c", 'ulimit -f 4; exec "$@"', "bash"];
    const killed = workspace.run(artifact, ARGS, { wrapper });
    const a = await tasks.started("a");
    await killed.stderrShows(
      /run_recovery\.json cannot be written .*: .* --recover will not work; then resume with -r \S+\n/,
    );
    killed.signal("SIGKILL");
    await a.ended;
    await allGone(workspace);
    expect(killed.stderr()).not.toMatch(/--recover \//);
    const script = { name: "dbUtil", file: "", command: [workspace.path("run_dbUtil.sh")] } as const;
    const helper = workspace.run(script, ["--status"]);
    expect(await helper.exited).toEqual({ code: 3, signal: null });
    expect(helper.stderr()).toMatch(/its driver, process \d+, has died; resume it with -r \S*\/run_status\.txt\n$/);
  });

  test("lets them finish with --on-driver-lost finish, and what came of them is not lost", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const killed = workspace.run(artifact, ["--on-driver-lost", "finish", ...ARGS]);
    const a = await tasks.started("a");
    killed.signal("SIGKILL");
    await killed.exited;
    // The engine's log says that its lease has ended.
    await expect
      .poll(() => workspace.read(`run_SSH0_${hostname()}_engine_0.log`), { timeout: PATIENCE })
      .toMatch(/what runs may finish/);
    await a.exit(7);
    await allGone(workspace);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await (await tasks.started("b")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "b"]);
    expect(workspace.status()).toMatchObject([
      { taskId: 0, pid: a.pid, returnCode: 7 },
      { taskId: 1, returnCode: 0 },
    ]);
    expect(filesBelow(workspace.folder).filter((name) => name.includes("undelivered"))).toEqual([]);
  });
});
