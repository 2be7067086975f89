import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { screenLines } from "../support/screen.ts";
import { CTRL_C, runOnTerminal } from "../support/terminal.ts";

const ARGS = ["-s", "localhost:1", "-p", "run", "Tasks"];
const COLOUR = new RegExp(String.raw`\u001b\[[\d;]*m`);
/** A line that is written over in place: a carriage return that is not part of a line end. */
const REDRAWN = /\r(?![\r\n])/;

describe.each(artifacts)("the $name", (artifact) => {
  test.each([40, 80, 200])("keeps one progress line on a terminal of %i columns", async (columns) => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = runOnTerminal(workspace, artifact, ARGS, { columns });
    const a = await tasks.started("a");
    await run.stdoutShows(/\b0\s*\/\s*2\b/);
    await a.exit(1);
    const b = await tasks.started("b");
    await run.stdoutShows(/\b1\s*\/\s*2\b/);
    await b.exit(0);
    expect((await run.exited).code).toBe(0);
    expect(run.stdout()).toMatch(REDRAWN);
    expect(run.stdout()).toMatch(COLOUR);
    const drawn = run
      .stdout()
      .split(/[\r\n]+/)
      .filter((line) => /\b[012]\s*\/\s*2\b/.test(line));
    expect(drawn.filter((line) => plain(line).length > columns)).toEqual([]);
  });

  test("shows nothing on a terminal that a task's text would do to it, in any format", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("printf '\\033]0;title\\007\\302\\233m\\342\\200\\256' >&2; false # \u001b[31m\u202e");
    await workspace.run(artifact, ARGS).exited;
    for (const words of [["--format", "csv"], ["--format", "json"], ["--format", "trace"], ["--tasks", "failed"], []]) {
      const run = runOnTerminal(workspace, artifact, ["report", ...words, "run"], { columns: 80 });
      expect((await run.exited).code).toBe(0);
      expect(run.stdout()).toContain("printf");
      expect(run.stdout().replaceAll(/[\r\n\t]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  test("uses no colours when NO_COLOR is set", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("echo broken >&2; false", "true");
    const run = runOnTerminal(workspace, artifact, ARGS, { columns: 80, env: { NO_COLOR: "1" } });
    expect((await run.exited).code).toBe(0);
    expect(run.stdout()).toMatch(/1 failed/);
    expect(run.stdout()).not.toMatch(COLOUR);
  });

  test.each(["none", "plain"])("redraws nothing on a terminal with --progress %s", async (progress) => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const run = runOnTerminal(workspace, artifact, ["--progress", progress, ...ARGS], { columns: 80 });
    expect((await run.exited).code).toBe(0);
    expect(run.stdout()).not.toMatch(REDRAWN);
  });

  test("drains when Ctrl-C is typed once, and ends everything when it is typed again", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = runOnTerminal(workspace, artifact, ARGS, { columns: 80 });
    const a = await tasks.started("a");
    run.stdin.write(CTRL_C);
    await run.stdoutShows(/interrupt|ctrl-c/i);
    await a.run("true");
    run.stdin.write(CTRL_C);
    await a.ended;
    expect((await run.exited).code).toBe(130);
    expect(workspace.status()).toEqual([]);
    expect(tasks.hasStarted("b")).toBe(false);
  });

  test.each([40, 80, 200])(
    "leaves no old progress line behind when Ctrl-C is typed, on %i columns",
    async (columns) => {
      const workspace = openWorkspace();
      const tasks = await openTasks();
      workspace.writeTasks(tasks.line("a"), tasks.line("b"));
      const run = runOnTerminal(workspace, artifact, ARGS, { columns });
      const a = await tasks.started("a");
      await run.stdoutShows(/\b0\/2 done.*1 running/);
      run.stdin.write(CTRL_C);
      await run.stdoutShows(/interrupted: [^\r\n]*[^]*draining[^\r\n]*/);
      expect(screenLines(run.stdout(), columns).filter((line) => line.includes("0/2 done"))).toHaveLength(1);
      await a.exit(0);
      expect((await run.exited).code).toBe(130);
      const lines = screenLines(run.stdout(), columns);
      expect(lines.filter((line) => line.includes("/2 done"))).toEqual([]);
      expect(lines.join("\n")).toContain("1 of 2 tasks done");
    },
  );

  test("writes a whole line every so often when there is no terminal", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ARGS);
    await (await tasks.started("a")).exit(0);
    const b = await tasks.started("b");
    await run.stderrShows(/\b1\s*\/\s*2\b.*\n/);
    await b.exit(0);
    expect((await run.exited).code).toBe(0);
    expect(run.stderr()).not.toMatch(REDRAWN);
    expect(run.stderr()).not.toMatch(COLOUR);
    expect(run.stdout()).toBe("");
  });
});

/** What is seen of a line: without its control sequences. */
function plain(line: string): string {
  return line.replaceAll(new RegExp(String.raw`\u001b\[[\d;?]*[A-Za-z]`, "g"), "");
}
