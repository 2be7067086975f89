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

  test("keeps what a task printed that is ended at its time limit, and then exits with 0", async () => {
    const workspace = openWorkspace();
    const waits = "trap 'echo cleaned up; exit 0' TERM; echo begun; sleep 60 & wait";
    workspace.writeTasks("#DISBATCH TERMS timeout=5", waits, "sleep 60");
    expect(await workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]).exited).toEqual(DONE);
    const shown = workspace.run(artifact, ["output", "run", "0"]);
    expect(await shown.exited).toEqual(DONE);
    expect(shown.stdout()).toBe("begun\ncleaned up\n");
    // What standard error is said to have had is what disbatch noted there.
    const nothing = workspace.run(artifact, ["output", "run", "1"]);
    expect(await nothing.exited).toEqual({ code: 1, signal: null });
    expect(nothing.stderr()).toBe("disbatch: task 1: it printed nothing\n");
  });

  test("says what became of attempts of which it has nothing, and of a task that succeeded on a later one", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks('echo "try $DISBATCH_ATTEMPT"; [ $DISBATCH_RETRY = 1 ] #DISBATCH retries=1');
    expect(await workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]).exited).toEqual(DONE);
    const output = async (...args: readonly string[]) => {
      const shown = workspace.run(artifact, ["output", "run", "0", ...args]);
      return [(await shown.exited).code, shown.stdout(), shown.stderr()];
    };
    expect(await output()).toEqual([
      0,
      "try 1\n",
      "disbatch: task 0: this is what attempt 1 printed, which failed; the task has succeeded since, and nothing is kept of that\n",
    ]);
    expect(await output("--attempt", "1")).toEqual([0, "try 1\n", ""]);
    expect(await output("--attempt", "2")).toEqual([
      1,
      "",
      "disbatch: task 0, attempt 2: nothing is kept: it succeeded, and only what failed tasks print is kept (--output failed)\n",
    ]);
    expect(await output("--attempt", "3")).toEqual([
      1,
      "",
      "disbatch: task 0, attempt 3: there is no such attempt: it has been started 2 times\n",
    ]);
  });

  test("does not begin where what tasks print cannot be kept, and leaves what is not its own", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo one; exit 1");
    workspace.write("run_output.bin", "mine");
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    expect(await run.exited).toEqual({ code: 2, signal: null });
    expect(run.stderr()).toMatch(
      /^disbatch: .*\/run_output\.bin is no output file of disbatch, so it is not used; move it away, or choose another prefix \(-p\)\n$/,
    );
    expect(workspace.read("run_output.bin")).toBe("mine");
    const other = workspace.run(artifact, ["-s", "localhost:1", "-p", "other", "--output-dir", "Tasks/logs", "Tasks"]);
    expect(await other.exited).toEqual({ code: 2, signal: null });
    expect(other.stderr()).toMatch(/^disbatch: --output-dir: cannot write to .*\/Tasks\/logs: .*\n$/);
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
