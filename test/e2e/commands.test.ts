import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { hintsIn, paste } from "../support/hints.ts";

const DONE = { code: 0, signal: null };

describe.each(artifacts)("the $name", (artifact) => {
  test("means the newest run of the folder where a command on a run names none", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("true");
    expect(await workspace.run(artifact, ["-s", "localhost:1", "-p", "earlier", "Tasks"]).exited).toEqual(DONE);
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const killed = workspace.run(artifact, ["run", "-s", "localhost:1", "-p", "later", "Tasks"]);
    await (await tasks.started("a")).exit(0);
    const b = await tasks.started("b");
    const status = workspace.run(artifact, ["status"]);
    expect(await status.exited).toEqual(DONE);
    expect(status.stdout()).toMatch(/^later: running .*\n1 of 2 tasks done/);
    const byFile = workspace.run(artifact, ["status", "later_journal.jsonl", "--json"]);
    expect(await byFile.exited).toEqual(DONE);
    expect(JSON.parse(byFile.stdout())).toMatchObject({ jobId: "later", tasks: { total: 2, succeeded: 1 } });
    killed.signal("SIGKILL");
    await killed.exited;
    const dead = workspace.run(artifact, ["status"]);
    expect(await dead.exited).toEqual({ code: 3, signal: null });
    expect(dead.stderr()).toMatch(/^disbatch: \S*later: .* has died; to go on: .*--recover \S*later\n$/);
    const recovered = workspace.run(artifact, ["recover"]);
    await recovered.stderrShows(/going on with the run of \S*later/);
    await b.exit(0);
    expect(await recovered.exited).toEqual(DONE);
    expect(workspace.status("later_status.txt")).toMatchObject([{ taskId: 0 }, { taskId: 1, pid: b.pid }]);
  });

  test("runs a task file that has a command's name again by the command that it prints", async () => {
    const workspace = openWorkspace();
    workspace.write("run", "[ -e mended ]\n");
    const failed = workspace.run(artifact, ["run", "-s", "localhost:1", "-p", "x", "run"]);
    expect(await failed.exited).toEqual(DONE);
    const [hint] = hintsIn(failed.stderr());
    expect(hint?.command).toMatch(/ \.\/run$/);
    workspace.write("mended", "");
    expect(paste(hint?.command ?? "", workspace.env)).toMatchObject({ code: 0 });
    expect(workspace.status("x_status.txt").map(({ returnCode }) => returnCode)).toEqual([1, 0]);
  });
});
