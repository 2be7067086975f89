import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { DisBatchError } from "../../../src/api/index.ts";
import { SubmittedLines } from "../../../src/api/submitted-lines.ts";
import { scratchFolder } from "../../unit/node/process/scratch.ts";
import { begin, codeOf, settings } from "./batchers.ts";

describe("a run inside a program", () => {
  test("takes tasks before it has begun and after, keeps each before submit returns, and tells every result", async () => {
    const batcher = begin();
    const early = batcher.submit("echo early");
    const several = batcher.submit("#DISBATCH PREFIX (\n#DISBATCH SUFFIX )\n#DISBATCH REPEAT 2 exit 3");
    expect([early.id, several.first, several.count, several.ids]).toEqual([0, 1, 2, [1, 2]]);
    expect(() => several.id).toThrow(expect.objectContaining({ code: "no-single-id" }));
    expect(batcher.submit("# nothing").ids).toEqual([]);
    const most = new SubmittedLines({ first: 0, count: 2 ** 32 });
    expect(() => most.ids).toThrow(expect.objectContaining({ code: "too-many-ids" }));
    const { tasksFile, statusFile } = await batcher.begun;
    expect(readFileSync(tasksFile, "utf8")).toMatch(/^echo early\n(?:#DISBATCH.*\n){3}# nothing\n$/);
    const late = batcher.submit("echo late >&2");
    expect(readFileSync(tasksFile, "utf8")).toMatch(/\necho late >&2\n$/);
    const barrier = batcher.submit("#DISBATCH BARRIER").id;
    expect(await batcher.result(late.id)).toMatchObject({
      ...{ kind: "task", id: 3, line: 6, repeatIndex: -1, command: "(echo late >&2)", succeeded: true, returnCode: 0 },
      ...{ ending: { type: "exited", code: 0 }, attempts: 1, error: { bytes: 5, snippet: "late\n" }, flags: "  E " },
    });
    expect(await batcher.result(barrier)).toMatchObject({ kind: "barrier", id: 4, succeeded: true, returnCode: 0 });
    const synced = await batcher.syncTasks([2, 0]);
    expect([...synced].map(([id, { returnCode }]) => [id, returnCode])).toEqual([
      [2, 3],
      [0, 0],
    ]);
    const outcome = await batcher.done();
    expect(outcome).toMatchObject({
      reason: "done",
      exitCode: 1,
      succeeded: 2,
      failed: 2,
      interrupted: 0,
      notRun: 0,
      statusFile,
    });
    expect(readFileSync(statusFile, "utf8").trimEnd().split("\n")).toHaveLength(5);
  });

  test("takes terms as fields, which count for the lines that they come with, and are in the records", async () => {
    const batcher = begin({ timeout: "1h", resource: { license: 2 } });
    const { tasksFile, journal } = await batcher.begun;
    const { id } = batcher.submit("true", { minTime: 1, resources: { license: 1 }, retries: { max: 1, on: [3] } });
    batcher.submit("false #DISBATCH timeout=30m");
    expect(() => batcher.submit("true", { timeout: "soon" })).toThrow(
      expect.objectContaining({
        code: "bad-terms",
        message: expect.stringMatching(/^timeout cannot be "soon" \(it must be/),
      }),
    );
    expect(() => batcher.submit("true", { resources: { licence: 1 } })).toThrow('unknown resource "licence"');
    // @ts-expect-error No object.
    expect(() => batcher.submit("true", "timeout=1m")).toThrow(TypeError);
    expect(await batcher.result(id)).toMatchObject({ command: "true", line: 2, succeeded: true });
    await batcher.done();
    const lines = ["#DISBATCH TERMS min-time=1 retries=1 retry-on=3 license=1", "true", "#DISBATCH TERMS"];
    expect(readFileSync(tasksFile, "utf8").split("\n").slice(0, 4)).toEqual([...lines, "false #DISBATCH timeout=30m"]);
    const told = readFileSync(journal, "utf8").match(/(?<="terms":")[^"]*/g);
    expect(told).toEqual(["timeout=3600 min-time=1 retries=1 retry-on=3 license=1", "timeout=1800"]);
  });

  test("gives results in the order of finishing, from the first, to as many as ask", async () => {
    const batcher = begin();
    const { ids } = batcher.submit("#DISBATCH REPEAT 5 true");
    const first = await batcher.waitOneTask();
    const together = await Promise.all([batcher.waitOneTask(), batcher.waitOneTask()]);
    await batcher.done();
    const seen: number[] = [];
    for await (const { id } of batcher.results()) seen.push(id);
    expect(seen.toSorted((a, b) => a - b)).toEqual(ids);
    const rest = [await batcher.waitOneTask(), await batcher.waitOneTask(), await batcher.waitOneTask()];
    expect([first, ...together, ...rest].map((one) => one?.id)).toEqual([...seen, undefined]);
  });

  test("refuses a mistake at once, with its place, and takes nothing of those lines", async () => {
    const batcher = begin();
    batcher.submit("# no task\n# and none here");
    const mistake = (): unknown => batcher.submit("true\n#DISBATCH REPAET 3 true");
    expect(mistake).toThrow(DisBatchError);
    expect(mistake).toThrow(
      expect.objectContaining({
        code: "task-file-refused",
        message: expect.stringContaining("submission:2:11: error: unknown directive"),
        diagnostics: [
          expect.objectContaining({ code: "unknown-directive", place: expect.objectContaining({ line: 2 }) }),
        ],
      }),
    );
    // @ts-expect-error lines are text
    expect(() => batcher.submit(5)).toThrow(TypeError);
    expect(() => batcher.submit("echo \ud800")).toThrow(expect.objectContaining({ code: "task-file-refused" }));
    expect(batcher.submit("true").id).toBe(0);
    await expect(batcher.done()).resolves.toMatchObject({ succeeded: 1 });
  });

  test("has typed errors for ids that nobody has, and for what comes after the end", async () => {
    const batcher = begin();
    batcher.submit("exit 4");
    for (const id of [1, -1, 0.5, NaN]) expect(await codeOf(batcher.result(id))).toBe("unknown-task");
    expect(await codeOf(batcher.syncTasks([0, 7]))).toBe("unknown-task");
    // @ts-expect-error an id is a number
    await expect(batcher.result("0")).rejects.toThrow(TypeError);
    // @ts-expect-error ids are a list
    await expect(batcher.syncTasks(5)).rejects.toThrow(TypeError);
    const done = batcher.done();
    expect(() => batcher.submit("true")).toThrow(expect.objectContaining({ code: "list-ended" }));
    await done;
    expect(() => batcher.submit("true")).toThrow(expect.objectContaining({ code: "list-ended" }));
    expect(await batcher.done()).toBe(await done);
    expect(await batcher.result(0)).toMatchObject({ returnCode: 4 });
    expect(await batcher.stop({ now: true })).toBe(await done);
  });

  test("ends at a check barrier that fails: tasks behind it have no result, and that is no error of the run", async () => {
    const batcher = begin();
    batcher.submit("false\n#DISBATCH BARRIER CHECK\ntrue");
    expect(await batcher.result(1)).toMatchObject({ kind: "check-barrier", succeeded: false });
    expect(await codeOf(batcher.result(2))).toBe("run-ended");
    expect(() => batcher.submit("true")).toThrow(expect.objectContaining({ code: expect.stringMatching(/-ended$/) }));
    expect(await batcher.done()).toMatchObject({ reason: "check-failed", exitCode: 1, failed: 1, notRun: 1 });
    expect((await batcher.syncTasks([1])).get(1)?.succeeded).toBe(false);
  });

  test("skips what an earlier run of the same lines has done", async () => {
    const first = begin();
    first.submit("echo once\nexit 3");
    const { statusFile, prefix } = await first.done();
    const second = begin({ prefix: `${prefix}2`, resumeFrom: statusFile, retry: true });
    second.submit("echo once\nexit 3");
    expect(await second.result(0)).toMatchObject({
      kind: "skipped",
      output: { snippet: "once\n" },
      attempts: undefined,
    });
    expect(await second.done()).toMatchObject({ skipped: 1, failed: 1, succeeded: 0 });
    // Its lines would stand in the files of that run twice.
    expect(await codeOf(begin({ prefix, resumeFrom: statusFile }).done())).toBe("prefix-in-use");
  });

  test("refuses to skip what is not the same, and shows both", async () => {
    const first = begin();
    first.submit("echo -s once");
    const { statusFile, prefix } = await first.done();
    const second = begin({ prefix: `${prefix}2`, resumeFrom: statusFile });
    second.submit("echo twice");
    await expect(second.done()).rejects.toMatchObject({
      code: "resume-mismatch",
      message: expect.stringMatching(
        /task 0 was 'echo -s once' and is now 'echo twice' .*\(setting forceResume compares/,
      ),
      diagnostics: [expect.objectContaining({ code: "resume-mismatch" })],
      outcome: expect.objectContaining({ reason: "source-failed", notRun: 1 }),
    });
  });

  test("gives its tasks the program's variables, and those of its settings", async () => {
    process.env["LIBRARY_TEST"] = "of the program";
    const batcher = begin({ env: { MINE: "a b=c" }, name: "named" });
    const { id } = batcher.submit('echo "$LIBRARY_TEST, $MINE, $DISBATCH_NAMETASKS"');
    expect((await batcher.result(id)).output.snippet).toBe("of the program, a b=c, named\n");
    delete process.env["LIBRARY_TEST"];
    await batcher.done();
  });

  test("uses the cores of this machine where nobody names hosts, and says so to whoever wants to hear it", async () => {
    const said: string[] = [];
    const batcher = begin({ hosts: undefined, say: (message) => void said.push(message) });
    const { id } = batcher.submit("true");
    expect((await batcher.result(id)).succeeded).toBe(true);
    await batcher.done();
    expect(said).toEqual([expect.stringMatching(/^no -s given: using the \d+ cores of this machine/)]);
  });

  test("tells events from the call on, also those that are no results", async () => {
    const batcher = begin();
    const events = batcher.events();
    batcher.submit("true");
    const done = batcher.done();
    const types: string[] = [];
    for await (const { type } of events) types.push(type);
    expect(types.at(0)).toBe("run-started");
    expect(types).toEqual(expect.arrayContaining(["engine-joined", "task-finished"]));
    expect(types.at(-1)).toBe("run-ended");
    await done;
    expect(await batcher.events().next()).toEqual({ done: true, value: undefined });
  });
});

describe("a run that ends early", () => {
  test("is drained by stop: what runs may finish", async () => {
    const batcher = begin({ hosts: "localhost:1" });
    const fifo = path.join(scratchFolder(), "fifo");
    execFileSync("mkfifo", [fifo]);
    const [running, waiting] = batcher.submit(`cat ${fifo}
true`).ids;
    if (running === undefined || waiting === undefined) throw new Error("no ids");
    for await (const { type } of batcher.events()) if (type === "task-started") break;
    const outcome = batcher.stop();
    const lost = codeOf(batcher.result(waiting));
    await writeFile(fifo, "");
    expect(await batcher.result(running)).toMatchObject({ succeeded: true });
    expect(await outcome).toMatchObject({ reason: "stopped", exitCode: 3, succeeded: 1, notRun: 1 });
    expect(await lost).toBe("run-ended");
  });

  test.each([
    ["stop({ now: true })", (batcher: ReturnType<typeof begin>) => void batcher.stop({ now: true })],
    ["its signal", (_: unknown, abort: AbortController) => abort.abort()],
  ])("is ended at once by %s, and results that will not come are said so", async (_, end) => {
    const abort = new AbortController();
    const batcher = begin({ signal: abort.signal });
    const { id } = batcher.submit("sleep 1000");
    for await (const { type } of batcher.events()) if (type === "task-started") break;
    end(batcher, abort);
    expect(await codeOf(batcher.result(id))).toBe("run-ended");
    expect(await batcher.done()).toMatchObject({ reason: "stopped", interrupted: 1, notRun: 0 });
    expect(await batcher.waitOneTask()).toBeUndefined();
  });

  test("is ended by a signal that was aborted before, and by stop before it has begun", async () => {
    const batcher = begin({ signal: AbortSignal.abort() });
    expect(() => batcher.submit("true")).toThrow(expect.objectContaining({ code: "list-ended" }));
    expect(await batcher.done()).toMatchObject({ reason: "stopped" });
    const stopped = begin();
    const { id } = stopped.submit("true");
    const result = codeOf(stopped.result(id));
    expect(await stopped.stop({ now: true })).toMatchObject({ reason: "stopped" });
    expect(await result).toBe("run-ended");
  });

  test.each([null, true, { now: 1 }])("is not ended by what stop does not take: %j", async (how) => {
    const batcher = begin();
    // @ts-expect-error it takes an object, and true or false in it
    await expect(batcher.stop(how)).rejects.toThrow(TypeError);
    expect(batcher.submit("true").id).toBe(0);
    expect(await batcher.done()).toMatchObject({ reason: "done", succeeded: 1 });
  });

  test("tells what the command line would say meanwhile, and fails with why no engine is left", async () => {
    const said: string[] = [];
    const batcher = begin({ program: "/bin/false", say: (message) => void said.push(message) });
    batcher.submit("#DISBATCH BARRIER half");
    batcher.submit("true");
    await expect(batcher.done()).rejects.toThrow(/^the run ended early: no engine is left to run tasks \(.+: .+\)$/);
    expect(said).toEqual(expect.arrayContaining([expect.stringMatching(/^no engine on .+: .+/)]));
  });

  test("tells of an engine that is lost, and of its end, to whoever wants to hear it", async () => {
    const said: string[] = [];
    const batcher = begin({ hosts: "localhost:1", say: (message) => void said.push(message) });
    const { id } = batcher.submit(
      "test -e again || { touch again; kill -KILL $PPID; sleep 1000; }".replaceAll(
        "again",
        path.join(scratchFolder(), "again"),
      ),
    );
    expect(await batcher.result(id)).toMatchObject({ succeeded: true, attempts: 2 });
    batcher.submit("sleep 1000");
    for await (const { type } of batcher.events()) if (type === "task-started") break;
    void batcher.stop();
    await batcher.stop({ now: true });
    expect(said).toEqual([
      expect.stringMatching(/^engine 0 on .+ is lost: /),
      expect.stringMatching(/^another engine is started on /),
      "stopped on request: no more tasks are started, waiting for 1 running task (stop({ now: true }) ends them)",
      "stopped on request: ending the running tasks",
    ]);
  });

  test("fails with its reason as code, and its outcome, when nobody has asked for that", async () => {
    const batcher = begin({ program: "/bin/false" });
    const { id } = batcher.submit("true");
    const result = codeOf(batcher.result(id));
    await expect(batcher.done()).rejects.toMatchObject({
      code: "no-engines",
      outcome: { reason: "no-engines", exitCode: 3 },
    });
    expect(await result).toBe("run-ended");
    expect(await codeOf(batcher.waitOneTask())).toBe("no-engines");
    expect(await codeOf(batcher.results().next())).toBe("no-engines");
  });

  test("that cannot begin rejects everything that waits, and nothing that nobody has asked for", async () => {
    const batcher = begin({ prefix: "/nowhere/at/all" });
    const { id } = batcher.submit("true");
    const [result, one] = [codeOf(batcher.result(id)), codeOf(batcher.waitOneTask())];
    expect(await codeOf(batcher.begun)).toBe("no-such-folder");
    expect(await codeOf(batcher.done())).toBe("no-such-folder");
    expect([await result, await one]).toEqual(["run-ended", "no-such-folder"]);
    const unasked = begin({ prefix: "/nowhere/at/all" });
    await codeOf(unasked.begun);
    expect(() => unasked.submit("true")).toThrow(
      expect.objectContaining({
        code: "run-ended",
        message: expect.stringContaining("(setting prefix /nowhere/at/all: "),
      }),
    );
  });

  test("is waited for by `await using`, which throws what nobody has been told", async () => {
    let statusFile = "";
    {
      await using batcher = begin();
      ({ statusFile } = await batcher.begun);
      batcher.submit("true");
    }
    expect(readFileSync(statusFile, "utf8")).toMatch(/^ {4}\t0\t/);
    const failing = async (isAsked: boolean): Promise<void> => {
      await using batcher = begin({ program: "/bin/false" });
      batcher.submit("true");
      if (isAsked) await codeOf(batcher.done());
    };
    expect(await codeOf(failing(false))).toBe("no-engines");
    await expect(failing(true)).resolves.toBeUndefined();
  });
});

describe("several runs in one program", () => {
  test("go on at once", async () => {
    const both = [begin(), begin()];
    const ids = both.map((batcher, i) => batcher.submit(`echo ${i}`).id);
    const results = await Promise.all(both.map((batcher, i) => batcher.result(ids[i] ?? 0)));
    expect(results.map(({ output }) => output.snippet)).toEqual(["0\n", "1\n"]);
    await Promise.all(both.map((batcher) => batcher.done()));
  });

  test("cannot have the same files at once, and can one after the other", async () => {
    const mine = settings();
    const first = begin(mine);
    await first.begun;
    expect(await codeOf(begin(mine).done())).toBe("prefix-in-use");
    await first.done();
    await expect(begin({ ...mine, overwrite: true }).done()).resolves.toMatchObject({ reason: "done" });
  });

  test("leave nothing behind in it", async () => {
    const { signal } = new AbortController();
    const once = async (): Promise<void> => {
      const batcher = begin({ signal });
      batcher.submit("true");
      const { prefix } = await batcher.done();
      expect(existsSync(`${prefix}.lock`)).toBe(false);
    };
    const listeners = (): unknown => process.eventNames().map((name) => [name, process.listenerCount(name)]);
    const files = (): number => readdirSync("/proc/self/fd").length;
    await once();
    const before = { listeners: listeners(), files: files() };
    for (let i = 0; i < 10; i++) await once();
    expect(listeners()).toEqual(before.listeners);
    // Files of a run may be closed a moment after it.
    await expect.poll(files).toBeLessThanOrEqual(before.files);
  });
});
