import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { allGone } from "../support/run-processes.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const DONE = { code: 0, signal: null };
const FAILED = { code: 1, signal: null };
/** Seconds; longer than any test waits. */
const NEVER = 600;

describe.each(artifacts)("with the $name, a task that fails", (artifact) => {
  test("is tried again before what comes after a barrier, and -f looks at its last try", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(
      "#DISBATCH TERMS retries=1 retry-delay=0.3",
      tasks.line("a"),
      "#DISBATCH BARRIER CHECK",
      tasks.line("b"),
      tasks.line("c"),
    );
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "-f", "Tasks"]);
    const first = await tasks.started("a");
    expect(first.variables).toMatchObject({ DISBATCH_ATTEMPT: "1", DISBATCH_RETRY: "0", DISBATCH_LAST_ENDING: "" });
    await first.exit(3);
    const second = await tasks.started("a");
    const told = { DISBATCH_ATTEMPT: "2", DISBATCH_RETRY: "1", DISBATCH_LAST_ENDING: "exit 3" };
    expect(second.variables).toMatchObject(told);
    expect(tasks.hasStarted("b")).toBe(false);
    await second.exit(0);
    const [b, c] = [await tasks.started("b"), await tasks.started("c")];
    await b.exit(4);
    await (await tasks.started("b")).exit(5);
    expect(await run.exited).toEqual(FAILED);
    await c.ended;
    expect(workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([
      [0, 0],
      [1, 0],
      [2, 5],
    ]);
    expect(triesOf(workspace, 2)).toEqual([4]);
    await allGone(workspace);
  });

  test("waits for its next try also when the driver is killed, and is told how it failed before", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks("#DISBATCH TERMS retries=2 retry-delay=2", tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    await (await tasks.started("a")).exit(3);
    await isRetrying(workspace);
    run.signal("SIGKILL");
    await run.exited;
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    const second = await tasks.started("a");
    const told = { DISBATCH_ATTEMPT: "2", DISBATCH_RETRY: "1", DISBATCH_LAST_ENDING: "exit 3" };
    expect(second.variables).toMatchObject(told);
    process.kill(second.pid, "SIGKILL");
    const third = await tasks.started("a");
    expect(third.variables).toMatchObject({ DISBATCH_RETRY: "2", DISBATCH_LAST_ENDING: "SIGKILL" });
    await third.exit(6);
    expect(await recovered.exited).toEqual(DONE);
    expect(workspace.status()).toMatchObject([{ taskId: 0, returnCode: 6 }]);
    expect(triesOf(workspace, 0)).toEqual([3, -9]);
  });

  test("has its outcome at once when it is stopped while it waits", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(`#DISBATCH TERMS retries=2 retry-delay=${NEVER}`, tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    await (await tasks.started("a")).exit(3);
    await isRetrying(workspace);
    const status = workspace.run(artifact, ["status", "run"]);
    expect(await status.exited).toEqual(DONE);
    expect(status.stdout()).toContain("0 of 1 task done, 0 failed, 1 to be tried again, 0 running");
    const dbUtil = workspace.path("run_dbUtil.sh");
    const stopped = workspace.run({ name: "dbUtil", file: dbUtil, command: [dbUtil] }, ["--stop-task", "0"]);
    expect(await stopped.exited).toEqual(DONE);
    expect(await run.exited).toEqual(DONE);
    expect(workspace.status()).toMatchObject([{ taskId: 0, returnCode: 3 }]);
  });

  test("and waits when the run ends counts as not done, and a resumed run tries it anew", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(`#DISBATCH TERMS retries=2 retry-delay=${NEVER}`, tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    await (await tasks.started("a")).exit(3);
    await isRetrying(workspace);
    run.signal("SIGINT");
    expect(await run.exited).toEqual({ code: 130, signal: null });
    expect(run.stderr()).toContain("0 of 1 task done, 1 cut short");
    expect(workspace.status()).toEqual([]);
    expect(workspace.read("run_journal.jsonl")).toMatch(/"e":"task-interrupted".*"code":3/);
    const resumed = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-r", "run_status.txt", "Tasks"]);
    const again = await tasks.started("a");
    expect(again.variables).toMatchObject({ DISBATCH_ATTEMPT: "1", DISBATCH_RETRY: "0" });
    await again.exit(0);
    expect(await resumed.exited).toEqual(DONE);
    expect(workspace.status()).toMatchObject([{ taskId: 0, returnCode: 0 }]);
  });
});

/** Return codes of the tries that were followed by another. */
function triesOf(workspace: Workspace, id: number): number[] {
  const lines = workspace.read("run_journal.jsonl").split("\n");
  return lines
    .filter((line) => line.startsWith('{"e":"task-retrying"') && line.includes(`"id":${id},`))
    .map((line) => Number(/"code":(-?[0-9]+)/.exec(line)?.[1]));
}

async function isRetrying(workspace: Workspace): Promise<void> {
  const text = (): string => workspace.read("run_journal.jsonl");
  await until(
    () => text().includes('"e":"task-retrying"'),
    () => `a failed try in ${text()}`,
  );
}
