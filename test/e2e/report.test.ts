import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { shellWords } from "../../src/domain/shell-words.ts";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { paste } from "../support/hints.ts";

const DONE = { code: 0, signal: null };

describe.each(artifacts)("the $name", (artifact) => {
  test("reports on a run that goes on, and on one that was cut off, with the command that takes it up", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    await (await tasks.started("a")).exit(3);
    const b = await tasks.started("b");
    const living = workspace.run(artifact, ["report"]);
    expect(await living.exited).toEqual(DONE);
    expect(living.stdout()).toMatch(
      /^run: goes on, 1 of 2 tasks done, all failed\nto see how far it is:\s.* status \S*run\n/,
    );
    run.signal("SIGKILL");
    await run.exited;
    const dead = workspace.run(artifact, ["report"]);
    expect(await dead.exited).toEqual(DONE);
    const [, command = ""] =
      /^run: cut off: its driver is no more, 1 of 2 tasks done, all failed\nto go on:\s+(.*)\n/.exec(dead.stdout()) ??
      [];
    expect(command).toMatch(/ --recover \S*run$/);
    const ended = b.exit(0);
    expect(paste(command, workspace.env)).toMatchObject({ code: 0 });
    await ended;
  });

  test("writes a task file of the tasks that failed, with the terms that directives said, which runs as it is", async () => {
    const workspace = openWorkspace();
    const options = ["-s", "localhost:1", "--resource", "license=2"];
    workspace.writeTasks(
      ...["#DISBATCH TERMS license=1 timeout=1h", "true", "exit 3", "exit 4 #DISBATCH license=2"],
      ...["#DISBATCH TERMS", "exit 5"],
    );
    expect(await workspace.run(artifact, [...options, "-p", "run", "Tasks"]).exited).toEqual(DONE);
    const failed = workspace.run(artifact, ["report", "run", "--tasks", "failed"]);
    expect(await failed.exited).toEqual(DONE);
    const lines = ["#DISBATCH TERMS timeout=3600 license=1", "exit 3", "exit 4 #DISBATCH license=2"];
    expect(failed.stdout()).toBe([...lines, "#DISBATCH TERMS", "exit 5", ""].join("\n"));
    workspace.write("Again", failed.stdout());
    expect(await workspace.run(artifact, [...options, "-p", "again", "Again"]).exited).toEqual(DONE);
  });

  test("ends without a word when the reader of a report has seen enough", () => {
    const workspace = openWorkspace();
    const line = "    \t0\t1\t-1\tn1\t7\t0\t1.000\t10.000\t11.000\t0\t''\t0\t''\ttrue";
    const lines = Array.from({ length: 20_000 }, (_, id) => line.replace("\t0\t1", `\t${id}\t1`));
    workspace.write("many_status.txt", `${lines.join("\n")}\n`);
    const report = shellWords([...artifact.command, "report", "many_status.txt", "--format", "csv"]);
    const { stdout, stderr } = spawnSync("bash", ["-c", `${report} | head -n 1; echo "\${PIPESTATUS[0]}"`], {
      cwd: workspace.folder,
      env: workspace.env,
      encoding: "utf8",
    });
    expect([stdout.split("\n").slice(1), stderr]).toEqual([["0", ""], ""]);
  });

  test("says that it waits for a pipe that nobody writes to", async () => {
    const workspace = openWorkspace();
    const pipe = path.join(workspace.folder, "pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    const report = workspace.run(artifact, ["report", "pipe"]);
    await report.stderrShows(/^disbatch: waiting for somebody to write to \S*\/pipe\n/);
    writeFileSync(pipe, "    \t0\t1\t-1\tn1\t7\t0\t1.000\t10.000\t11.000\t0\t''\t0\t''\ttrue\n");
    expect(await report.exited).toEqual(DONE);
    expect(report.stdout()).toMatch(/pipe: 1 task done, none failed\n/);
  });

  test("leaves out a journal that others may have written, and says so", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    expect(await workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]).exited).toEqual(DONE);
    chmodSync(path.join(workspace.folder, "run_journal.jsonl"), 0o666);
    const report = workspace.run(artifact, ["report", "run"]);
    expect(await report.exited).toEqual(DONE);
    expect(report.stdout().replaceAll(/\s+/g, " ")).toMatch(/not used: .* can be written by other users/);
  });
});
