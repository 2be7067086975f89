import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { type DisbatchRun, KEEP_OPEN } from "../support/run-disbatch.ts";
import type { Workspace } from "../support/workspace.ts";

const OPEN = ["--keep-open", "-s", "localhost:2", "-p", "run"];

/** Two shells: one in which a run goes on, and one that talks to it. */
class TwoShells {
  readonly workspace = openWorkspace();
  readonly #artifact: Artifact;
  run: DisbatchRun;

  constructor(artifact: Artifact, args: readonly string[] = OPEN, wrapper: readonly string[] = []) {
    this.#artifact = artifact;
    this.run = this.workspace.run(artifact, args, { wrapper });
  }

  /** Starts the run again in the first shell. */
  again(args: readonly string[]): void {
    this.run = this.workspace.run(this.#artifact, args);
  }

  start(...args: readonly string[]): DisbatchRun {
    return this.workspace.run(this.#artifact, args, { stdin: KEEP_OPEN });
  }

  /** What a command in the other shell has come to. */
  async type(args: readonly string[], stdin = ""): Promise<{ code: number | null; out: string; err: string }> {
    const run = this.workspace.run(this.#artifact, args, { stdin });
    const { code } = await run.exited;
    return { code, out: run.stdout(), err: run.stderr() };
  }
}

/** What lines of JSON say of tasks. */
function toldOf(out: string): unknown[] {
  const lines = out.split("\n").filter((line) => line !== "");
  return lines.map((line): unknown => JSON.parse(line));
}

function idsAndCodes(out: string): unknown[] {
  return toldOf(out).map((task) =>
    typeof task === "object" && task !== null && "id" in task && "returnCode" in task ? [task.id, task.returnCode] : 0,
  );
}

function submitted(workspace: Workspace): string[] {
  return readFileSync(workspace.path("run_tasks.txt"), "utf8").trimEnd().split("\n");
}

describe.each(artifacts)("the $name", (artifact) => {
  test("runs what another shell submits, and tells that shell what comes of it", async () => {
    const shells = new TwoShells(artifact);
    await shells.run.stderrShows(/this run takes more tasks: .* submit \S*run LINE/);
    const all = shells.start("wait", "run");
    expect(await shells.type(["submit", "run", "echo a", "exit 3", "#DISBATCH REPEAT 3 true"])).toMatchObject({
      code: 0,
      out: "0-4\n",
    });
    const json = await shells.type(["submit", "run", "--json", "-", "true"], "true\n#DISBATCH BARRIER\nexit 4");
    expect(json.out).toBe('{"first":5,"count":2}\n{"first":7,"count":1}\n{"first":8,"count":1}\n');
    const some = await shells.type(["wait", "run", "0", "6-8"]);
    expect(some.code).toBe(1);
    const codes = { 0: 0, 6: 0, 7: 4, 8: 0 };
    expect(new Set(idsAndCodes(some.out))).toEqual(
      new Set(Object.entries(codes).map(([id, code]) => [Number(id), code])),
    );
    const waited = await shells.type(["submit", "run", "echo b >&2", "--wait", "--done"]);
    expect(waited.code).toBe(0);
    expect(toldOf(waited.out)).toMatchObject([
      {
        ...{ kind: "task", id: 9, line: 8, repeatIndex: -1, command: "echo b >&2", succeeded: true },
        ...{ ending: { type: "exited", code: 0 }, returnCode: 0, attempts: 1 },
        ...{ output: { bytes: 0, snippet: "" }, error: { bytes: 2, snippet: "b\n" }, flags: "  E " },
      },
    ]);
    expect((await shells.run.exited).code).toBe(0);
    expect((await all.exited).code).toBe(1);
    // All of one kind in the same words, whether they come from the run or from its records.
    const past = await shells.type(["wait", "run"]);
    expect(past.code).toBe(1);
    expect(past.out.split("\n").toSorted()).toEqual(all.stdout().split("\n").toSorted());
    expect(toldOf(past.out)).toHaveLength(10);
    expect(submitted(shells.workspace).at(-1)).toBe("# disbatch: no more tasks");
  });

  test("refuses what is no task, and lets the run go on", async () => {
    const [shells, tasks] = [new TwoShells(artifact), await openTasks()];
    await shells.run.stderrShows(/this run takes more tasks/);
    expect(await shells.type(["submit", "run", tasks.line("a")])).toMatchObject({ code: 0, out: "0\n" });
    const a = await tasks.started("a");
    const wrong = await shells.type(["submit", "run", "-"], "true\n#DISBATCH WRONG\ntrue\n");
    expect([wrong.code, wrong.out]).toEqual([2, ""]);
    expect(wrong.err).toContain('stdin:2:11: error: unknown directive "WRONG"');
    const second = await shells.type(["submit", "run", "true", "#DISBATCH WRONG", "true"]);
    expect([second.code, second.err]).toEqual([2, expect.stringContaining("submission:2:11: error: unknown")]);
    const unknown = await shells.type(["wait", "run", "0-1"]);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("no task 1: its last one so far is 0")]);
    expect(await shells.type(["wait", "run", "one"])).toMatchObject({ code: 2 });
    expect(await shells.type(["submit", "run"])).toMatchObject({ code: 2 });
    expect(await shells.type(["submit", "run", "--done"])).toMatchObject({ code: 0, out: "" });
    const late = await shells.type(["submit", "run", "true"]);
    expect([late.code, late.err]).toEqual([2, expect.stringContaining("the list of tasks has been ended")]);
    await a.exit(0);
    expect((await shells.run.exited).code).toBe(0);
    const over = await shells.type(["submit", "run", "true"]);
    expect([over.code, over.err]).toEqual([3, expect.stringContaining("the run has ended; to begin it again")]);
    expect(await shells.type(["wait", "run", "1"])).toMatchObject({ code: 2 });
    expect(shells.workspace.status().map(({ taskId }) => taskId)).toEqual([0]);
  });

  test("takes no tasks from others without --keep-open, and can be waited for all the same", async () => {
    const tasks = await openTasks();
    const workspace = openWorkspace();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const refused = workspace.run(artifact, ["submit", "run", "true"]);
    expect((await refused.exited).code).toBe(2);
    expect(refused.stderr()).toContain("this run takes no more tasks: it was begun without --keep-open");
    const unknown = workspace.run(artifact, ["wait", "run", "2"]);
    expect((await unknown.exited).code).toBe(2);
    const waiting = workspace.run(artifact, ["wait", "run", "0-1"]);
    await a.exit(5);
    await waiting.stdoutShows(/"id":0,.*"returnCode":5/);
    await tasks.started("b");
    run.ctrlC();
    await run.stderrShows(/Ctrl-C again/);
    run.ctrlC();
    expect((await run.exited).code).toBe(130);
    expect((await waiting.exited).code).toBe(3);
    expect(waiting.stderr()).toContain("the run has ended without an outcome of 1");
  });

  test("loses nothing that was acknowledged when its driver is killed, and keeps an ended list ended", async () => {
    const [shells, tasks] = [new TwoShells(artifact), await openTasks()];
    await shells.run.stderrShows(/this run takes more tasks/);
    // The last line of a list that has ended, as whoever submits an old one hands it over.
    const lines = [
      ...["a", "b", "c"].map((name) => tasks.line(name)),
      "#DISBATCH BARRIER",
      "# disbatch: no more tasks",
    ];
    await shells.type(["submit", "run", ...lines]);
    const [a, b] = [await tasks.started("a"), await tasks.started("b")];
    await a.exit(0);
    const c = await tasks.started("c");
    const kill = async (): Promise<void> => {
      shells.run.signal("SIGKILL");
      await shells.run.exited;
      // What is on record is told all the same.
      expect(await shells.type(["wait", "run", "0"])).toMatchObject({
        code: 0,
        out: expect.stringContaining('"id":0'),
      });
      const all = await shells.type(["wait", "run"]);
      expect([all.code, idsAndCodes(all.out)]).toEqual([3, [[0, 0]]]);
      expect(all.err).toContain("has died; to go on:");
      // The torn line of a submission that nobody has acknowledged.
      shells.workspace.write("run_tasks.txt", `${shells.workspace.read("run_tasks.txt")}echo tor`);
      shells.again(["--recover", "run"]);
    };
    await kill();
    await shells.run.stderrShows(/this run takes more tasks/);
    expect(await shells.type(["submit", "run", tasks.line("d"), "true"])).toMatchObject({ code: 0, out: "4-5\n" });
    await shells.type(["submit", "run", "--done"]);
    await kill();
    await shells.run.stderrShows(/going on with the run/);
    for (const task of [b, c]) await task.exit(0);
    await (await tasks.started("d")).exit(0);
    expect((await shells.run.exited).code).toBe(0);
    // Two of them begin at the same time.
    expect(tasks.order.toSorted()).toEqual(["a", "b", "c", "d"]);
    const ids = shells.workspace.status().map(({ taskId }) => taskId);
    expect(ids.toSorted((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shells.run.stderr()).not.toContain("takes more tasks");
  });

  test("is gone on with by the command that it prints, with all that was submitted", async () => {
    const shells = new TwoShells(artifact, [...OPEN, "Tasks"]);
    shells.workspace.writeTasks("true", "false");
    await shells.run.stderrShows(/this run takes more tasks/);
    expect(await shells.type(["submit", "run", "exit 3", "true"])).toMatchObject({ out: "2-3\n" });
    expect(await shells.type(["wait", "run", "0-3"])).toMatchObject({ code: 1 });
    shells.run.signal("SIGINT");
    expect((await shells.run.exited).code).toBe(130);
    const open = [...OPEN.filter((word) => word !== "--keep-open"), "--keep-open", "Tasks"];
    expect(shells.run.stderr()).toContain("--keep-open Tasks");
    shells.again(["-r", "run_status.txt", "-R", ...open]);
    await shells.run.stderrShows(/this run takes more tasks/);
    expect(await shells.type(["submit", "run", "true", "--done"])).toMatchObject({ out: "4\n" });
    expect((await shells.run.exited).code).toBe(0);
    expect(shells.run.stderr()).toMatch(/-r \S*run_status\.txt -R -s localhost:2 -p \S*run Tasks$/m);
    shells.again(["-r", "run_status.txt", "-R", "-s", "localhost:2", "-p", "run", "Tasks"]);
    expect((await shells.run.exited).code).toBe(0);
    expect(shells.workspace.status().map(({ taskId, returnCode }) => [taskId, returnCode])).toHaveLength(5 + 2 + 2);
    const elsewhere = await shells.type(["-r", "run_status.txt", "--keep-open", "-s", "localhost:2", "-p", "other"]);
    expect([elsewhere.code, elsewhere.err]).toEqual([2, expect.stringContaining("what was submitted stands in")]);
  });

  test("tells what a BARRIER CHECK has ended, and begins that again with the failed tasks", async () => {
    const shells = new TwoShells(artifact);
    await shells.run.stderrShows(/this run takes more tasks/);
    const lines = ["[ -e good ]", "#DISBATCH BARRIER CHECK", "true"];
    const waited = await shells.type(["submit", "run", "--wait", ...lines]);
    expect([waited.code, idsAndCodes(waited.out).slice(0, 1)]).toEqual([3, [[0, 1]]]);
    expect(waited.err).toContain("the run has ended without an outcome of 2");
    expect((await shells.run.exited).code).toBe(1);
    const late = await shells.type(["submit", "run", "true"]);
    expect(late.err).toMatch(/to begin it again and submit more: .* -r \S*run_status.txt -R .*--keep-open$/m);
    shells.workspace.write("good", "");
    shells.again(["-r", "run_status.txt", "-R", ...OPEN]);
    await shells.run.stderrShows(/this run takes more tasks/);
    expect(await shells.type(["submit", "run", "true", "--done"])).toMatchObject({ code: 0, out: "3\n" });
    expect((await shells.run.exited).code).toBe(0);
  });

  test("refuses what the disk does not take, and ends as with a full status file", async () => {
    const limited = ["/bin/bash", "-c", 'ulimit -f 16; exec "$@"', "bash"];
    const shells = new TwoShells(artifact, OPEN, limited);
    await shells.run.stderrShows(/this run takes more tasks/);
    expect(await shells.type(["submit", "run", "true"])).toMatchObject({ code: 0 });
    const long = `: ${"x".repeat(10_000)}`;
    const refused = await shells.type(["submit", "run", long, long]);
    expect([refused.code, refused.err]).toEqual([3, expect.stringContaining("run_tasks.txt")]);
    expect((await shells.run.exited).code).toBe(3);
    expect(submitted(shells.workspace)).toEqual(["true"]);
  });
});
