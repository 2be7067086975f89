import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Artifact, artifacts, singleExecutable } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import type { Workspace } from "../support/workspace.ts";

const ARGS = ["-s", "localhost:1", "-p", "run"];

/** Runs the program in a shell, which can do what a test's runtime cannot: name what is not UTF-8, and go where nothing is. */
function inShell(
  workspace: Workspace,
  { command, ...artifact }: Artifact,
  script: string,
  args: readonly string[] = ARGS,
): DisbatchRun {
  const words = [...command, ...args].map((word) => `'${word}'`).join(" ");
  const shell = `disbatch() { ${words} "$@"; }; ${script}`;
  return workspace.run({ ...artifact, command: ["/bin/bash", "-c", shell] }, []);
}

describe.each(artifacts)("the $name says what is wrong", (artifact) => {
  test.each([
    ["a task file", String.raw`$'caf\xe9 \e'`],
    ["a task file in such a folder", String.raw`$'caf\xe9 \e/Tasks'`],
    ["a prefix", String.raw`-p $'caf\xe9 \e/run' Tasks`],
    ["a status file", String.raw`-r $'caf\xe9 \e' Tasks`],
  ])("with %s whose name is not UTF-8", async (_what, words) => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const run = inShell(workspace, artifact, `disbatch ${words}`);
    expect(await run.exited).toEqual({ code: 2, signal: null });
    expect(run.stderr()).toMatch(/^disbatch: caf\\xe9 \\e\S*: this is not UTF-8, .*rename the file.*- < FILE\n$/);
  });

  test("with a value of each that is not UTF-8, which it takes from a file", async () => {
    const workspace = openWorkspace();
    const each = "disbatch each --dry-run 'echo {}'";
    const given = inShell(workspace, artifact, String.raw`${each} ::: $'caf\xe9'`, []);
    expect(await given.exited).toEqual({ code: 2, signal: null });
    expect(given.stderr()).toMatch(/^disbatch: caf\\xe9: this is not UTF-8, .* in a file: :::: FILE\n$/);
    const kept = inShell(workspace, artifact, String.raw`echo $'caf\xe9' > values && ${each} :::: values`, []);
    expect(await kept.exited).toEqual({ code: 0, signal: null });
    expect(kept.stdout()).toBe("echo $'caf\\351'\n");
  });

  test("with a folder whose name is not UTF-8, and takes tasks from a file of such a name on standard input", async () => {
    const workspace = openWorkspace();
    const folder = Buffer.concat([Buffer.from(workspace.path("caf")), Buffer.of(0xe9)]);
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from("/Tasks")]), ": > done\n");
    const run = inShell(workspace, artifact, String.raw`cd $'caf\xe9' && disbatch Tasks`);
    expect(await run.exited).toEqual({ code: 2, signal: null });
    expect(run.stderr()).toMatch(/^disbatch: \S*caf\uFFFD: the name of this folder is not UTF-8, .*\n$/);
    const fed = inShell(workspace, artifact, String.raw`disbatch - < $'caf\xe9/Tasks'`);
    expect(await fed.exited).toEqual({ code: 0, signal: null });
    expect(workspace.read("done")).toBe("");
  });

  test("with no folder when the names do have such a character", async () => {
    const workspace = openWorkspace();
    workspace.write("caf\uFFFD/Tasks", ": > done\n");
    const run = workspace.run(artifact, [...ARGS, "Tasks"], { cwd: workspace.path("caf\uFFFD") });
    expect(await run.exited).toEqual({ code: 0, signal: null });
  });
});

/** The executable's runtime does not get as far as to the program there. */
const SCRIPT = path.join(path.dirname(singleExecutable.file), "bin", "disbatch");
const careful = artifacts.filter((artifact) => artifact !== singleExecutable);

test.each([...careful, { name: "script of dist/bin", file: SCRIPT, command: [SCRIPT] } satisfies Artifact])(
  "the $name says that its folder has been removed",
  async (artifact) => {
    const workspace = openWorkspace();
    const run = inShell(workspace, artifact, "mkdir gone; cd gone; rmdir ../gone; disbatch Tasks");
    expect(await run.exited).toEqual({ code: 2, signal: null });
    expect(run.stderr()).toMatch(/^disbatch: the working directory no longer exists; go to another\n$/m);
  },
);
