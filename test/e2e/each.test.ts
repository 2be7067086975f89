import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import type { ControlledTasks } from "../support/controlled-tasks.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { hintsIn, paste } from "../support/hints.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";

const ONE_SLOT = ["-s", "localhost:1", "-p", "run"];
const DONE = { code: 0, signal: null };
const REFUSED = { code: 2, signal: null };

describe.each(artifacts)("the $name", (artifact) => {
  test("goes on with a run of each whose driver was killed, and tells when a file of values has changed", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.write("names", "a\nb\nc\n");
    const killed = workspace.run(artifact, ["each", ...ONE_SLOT, templateOf(tasks, "{name}"), "name=@names"]);
    await (await tasks.started("a")).exit(0);
    const b = await tasks.started("b");
    await kill(killed);
    workspace.write("names", "a\nx\nc\n");
    const other = workspace.run(artifact, ["recover", "run"]);
    expect(await other.exited).toEqual(REFUSED);
    expect(other.stderr()).toMatch(/task 1 was .* and is now .* in each:2 \(put back/);
    workspace.write("names", "a\nb\nc\n");
    const [hint] = hintsIn(killed.stderr());
    expect(hint?.command).toMatch(/recover \S*run$/);
    const recovered = workspace.run(artifact, ["recover", "run"]);
    await b.exit(0);
    await (await tasks.started("c")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(tasks.order).toEqual(["a", "b", "c"]);
    expect(workspace.status()).toMatchObject([{ taskId: 0 }, { taskId: 1, pid: b.pid }, { taskId: 2 }]);
  });

  test("wants values of a pipe again when a run is recovered", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const killed = workspace.run(artifact, ["each", ...ONE_SLOT, templateOf(tasks, "{}"), "::::", "-"], {
      stdin: "a\nb\n",
    });
    const a = await tasks.started("a");
    await kill(killed);
    expect(killed.stderr()).toMatch(/to go on with the same values given again: /);
    const recovered = workspace.run(artifact, ["recover", "run"], { stdin: "a\nb\n" });
    await a.exit(0);
    await (await tasks.started("b")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(workspace.status()).toMatchObject([{ taskId: 0, pid: a.pid }, { taskId: 1 }]);
  });

  test("tells the command that runs the rest, which names the values as they were given", async () => {
    const workspace = openWorkspace();
    const run = workspace.run(artifact, ["each", ...ONE_SLOT, "[ {} != 'b c' ]", ":::", "a", "b c", "-x"]);
    expect(await run.exited).toEqual(DONE);
    const [hint] = hintsIn(run.stderr()).filter(({ purpose }) => purpose.includes("failed"));
    expect(hint?.command).toMatch(
      / each -r \S+run_status.txt -R -s localhost:1 -p run '\[ \{\} != '\S+'b c'\S+' \]' ::: a 'b c' -x$/,
    );
    expect(paste(hint?.command ?? "", workspace.env).code).toBe(0);
    expect(workspace.status().map(({ taskId, flags }) => [taskId, flags.trim()])).toEqual([
      [0, ""],
      [1, "R"],
      [2, ""],
      [1, "R"],
    ]);
  });

  test("lists the tasks that are missing in a run of each, from any folder", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.write("names", "a\nb\nc\n");
    const run = workspace.run(artifact, ["each", ...ONE_SLOT, templateOf(tasks, "{name}"), "name=@names"]);
    const a = await tasks.started("a");
    run.signal("SIGINT");
    await run.stderrShows(/no more tasks are started/);
    await a.exit(0);
    await run.exited;
    workspace.write("each", "touch never\n");
    const missing = workspace.run(artifact, ["report", "--tasks", "missing", "run"]);
    expect(await missing.exited).toEqual(DONE);
    expect(missing.stdout()).toBe(`${tasks.line("b")}\n${tasks.line("c")}\n`);
    const explained = workspace.run(artifact, ["explain", "run", "2"]);
    expect(await explained.exited).toEqual(DONE);
    expect(explained.stdout()).toContain(tasks.line("c"));
  });

  test("takes more tasks behind those of a template with --keep-open", async () => {
    const workspace = openWorkspace();
    const run = workspace.run(artifact, ["each", ...ONE_SLOT, "--keep-open", "touch {x}", "x=1..2"]);
    await run.stderrShows(/this run takes more tasks/);
    const submitted = workspace.run(artifact, ["submit", "run", "touch 3", "--done"]);
    expect(await submitted.exited).toEqual(DONE);
    expect(await run.exited).toEqual(DONE);
    expect(workspace.status().map(({ command }) => command)).toEqual(["touch 1", "touch 2", "touch 3"]);
  });

  test("stops printing the task file when its reader has seen enough", async () => {
    const workspace = openWorkspace();
    const script = `${artifact.command.join(" ")} each --dry-run 'echo {x}{y}' x=1..1000000 y=1..1000000 | head -n 2`;
    const { code, stdout } = paste(script, workspace.env);
    expect([code, stdout]).toEqual([0, "echo 11\necho 12\n"]);
  });
});

/** The line of a controlled task as a template. @param place stands for its name. */
function templateOf(tasks: ControlledTasks, place: string): string {
  const line = tasks
    .line("NAME")
    .replaceAll(/\$\{[^}]*\}|[{}]/g, (found) => (found.length > 1 ? found : found + found));
  return line.replace("NAME", place);
}

async function kill(run: DisbatchRun): Promise<void> {
  run.signal("SIGKILL");
  await run.exited;
}
