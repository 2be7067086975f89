import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import type { ControlledTask } from "../support/controlled-task.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { PATIENCE, until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";
import { TmuxScreen } from "./tmux-screen.ts";

const WIDE = { columns: 100, rows: 30 };
const RESTORED = /^\[0\]ready>/m;

/** A run of failed tasks of four kinds, two that run, and some that wait; it ends when both are told to. */
interface LivingRun {
  readonly workspace: Workspace;
  readonly run: DisbatchRun;
  readonly running: readonly ControlledTask[];
}

async function startRun(artifact: Artifact): Promise<LivingRun> {
  const workspace = openWorkspace();
  const tasks = await openTasks();
  const failing = Array.from({ length: 12 }, (_, i) => [
    `echo "cannot open '/data/${i}.h5'" >&2; exit 2`,
    `printf 'a\\033[2Jb\\033]0;title\\007' >&2; exit 1`,
    `kill -SEGV $$`,
    `exit 3`,
  ]).flat();
  // One kind has more than the others, whichever of the first two tasks ends first.
  const uneven = [...failing.slice(0, -1), failing[0] ?? ""];
  workspace.writeTasks(...uneven, tasks.line("a"), tasks.line("b"), "true", "true");
  const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]);
  // Forty-eight tasks come before them.
  const running = [await tasks.started("a", 3 * PATIENCE), await tasks.started("b")];
  return { workspace, run, running };
}

async function endRun({ run, running }: LivingRun): Promise<void> {
  for (const task of running) await task.exit(0);
  await run.exited;
}

/** A run that has ended, of these tasks. */
async function endedRun(artifact: Artifact, ...lines: readonly string[]): Promise<Workspace> {
  const workspace = openWorkspace();
  workspace.writeTasks(...lines);
  await workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]).exited;
  return workspace;
}

