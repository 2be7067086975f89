import { chmodSync } from "node:fs";
import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import type { ControlledTask } from "../support/controlled-task.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

/** Puts a program before others in PATH. @returns the environment that finds it. */
function withProgram(workspace: Workspace, name: string, script: string): { readonly PATH: string } {
  workspace.write(`programs/${name}`, `#!/bin/bash\n${script}\n`);
  chmodSync(workspace.path(`programs/${name}`), 0o755);
  return { PATH: `${workspace.path("programs")}:${workspace.env["PATH"]}` };
}

function resourcesOf({ variables }: ControlledTask): unknown {
  return JSON.parse(variables["DISBATCH_RESOURCES"] ?? "null");
}

describe.each(artifacts)("the $name", (artifact) => {
  test("deals out the GPUs that nvidia-smi lists, none of them to two tasks, and tells tasks which they have", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const env = withProgram(workspace, "nvidia-smi", `echo "0, GPU-aa, [N/A]"; echo "1, GPU-bb, [N/A]"`);
    const names = ["a", "b", "c"];
    workspace.writeTasks(
      ...names.map((name) => `${tasks.line(name)} #DISBATCH gpus=1`),
      "echo $CUDA_VISIBLE_DEVICES>none",
    );
    const run = workspace.run(artifact, ["-s", "localhost:4", "-p", "run", "Tasks"], { env });
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    expect([a, b].map(resourcesOf)).toMatchObject([{ gpus: ["GPU-aa"] }, { gpus: ["GPU-bb"] }]);
    expect(tasks.order).toHaveLength(2);
    await b.run(`echo $CUDA_VISIBLE_DEVICES > b`);
    await b.exit(0);
    const c = await tasks.started("c");
    expect(resourcesOf(c)).toMatchObject({ gpus: ["GPU-bb"] });
    await a.exit(0);
    await c.exit(0);
    expect((await run.exited).code).toBe(0);
    expect([workspace.read("b"), workspace.read("none")]).toEqual(["GPU-bb\n", "\n"]);
  });

  test("runs tasks where nvidia-smi lists no GPUs but something else, and says so", async () => {
    const workspace = openWorkspace();
    const env = withProgram(workspace, "nvidia-smi", "echo Segmentation fault");
    workspace.writeTasks("true");
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"], { env });
    expect((await run.exited).code).toBe(0);
    expect(run.stderr()).toMatch(
      /nvidia-smi writes no list of GPUs: Segmentation fault; no GPUs are counted here: set CUDA_/,
    );
  });

  test("runs tasks beside each other as far as a resource of the engine reaches", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const needs = ["disk=60G", "disk=60G", ""];
    workspace.writeTasks(...needs.map((need, i) => `${tasks.line(`task${i}`)} #DISBATCH ${need} cores=1`));
    const args = ["-s", "localhost:3", "--engine-resource", "disk=100G", "-p", "run", "Tasks"];
    const run = workspace.run(artifact, args);
    const first = await tasks.started("task0");
    expect(resourcesOf(first)).toMatchObject({ cores: 1, disk: 60 * 1024 ** 3 });
    expect(tasks.hasStarted("task1")).toBe(false);
    await first.exit(0);
    await Promise.all([1, 2].map(async (i) => (await tasks.started(`task${i}`)).exit(0)));
    expect((await run.exited).code).toBe(0);
    expect(workspace.read("run_journal.jsonl")).toContain('"named":{"disk":107374182400}');
  });

  test("binds each task to its own cores with --bind cores", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), `${tasks.line("b")} #DISBATCH cores=1`);
    const run = workspace.run(artifact, ["-s", "localhost:2", "--bind", "cores", "-p", "run", "Tasks"]);
    const started = await Promise.all(["a", "b"].map((name) => tasks.started(name)));
    for (const [i, task] of started.entries()) {
      await task.run(`grep Cpus_allowed_list /proc/self/status | cut -f 2 > cpus${i}`);
      await task.exit(0);
    }
    const { code } = await run.exited;
    expect(code).toBe(0);
    const cpus = [0, 1].map((i) => workspace.read(`cpus${i}`).trim());
    const isBound = new Set(cpus).size === 2 && cpus.every((list) => /^[0-9]+$/.test(list));
    // With one processor nothing can be bound, and a line says so.
    expect([isBound, run.stderr().includes("--bind cores: tasks are not bound")]).toEqual(
      availableParallelism() < 2 ? [false, true] : [true, false],
    );
  });
});
