import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts, singleExecutable } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { type DisbatchRun, runDisbatch } from "../support/run-disbatch.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";
import { RUNTIMES } from "../unit/node/process/runtimes.ts";

const LIBRARY = path.resolve(import.meta.dirname, "../../dist/disbatch-lib.mjs");

/** Starts a program that uses the library as it is built. */
function start(workspace: Workspace, runtime: string, program: string): DisbatchRun {
  writeFileSync(
    workspace.path("program.mjs"),
    `import { DisBatcher, run } from ${JSON.stringify(LIBRARY)};\n${program}`,
  );
  const artifact = { name: "program", file: LIBRARY, command: [runtime, "program.mjs"] } as const;
  return runDisbatch(artifact, [], { cwd: workspace.folder, env: workspace.env });
}

describe.each(RUNTIMES)("a program under %s", (_, runtime) => {
  test("that has died is gone on with: what ran is taken back, and what was submitted is run", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const lines = JSON.stringify(["a", "b"].map((name) => tasks.line(name)).join("\n"));
    const settings = `{ hosts: "localhost:1", prefix: "run", name: "mine", env: { MINE: "a b" } }`;
    const program = start(workspace, runtime, `new DisBatcher(${settings}).submit(${lines});`);
    const a = await tasks.started("a");
    program.signal("SIGKILL");
    await program.exited;
    const recovered = workspace.run(singleExecutable, ["--recover", "run"]);
    await recovered.stderrShows(/this run takes more tasks/);
    for (const more of [['test "$MINE, $DISBATCH_NAMETASKS" = "a b, mine"'], ["--done"]])
      expect(await workspace.run(singleExecutable, ["submit", "run", ...more]).exited).toMatchObject({ code: 0 });
    await a.exit(0);
    await (await tasks.started("b")).exit(0);
    expect((await recovered.exited).code).toBe(0);
    expect(workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual(
      [0, 1, 2].map((id) => [id, 0]),
    );
    expect(workspace.status()[0]).toMatchObject({ pid: a.pid });
  });

  test("is reached by commands while its run goes on, and hears of what they add", async () => {
    const workspace = openWorkspace();
    const program = start(
      workspace,
      runtime,
      `const batcher = new DisBatcher({ hosts: "localhost:2", prefix: "run" });
       await batcher.begun;
       for await (const { command } of batcher.results()) console.log(command);
       const { succeeded } = await batcher.done();
       console.log(succeeded);`,
    );
    const submit = async (...words: string[]): Promise<void> => {
      const run = workspace.run(singleExecutable, ["submit", "run", ...words]);
      expect([(await run.exited).code, run.stderr()]).toEqual([0, ""]);
    };
    await until(
      () => existsSync(workspace.path("run_contact.json")),
      () => "the run cannot be called",
    );
    await submit("echo from a shell");
    await program.stdoutShows(/echo from a shell/);
    const status = workspace.run(singleExecutable, ["status", "run"]);
    expect((await status.exited).code).toBe(0);
    await submit("--done");
    expect((await program.exited).code).toBe(0);
    expect([program.stdout(), program.stderr()]).toEqual(["echo from a shell\n1\n", ""]);
  });

  test("that forgets to look hears nothing, and ends as it would", async () => {
    const workspace = openWorkspace();
    const program = start(
      workspace,
      runtime,
      `const batcher = new DisBatcher({ hosts: "localhost:2", prefix: "/nowhere/at/all" });
       void batcher.result(batcher.submit("true").id);
       process.on("exit", (code) => console.log(code, process.listenerCount("SIGINT"), process.listenerCount("SIGTERM")));`,
    );
    expect((await program.exited).code).toBe(0);
    expect([program.stdout(), program.stderr()]).toEqual(["0 0 0\n", ""]);
  });
});

test.each(artifacts)(
  "what a program has submitted is run by $name, from the files that it has left",
  async (artifact) => {
    const workspace = openWorkspace();
    const program = start(
      workspace,
      process.execPath,
      `await run({ hosts: "localhost:2", prefix: "run", failFast: true }, ["true", "#DISBATCH BARRIER", "exit 3", "#DISBATCH BARRIER", "true"]);`,
    );
    expect((await program.exited).code).toBe(0);
    const rest = workspace.run(artifact, ["-s", "localhost:2", "-r", "run_status.txt", "-p", "rest", "run_tasks.txt"]);
    expect((await rest.exited).code).toBe(0);
    expect(readFileSync(workspace.path("rest_status.txt"), "utf8").trimEnd().split("\n")).toHaveLength(5);
  },
);