describe.each(artifacts)("the monitor of the $name", (artifact) => {
  test("shows a run that goes on: every tab, tasks of a kind, one task, a filter; and leaves no trace on the terminal", async () => {
    const living = await startRun(artifact);
    const screen = await TmuxScreen.open(living.workspace, WIDE);
    await screen.command("./run_dbUtil.sh --mon");
    await screen.shows(/run {2}RUNNING .*● live[^]*\[1 Engines\][^]*RANK[^]*ready/);
    await screen.press("2");
    await screen.shows(/\[2 Failures\][^]*13 {2}exit 2 {3}cannot open #[^]*12 {2}SIGSEGV/);
    await screen.press("Enter");
    await screen.shows(/\[4 Tasks\][^]*filter: kind:[01][^]*exit 2/);
    await screen.press("Enter");
    await screen.shows(/─ Task 0 ─[^]*COMMAND[^]*STANDARD ERROR[^]*cannot open '\/data\/0.h5'/);
    await screen.press("Escape");
    await screen.shows(/\[4 Tasks\]/);
    await screen.press("Escape");
    await screen.press(":", "1", "Enter", "Enter");
    await screen.shows(/─ Task 1 ─[^]*a\\e\[2Jb\\e\]0;title\\x07/);
    await screen.press("Escape", "3");
    await screen.shows(/\[3 Running\][^]*48[^]*49/);
    await screen.press("4", "/");
    await screen.type("state:running");
    await screen.press("Enter");
    await screen.shows(/2 of them, filter: state:running/);
    await screen.press("5");
    await screen.shows(/\[5 Slots\][^]*0 .* 4[89] \d+s +4[89] \d+s/);
    await screen.press("6");
    await screen.shows(/\[6 Log\][^]*run run started/);
    await screen.press("?");
    await screen.shows(/─ Keys ─/);
    await screen.press("q");
    await screen.shows(RESTORED);
    expect(await screen.isRestored()).toBe(true);
    expect(living.run.stderr()).not.toMatch(/stopped|interrupt/);
    await endRun(living);
  });

  test("stops an engine after Y only, and says when the run has ended", async () => {
    const living = await startRun(artifact);
    const screen = await TmuxScreen.open(living.workspace, WIDE);
    await screen.command([...artifact.command, "monitor", "run"]);
    await screen.shows(/● live/);
    await screen.press("E", "N");
    await screen.shows(/nothing was stopped/);
    await screen.press("E");
    await screen.shows(/Y\/N\/C stop engine 0 on /);
    await screen.press("Y");
    await screen.shows(/engine 0 starts no more tasks/);
    await endRun(living);
    await screen.shows(/ENDED EARLY[^]*the run ended early: no engine/);
    await screen.press("4");
    await screen.shows(/\[4 Tasks\][^]*exit 2/);
    await screen.press("q");
    await screen.shows(RESTORED);
    expect(await screen.isRestored()).toBe(true);
  });

  test("stops one task, which then counts as failed", async () => {
    const living = await startRun(artifact);
    const screen = await TmuxScreen.open(living.workspace, WIDE);
    await screen.command([...artifact.command, "monitor", "run"]);
    await screen.shows(/● live/);
    await screen.press(":", "4", "8", "Enter");
    await screen.shows(/▸ +48 {2}running/);
    await screen.press("x", "t");
    await screen.shows(/Y\/N\/C stop task 48\?/);
    await screen.press("Y");
    await screen.shows(/✗ 49/);
    expect(living.workspace.status().some(({ taskId }) => taskId === 48)).toBe(true);
    await screen.press("q");
    await screen.shows(RESTORED);
    await living.running[1]?.exit(0);
    await living.run.exited;
  });

  test("says that the driver has died and how to go on, and goes on itself when somebody has done that", async () => {
    const living = await startRun(artifact);
    const screen = await TmuxScreen.open(living.workspace, WIDE);
    await screen.command([...artifact.command, "monitor", "run"]);
    await screen.shows(/● live/);
    living.run.signal("SIGKILL");
    await living.run.exited;
    const shown = await screen.shows(/^ run {2}LOST [^]* the driver has died; [^]*--recover/m);
    expect(shown).not.toMatch(/ETA|RUNNING|ECONNREFUSED/);
    await screen.press("r");
    await screen.shows(/─ What to type in a shell ─[^]*--recover[^]*Esc back/);
    await screen.press("Escape");
    const recovered = living.workspace.run(artifact, ["--recover", "run"]);
    await screen.shows(/^ run {2}RUNNING .*● live/m);
    await endRun({ ...living, run: recovered });
    await screen.shows(/^ run {2}ENDED /m);
    await screen.press("q");
    await screen.shows(RESTORED);
  });

  test("edits a filter as a shell does, and Esc leads back from the tasks of a kind", async () => {
    const workspace = await endedRun(artifact, "exit 3", "kill -TERM $$", "true");
    const screen = await TmuxScreen.open(workspace, WIDE);
    await screen.command([...artifact.command, "monitor", "run"]);
    await screen.shows(/the run has ended/);
    await screen.press("4", "/");
    await screen.type("nothing of this");
    await screen.press("C-u");
    await screen.type("xsigterm");
    await screen.press("Home", "DC", "Enter");
    expect(await screen.shows(/1 of them, filter: sigterm[^]*▸ +1 {2}SIGTERM/)).not.toContain("exit 3");
    await screen.press("2", "Enter");
    await screen.shows(/\[4 Tasks\]/);
    await screen.press("Escape");
    await screen.shows(/\[2 Failures\]/);
    await screen.press(":");
    await screen.type("99999");
    await screen.press("Enter");
    await screen.shows(/there is no task 99999/);
    await screen.press("q");
    await screen.shows(RESTORED);
  });

  test.each([
    { signal: "SIGHUP", code: 129 },
    { signal: "SIGINT", code: 130 },
    { signal: "SIGALRM", code: 142 },
  ] as const)("gives the terminal back when $signal ends it, and leaves what is meant for runs alone", async (how) => {
    const workspace = await endedRun(artifact, "true");
    const screen = await TmuxScreen.open(workspace, WIDE);
    await screen.command(`sh -c 'echo $$ >pid; exec "$@"' sh ${artifact.command.join(" ")} monitor run`);
    await screen.shows(/\[1 Engines\]/);
    const pid = Number(workspace.read("pid"));
    process.kill(pid, "SIGUSR1");
    process.kill(pid, "SIGUSR2");
    await screen.press("2");
    await screen.shows(/\[2 Failures\]/);
    process.kill(pid, how.signal);
    await screen.shows(new RegExp(String.raw`^\[${how.code}\]ready>`, "m"));
    expect(await screen.isRestored()).toBe(true);
  });

  test("obeys keys on a terminal that says it is larger than any", async () => {
    const workspace = await endedRun(artifact, "true");
    const screen = await TmuxScreen.open(workspace, WIDE);
    const { columns, rows } = WIDE;
    const monitor = `${artifact.command.join(" ")} monitor run`;
    await screen.command(`stty rows 65535 cols 65535; ${monitor}; stty rows ${rows} cols ${columns}`);
    // All rows beyond those that it has are written over its last one.
    await screen.shows(/^─{100}$/m);
    await screen.press("q");
    await screen.shows(RESTORED);
    expect(await screen.isRestored()).toBe(true);
  });

  test("gives the terminal back when it is ended by a signal, and when its terminal vanishes it ends", async () => {
    const workspace = await endedRun(artifact, "true", "false");
    const screen = await TmuxScreen.open(workspace, WIDE);
    const command = `sh -c 'echo $$ >pid; exec "$@"' sh ${artifact.command.join(" ")} monitor run`;
    await screen.command(command);
    await screen.shows(/the run has ended/);
    process.kill(Number(workspace.read("pid")), "SIGTERM");
    await screen.shows(/^\[143\]ready>/m);
    expect(await screen.isRestored()).toBe(true);
    await screen.command(command);
    await screen.shows(/the run has ended/);
    await screen.vanish();
    const monitors = (): number =>
      workspace.processes().filter(({ command: words }) => words.includes(" monitor run")).length;
    await until(
      () => monitors() === 0,
      () => "the end of the monitor",
    );
  });

  test("can be put aside with Ctrl-Z, and goes on", async () => {
    const workspace = await endedRun(artifact, "true");
    const screen = await TmuxScreen.open(workspace, WIDE);
    await screen.command([...artifact.command, "monitor", "run"]);
    await screen.shows(/the run has ended/);
    await screen.press("C-z");
    await screen.shows(/Stopped[^]*ready>/);
    await screen.command("fg");
    await screen.shows(/the run has ended[^]*q quit/);
    await screen.press("q");
    await screen.shows(RESTORED);
    expect(await screen.isRestored()).toBe(true);
  });

  test("fits every size of a terminal, also when that changes", async () => {
    const workspace = await endedRun(artifact, "true", "false");
    const screen = await TmuxScreen.open(workspace, { columns: 200, rows: 50 });
    await screen.command([...artifact.command, "monitor", "run"]);
    await screen.shows(/RANK +CONTEXT +HOST +STATE +LAST +AVAIL/);
    await screen.resize({ columns: 60, rows: 24 });
    await screen.shows(/^─\[1 Engines\]─2 Failures─3 Running─4 Tasks─5 Slots─6 Log─+$/m);
    await screen.resize({ columns: 40, rows: 20 });
    await screen.shows(/^─ 1 Engines ─+ sort: rank ▲ ─$/m);
    await screen.resize({ columns: 20, rows: 12 });
    const shown = await screen.shows(/^ ✔ 1$/m);
    expect(shown.split("\n").filter((line) => line.length > 20)).toEqual([]);
    await screen.press("q");
    await screen.shows(RESTORED);
  });

  test.each(["xterm", "xterm-256color", "screen", "screen-256color", "tmux", "linux"])(
    "opens on TERM=%s",
    async (term) => {
      const workspace = await endedRun(artifact, "true");
      const screen = await TmuxScreen.open(workspace, WIDE, term);
      await screen.command([...artifact.command, "monitor", "run"]);
      const shown = await screen.shows(/the run has ended[^]*q quit/);
      expect(shown.split("\n")[0]).toMatch(/^ run {2}ENDED/);
      await screen.press("q");
      await screen.shows(RESTORED);
    },
  );

  test("prints lines on a dumb terminal", async () => {
    const workspace = await endedRun(artifact, "true", "exit 3");
    const screen = await TmuxScreen.open(workspace, WIDE, "dumb");
    await screen.command([...artifact.command, "monitor", "run"]);
    const shown = await screen.shows(
      /^[\d:]+ run: ended after [\d:]+, 2 of 2 done, 1 failed in 1 kind, 0 running\n[\d:]+ the run has ended/m,
    );
    expect(shown).not.toContain("1 Engines");
  });

  test("draws with ASCII where the terminal has nothing else", async () => {
    const workspace = await endedRun(artifact, "true", "echo größer >&2; exit 3");
    const screen = await TmuxScreen.open(workspace, WIDE);
    await screen.command(["env", "LANG=C", ...artifact.command, "monitor", "run"]);
    await screen.shows(/^-\[1 Engines\]-2 Failures-/m);
    await screen.press("2");
    const shown = await screen.shows(/gr\?\?er/);
    // oxlint-disable-next-line no-control-regex
    expect(shown).toMatch(/^[\u0000-\u007f]*$/);
    await screen.press("q");
    await screen.shows(RESTORED);
  });

  test("shows a workflow by its tasks, leads to their instances, and shows it from its records when it has ended", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const flow = {
      name: "flow",
      tasks: {
        days: { generates: "day", run: `echo d1; echo d2; ${tasks.line("days")}` },
        fetch: { matrix: ["day"], run: '[ "$day" != d2 ]' },
        clean: { matrix: ["day"], needs: "fetch", run: "true" },
        report: { needs: "clean", run: "true" },
      },
    };
    workspace.write("flow.json", JSON.stringify(flow));
    const run = workspace.run(artifact, ["run", "-s", "localhost:2", "flow.json"]);
    const days = await tasks.started("days");
    const screen = await TmuxScreen.open(workspace, WIDE);
    await screen.command("./flow_dbUtil.sh --mon");
    await screen.shows(/\[7 Workflow\][^]*TASK[^]*days +1 [^]*fetch +2\+ +1 +1[^]*clean +2\+ +1 +1[^]*report +1 /);
    await screen.press("j", "Enter");
    await screen.shows(/\[4 Tasks\][^]*filter: fetch\[[^]*fetch\[day=d1\][^]*fetch\[day=d2\]/);
    await screen.press("Escape", "e");
    await screen.shows(/\[7 Workflow\][^]*errors only[^]*▸ fetch/);
    await screen.press("1");
    await screen.shows(/\[1 Engines\]/);
    await days.exit(0);
    await run.exited;
    await screen.press("7", "e");
    await screen.shows(/ENDED[^]*fetch +2 +1 +1[^]*clean +2 +1 +1[^]*report +1 +1/);
    await screen.press("q");
    await screen.shows(RESTORED);
    await screen.command([...artifact.command, "monitor", "flow"]);
    await screen.shows(/ENDED[^]*\[7 Workflow\][^]*fetch +2 +1 +1[^]*report +1 +1/);
    await screen.resize({ columns: 40, rows: 20 });
    const narrow = await screen.shows(/─ 7 Workflow ─[^]*BLOCKED[^]*fetch +2 +1 +1[^]*report +1 +1/);
    expect(narrow).not.toContain("RUNNING");
    await screen.press("q");
  });
});
