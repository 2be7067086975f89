import { statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";

const DONE = { code: 0, signal: null };

describe.each(artifacts)("the $name", (artifact) => {
  test("keeps what a failed task printed, and prints it to the byte", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("printf 'a\\033\\377'; printf oops >&2; exit 3", "echo fine");
    expect(await workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]).exited).toEqual(DONE);
    const shown = workspace.run(artifact, ["output", "run", "0"], {});
    expect(await shown.exited).toEqual(DONE);
    expect([shown.stdout(), shown.stderr()]).toEqual(["a\u001b\ufffd", "oops"]);
    expect(statSync(path.join(workspace.folder, "run_output.bin")).mode & 0o777).toBe(0o600);
    const nothing = workspace.run(artifact, ["output", "run", "1"]);
    expect(await nothing.exited).toEqual({ code: 1, signal: null });
    expect(nothing.stderr()).toBe(
      "disbatch: task 1: nothing is kept: it succeeded, and only what failed tasks print is kept (--output failed)\n",
    );
  });

  test("follows what a running task prints", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(`echo begun; ${tasks.line("a")}`);
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const followed = workspace.run(artifact, ["output", "run", "0", "--follow"]);
    await followed.stdoutShows(/^begun\n/);
    await a.exit(0);
    expect(await followed.exited).toEqual(DONE);
    expect(await run.exited).toEqual(DONE);
  });

  test("keeps what was acknowledged when the driver is killed, and goes on in the same file", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("echo first; exit 1", `echo second; ${tasks.line("a")}`);
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    await workspace.run(artifact, ["wait", "run", "0"]).exited;
    run.signal("SIGKILL");
    await run.exited;
    const dead = workspace.run(artifact, ["output", "run", "0"]);
    expect(await dead.exited).toEqual(DONE);
    expect(dead.stdout()).toBe("first\n");
    const recovered = workspace.run(artifact, ["recover", "run"]);
    await recovered.stderrShows(/going on with/);
    await a.exit(5);
    expect(await recovered.exited).toEqual(DONE);
    const all = workspace.run(artifact, ["output", "run"]);
    expect(await all.exited).toEqual(DONE);
    expect(all.stdout()).toBe("==> task 0 <==\nfirst\n==> task 1 <==\nsecond\n");
  });
});
