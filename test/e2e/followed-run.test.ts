import { describe, expect, onTestFinished, test } from "vitest";
import { followRun } from "../../src/control/followed-run.ts";
import type { FollowedRun } from "../../src/domain/watch.ts";
import { openPastRun } from "../../src/records/past/past-run.ts";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { UserError } from "../../src/domain/errors.ts";
import { PATIENCE, until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const DONE = { code: 0, signal: null };

async function follow(workspace: Workspace): Promise<FollowedRun> {
  const records = {
    status: workspace.path("run_status.txt"),
    journal: workspace.path("run_journal.jsonl"),
    jobId: "run",
  };
  const run = await followRun(workspace.path("run_contact.json"), ["disbatch"], () => openPastRun(records));
  onTestFinished(() => run.close());
  return run;
}

/** Waits until the run is shown so. */
function shows(run: FollowedRun, isSo: (run: FollowedRun) => boolean): Promise<void> {
  return until(
    () => isSo(run),
    () => `another state than ${JSON.stringify([run.link, run.view])}`,
  );
}

describe.each(artifacts)("a run of the $name that is followed", (artifact) => {
  test("shows what happens, answers questions, obeys, and is over in the end", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(...["a", "b", "c"].map((name) => tasks.line(name)));
    const run = workspace.run(artifact, ["-s", "localhost:2", "-p", "run", "Tasks"]);
    const [a, b] = await Promise.all([tasks.started("a"), tasks.started("b")]);
    const followed = await follow(workspace);
    let calls = 0;
    followed.listen(() => calls++);
    expect(followed.link).toEqual({ state: "live" });
    await shows(followed, ({ view }) => view.tasks.running === 2 && view.engines[0]?.lastHeard !== undefined);
    await expect.poll(async () => (await followed.slots())[0]?.tasks.length, { timeout: PATIENCE }).toBe(2);
    const { rows, total } = await followed.tasks({ states: ["running"], limit: 10 });
    expect([rows.map(({ id }) => id), total]).toEqual([[0, 1], 2]);
    expect((await followed.task(0))?.row).toMatchObject({ state: "running", command: tasks.line("a") });
    expect(await followed.task(99)).toBeUndefined();
    expect(await followed.stop({ what: "task", id: 1 })).toMatch(/^task 1 is being stopped/);
    await b.ended;
    await expect(followed.stop({ what: "engine", rank: 9 })).rejects.toMatchObject({ code: "no-such-engine" });
    await a.exit(0);
    const c = await tasks.started("c");
    await shows(followed, ({ view }) => view.tasks.succeeded === 1 && view.tasks.failed === 1);
    expect(calls).toBeGreaterThan(0);
    expect(followed.view.kinds).toMatchObject([{ ending: { type: "signalled", signal: 15 }, count: 1, example: 1 }]);
    await c.exit(0);
    expect(await run.exited).toEqual(DONE);
    await shows(followed, ({ link }) => link.state === "over");
    expect(followed.view).toMatchObject({ phase: "ended", reason: "done", tasks: { succeeded: 2, failed: 1 } });
    expect((await followed.task(1))?.row).toMatchObject({ state: "failed", ending: { type: "signalled", signal: 15 } });
    await expect(followed.stop({ what: "run" })).rejects.toMatchObject({
      code: "run-ended",
    } satisfies Partial<UserError>);
    const later = await follow(workspace);
    expect([later.link, later.view.tasks.failed]).toEqual([{ state: "over" }, 1]);
  });

  test("is lost when its driver is killed, and found again when it is recovered", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const followed = await follow(workspace);
    run.signal("SIGKILL");
    await run.exited;
    await shows(followed, ({ link }) => link.state === "lost");
    await expect(followed.tasks({ limit: 1 })).rejects.toMatchObject({ code: "connection-lost" });
    // Who comes now sees how far it had come.
    const late = await follow(workspace);
    expect([late.link.state, late.view.tasks.total]).toEqual(["lost", 2]);
    expect((await late.tasks({ limit: 10 })).rows).toHaveLength(2);
    const recovered = workspace.run(artifact, ["--recover", "run"]);
    await Promise.all([followed, late].map((one) => shows(one, ({ link }) => link.state === "live")));
    await a.exit(0);
    const b = await tasks.started("b");
    await Promise.all([followed, late].map((one) => shows(one, ({ view }) => view.tasks.succeeded === 1)));
    await b.exit(0);
    expect(await recovered.exited).toEqual(DONE);
    await Promise.all([followed, late].map((one) => shows(one, ({ link }) => link.state === "over")));
    expect(late.view.tasks.succeeded).toBe(2);
  });
});
