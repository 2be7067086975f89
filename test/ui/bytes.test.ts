import headless from "@xterm/headless";
import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { runOnTerminal } from "../support/terminal.ts";
import { runDisbatch, type DisbatchRun } from "../support/run-disbatch.ts";
import { untilAnswered } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const COLUMNS = 100;
const ENTERS = "\u001b[?1049h";
const LEAVES = "\u001b[?1049l";
const COLOUR = new RegExp(String.raw`\u001b\[(?:\d+;)*[34]\d(?:;\d+)*m`);

async function endedRun(artifact: Artifact, ...lines: readonly string[]): Promise<Workspace> {
  const workspace = openWorkspace();
  workspace.writeTasks(...lines);
  await workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]).exited;
  return workspace;
}

/** What a terminal shows after all that has been written to it. */
async function shown(run: DisbatchRun): Promise<string> {
  const terminal = new headless.Terminal({ cols: COLUMNS, rows: 24, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(run.stdout(), resolve));
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: 24 },
    (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? "",
  );
  terminal.dispose();
  return lines.join("\n");
}

async function untilShown(run: DisbatchRun, pattern: RegExp): Promise<string> {
  let last = "";
  return untilAnswered(
    async () => {
      last = await shown(run);
      return pattern.test(last) ? last : undefined;
    },
    () => `${pattern} on the screen, which shows\n${last}`,
  );
}

describe.each(artifacts)("what the monitor of the $name writes", (artifact) => {
  test("is a screen of its own, in colours, whatever tasks have written", async () => {
    const evil = String.raw`printf '\033[2J\033]0;t\007\302\233 名前 %0300d' 0 >&2; exit 4`;
    const workspace = await endedRun(artifact, evil, "true");
    const run = runOnTerminal(workspace, artifact, ["monitor", "run"], { columns: COLUMNS });
    await untilShown(run, /the run has ended/);
    run.stdin.write("2");
    await untilShown(run, /\\e\[#J\\e\]#;t\\x07\\x9b 名前/);
    run.stdin.write("q");
    expect((await run.exited).code).toBe(0);
    const written = run.stdout();
    expect(written).toContain(ENTERS);
    expect(written.lastIndexOf(LEAVES)).toBeGreaterThan(written.lastIndexOf(ENTERS));
    expect(written).toMatch(COLOUR);
    expect(written).not.toContain("\u001b]0;");
  });

  test("has no colours with NO_COLOR", async () => {
    const workspace = await endedRun(artifact, "false");
    const run = runOnTerminal(workspace, artifact, ["monitor", "run"], { columns: COLUMNS, env: { NO_COLOR: "1" } });
    await untilShown(run, /1 Engines/);
    run.stdin.write("q");
    await run.exited;
    expect(run.stdout()).not.toMatch(COLOUR);
  });

  test("is one line that says what to do, without a terminal", async () => {
    const workspace = await endedRun(artifact, "false");
    const run = workspace.run(artifact, ["monitor", "run"]);
    expect((await run.exited).code).toBe(2);
    expect(run.stderr()).toMatch(/^disbatch: the monitor needs a terminal; --plain prints .*--errors .*\n$/);
  });

  test("is lines of text for a pipe, and the failures alone when asked", async () => {
    const workspace = await endedRun(artifact, "echo 'no such \u001b[1mfile' >&2; exit 2", "true");
    const plain = workspace.run(artifact, ["monitor", "--plain", "run"]);
    expect((await plain.exited).code).toBe(0);
    expect(plain.stdout()).toMatch(/ run: ended for .*, 2 of 2 done, 1 failed in 1 kind/);
    const errors = workspace.run(artifact, ["monitor", "--errors", "run"]);
    expect((await errors.exited).code).toBe(0);
    expect(errors.stdout()).toMatch(/^task 0 on .*: exit 2 after .* s: no such \\e\[1mfile: echo .*\n$/);
  });

  test.each([
    { words: ["nowhere"], code: 2, says: /^disbatch: nowhere: no run of that prefix/ },
    { words: ["--plain", "--errors", "run"], code: 2, says: /^disbatch: --plain and --errors do not go together/ },
  ])("is one line for $words", async ({ words, code, says }) => {
    const workspace = await endedRun(artifact, "true");
    const run = runDisbatch(artifact, ["monitor", ...words], { cwd: workspace.folder, env: workspace.env });
    expect((await run.exited).code).toBe(code);
    expect(run.stderr()).toMatch(says);
    expect(run.stderr().trimEnd().split("\n")).toHaveLength(1);
  });

  test("says so when the status file is none", async () => {
    const workspace = await endedRun(artifact, "true");
    workspace.write("run_status.txt", "this is no status file\n");
    workspace.write("run_journal.jsonl", "");
    const run = workspace.run(artifact, ["monitor", "--plain", "run"]);
    expect((await run.exited).code).not.toBe(0);
    expect(run.stderr()).toMatch(/^disbatch: .*\n$/);
  });
});
