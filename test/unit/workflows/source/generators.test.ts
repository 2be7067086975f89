import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Ending, exited, SUCCESS } from "../../../../src/domain/ending.ts";
import { UserError } from "../../../../src/domain/errors.ts";
import type { Task } from "../../../../src/domain/task.ts";
import type { Growth } from "../../../../src/workflows/source/growth.ts";
import type { NewTasks } from "../../../../src/workflows/source/workflow-source.ts";
import { type ShortTask, workflow } from "../../../support/workflow.ts";
import { outcomeOf, sourceOf, type TestSource } from "../../../support/workflow-source.ts";

/** Days, something for each of them, and something after all. */
const DAYS: Record<string, ShortTask> = {
  days: { generates: { kind: "axis", axis: "day" } },
  fetch: { axes: ["day"] },
  report: { needs: ["fetch"] },
};

function streaming(kept: readonly Growth[] = [], tasks = DAYS): TestSource {
  return sourceOf(workflow(tasks, { day: { kind: "generated", by: "days", type: "date" } }), { kept });
}

const END = new Uint8Array();

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

/** Names of what the source gives next. */
async function namesOf(run: TestSource): Promise<string[]> {
  return (await run.take()).map(({ name }) => name ?? "");
}

function settle(run: TestSource, ending: Ending, ...tasks: readonly Task[]): void {
  for (const task of tasks) run.source.settled(task, outcomeOf(ending));
}

describe("values", () => {
  test("are given out as they come, each line once it is complete", async () => {
    const run = streaming();
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    expect(days.setting).toMatchObject({ isHeard: true, isAwaited: true });
    expect(run.source.printed(days, 1, 0, bytesOf("2031-01-01\n2031-01-0"))).toBe(11);
    expect(await namesOf(run)).toEqual(["fetch[day=2031-01-01]"]);
    expect(run.source.printed(days, 1, 20, bytesOf("2\n2031-01-01\n"))).toBe(33);
    expect(await namesOf(run)).toEqual(["fetch[day=2031-01-02]"]);
    expect(run.source.printed(days, 1, 33, bytesOf("2031-01-03"))).toBe(33);
    expect(run.source.printed(days, 1, 43, END)).toBe(43);
    settle(run, SUCCESS, days);
    expect(await namesOf(run)).toEqual(["fetch[day=2031-01-03]"]);
    expect(run.kept).toEqual([
      { type: "values", by: "days", attempt: 1, values: ["2031-01-01"], offset: 11 },
      { type: "values", by: "days", attempt: 1, values: ["2031-01-02"], offset: 33 },
      { type: "values", by: "days", attempt: 1, values: ["2031-01-03"], offset: 43 },
    ]);
  });

  test("are the same in whatever pieces they come, also when some of these come again", async () => {
    const text = "2031-01-01\n2031-01-02\n2031-01-01\n2031-01-05\n2031-01-03";
    const bytes = bytesOf(text);
    const piece = fc.tuple(fc.nat(bytes.length), fc.nat(20));
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const run = streaming();
        const [days] = await run.take();
        if (days === undefined) throw new Error("no generator");
        let come = 0;
        for (const [back, length] of pieces) {
          const from = Math.max(0, come - back);
          const to = Math.min(bytes.length, from + length);
          if (to > from) run.source.printed(days, 1, from, bytes.subarray(from, to));
          come = Math.max(come, to);
        }
        run.source.printed(days, 1, come, bytes.subarray(come));
        run.source.printed(days, 1, bytes.length, END);
        settle(run, SUCCESS, days);
        expect((await namesOf(run)).length).toBe(4);
        expect(run.kept.flatMap((growth) => (growth.type === "values" ? growth.values : []))).toEqual([
          "2031-01-01",
          "2031-01-02",
          "2031-01-05",
          "2031-01-03",
        ]);
      }),
    );
  });

  test("that were given stay when the generator fails, and a join over the axis is blocked", async () => {
    const run = streaming();
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    run.source.printed(days, 1, 0, bytesOf("2031-01-01\nhalf"));
    settle(run, exited(1), days);
    const fetched = await run.take();
    expect(fetched.map(({ name }) => name)).toEqual(["fetch[day=2031-01-01]"]);
    settle(run, SUCCESS, ...fetched);
    expect(await namesOf(run)).toEqual([]);
    expect(run.states()).toEqual({ days: "failed", "fetch[day=2031-01-01]": "done", report: "blocked" });
  });

  test("of a try that is tried again are not given twice", async () => {
    const run = streaming();
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    run.source.printed(days, 1, 0, bytesOf("2031-01-01\n2031-01-02\n20"));
    run.source.retrying(days);
    expect(run.states()).toMatchObject({ days: "retrying", report: "waiting" });
    run.source.printed(days, 2, 0, bytesOf("2031-01-02\n2031-01-03\n"));
    // What comes late of the try before is not taken.
    expect(run.source.printed(days, 1, 24, bytesOf("31-01-09\n"))).toBe(33);
    run.source.printed(days, 2, 22, END);
    settle(run, SUCCESS, days);
    expect(await namesOf(run)).toEqual([1, 2, 3].map((day) => `fetch[day=2031-01-0${day}]`));
  });

  test("that are none fail the generator with the reason, and those before are taken", async () => {
    const run = streaming();
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    const print = (): number => run.source.printed(days, 1, 0, bytesOf("2031-01-01\ntomorrow\n2031-01-02\n"));
    const why = "days: line 2 is not a date such as 2031-01-03: each line has to be a value";
    expect(print).toThrow(new UserError("generator-refused", why));
    expect(() => run.source.printed(days, 1, 40, bytesOf("2031-01-07\n"))).toThrow(why);
    expect(await namesOf(run)).toEqual(["fetch[day=2031-01-01]"]);
    expect(run.kept).toHaveLength(1);
  });

  test("that are too many for the document fail the generator, and a later try may have fewer", async () => {
    const run = sourceOf(workflow(DAYS, { day: { kind: "generated", by: "days", type: "date" } }), { maxInstances: 3 });
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    expect(() => run.source.printed(days, 1, 0, bytesOf("2031-01-01\n2031-01-02\n"))).toThrow(/^days: .*instances/);
    expect(run.kept).toEqual([]);
    run.source.retrying(days);
    run.source.printed(days, 2, 0, bytesOf("2031-01-02\n"));
    expect(await namesOf(run)).toEqual(["fetch[day=2031-01-02]"]);
  });

  test("of which some are lost fail the generator", async () => {
    const run = streaming();
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    expect(() => run.source.printed(days, 1, 5, bytesOf("01-01\n"))).toThrow("some of what it has printed was lost");
  });

  test("that cannot be kept are not given out, and the run hears of it", async () => {
    const run = streaming();
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    run.disk.isFull = true;
    expect(() => run.source.printed(days, 1, 0, bytesOf("2031-01-01\n"))).toThrow("the disk is full");
    expect(run.source.machine.readyCount).toBe(0);
  });

  test("that were kept are there when the run is taken up, and what has been printed comes on from there", async () => {
    const growth = { type: "values", by: "days", attempt: 2, values: ["2031-01-01"], offset: 33 } as const;
    const run = streaming([growth]);
    const [days, ...others] = await run.take();
    if (days === undefined) throw new Error("no generator");
    expect(others.map(({ name }) => name)).toEqual(["fetch[day=2031-01-01]"]);
    expect(run.source.printed(days, 2, 22, bytesOf("2031-01-01\n2031-01-02\n"))).toBe(44);
    expect(await namesOf(run)).toEqual(["fetch[day=2031-01-02]"]);
    expect(run.kept).toEqual([{ type: "values", by: "days", attempt: 2, values: ["2031-01-02"], offset: 44 }]);
  });

  test("are recorded of each generator that has printed them, whoever was first, and once", async () => {
    const run = sourceOf(
      workflow(
        { days: { axes: ["r"], generates: { kind: "axis", axis: "day" } }, fetch: { axes: ["day"] } },
        { r: ["a", "b"], day: { kind: "generated", by: "days" } },
      ),
    );
    const [a, b] = await run.take();
    if (a === undefined || b === undefined) throw new Error("no generators");
    run.source.printed(a, 1, 0, bytesOf("1\n"));
    run.source.printed(b, 1, 0, bytesOf("1\n2\n"));
    run.source.printed(b, 1, 4, bytesOf("2\n1\n"));
    expect(await namesOf(run)).toEqual(["fetch[day=1]", "fetch[day=2]"]);
    expect(run.kept).toEqual([
      { type: "values", by: "days[r=a]", attempt: 1, values: ["1"], offset: 2 },
      { type: "values", by: "days[r=b]", attempt: 1, values: ["1", "2"], offset: 4 },
    ]);
  });

  test("that are none are recorded at the end of the generator, also when the run is taken up before", async () => {
    const run = streaming();
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    expect(run.source.printed(days, 1, 0, END)).toBe(0);
    const growth = { type: "values", by: "days", attempt: 1, values: [], offset: 0 };
    expect(run.kept).toEqual([growth]);
    const again = streaming(run.kept);
    const [taken] = await again.take();
    if (taken === undefined) throw new Error("no generator");
    again.source.printed(taken, 1, 0, END);
    expect(again.kept).toEqual([]);
    settle(again, SUCCESS, taken);
    expect(await namesOf(again)).toEqual(["report"]);
  });

  test("without an end are not kept for ever", async () => {
    const run = sourceOf(workflow(DAYS, { day: { kind: "generated", by: "days" } }));
    const [days] = await run.take();
    if (days === undefined) throw new Error("no generator");
    const lines = bytesOf(`${"x".repeat(4000)}\n`.repeat(2000));
    const print = (): void => {
      for (let offset = 0; ; offset += lines.length) {
        expect(run.source.printed(days, 1, offset, lines)).toBeGreaterThanOrEqual(offset);
      }
    };
    expect(print).toThrow("days: it has printed more than 64 MiB");
  });

  test("of several generators are all there when all have ended, and none is missed", async () => {
    const tasks = { regions: {}, days: { axes: ["r"], generates: { kind: "axis", axis: "day" } as const }, ...DAYS };
    const run = sourceOf(
      workflow(
        { ...tasks, days: { axes: ["r"], generates: { kind: "axis", axis: "day" } } },
        { r: ["a", "b"], day: { kind: "generated", by: "days", type: "date" } },
      ),
    );
    const first = await run.take();
    const [a, b] = first.filter(({ name }) => name?.startsWith("days") === true);
    if (a === undefined || b === undefined) throw new Error("no generators");
    run.source.printed(a, 1, 0, bytesOf("2031-01-01\n"));
    run.source.printed(a, 1, 11, END);
    settle(run, SUCCESS, a);
    settle(run, SUCCESS, ...(await run.take()));
    expect(run.states()).toMatchObject({ report: "waiting" });
    run.source.printed(b, 1, 0, bytesOf("2031-01-01\n2031-01-02\n"));
    run.source.printed(b, 1, 22, END);
    settle(run, SUCCESS, b);
    settle(run, SUCCESS, ...(await run.take()));
    expect(await namesOf(run)).toEqual(["report"]);
  });
});

describe("tasks", () => {
  const maker: Record<string, ShortTask> = { maker: { generates: { kind: "tasks" } }, after: { needs: ["maker"] } };
  /** `NAME: PARENT`, a line each. */
  const parseTasks = (text: string): NewTasks => {
    if (text.includes("nonsense")) throw new UserError("bad-document", "line 1: nonsense is no task");
    const made: Record<string, ShortTask> = {};
    for (const line of text.split("\n").filter((each) => each !== "")) {
      const [name = "", parent = ""] = line.split(": ");
      made[name] = { needs: [parent] };
    }
    return { templates: workflow({ maker: {}, after: {}, ...made }).templates.slice(2), axes: [] };
  };

  test("are taken in as a whole, before their generator counts as done", async () => {
    const run = sourceOf(workflow(maker), { parseTasks });
    const [task] = await run.take();
    if (task === undefined) throw new Error("no generator");
    expect(run.source.printed(task, 1, 0, bytesOf("one: maker\ntwo: o"))).toBe(0);
    expect(run.kept).toEqual([]);
    expect(run.source.printed(task, 1, 17, bytesOf("ne\nthree: after\n"))).toBe(0);
    expect(run.source.printed(task, 1, 33, END)).toBe(33);
    expect(run.kept).toEqual([
      { type: "tasks", by: "maker", attempt: 1, text: "one: maker\ntwo: one\nthree: after\n" },
    ]);
    expect(run.source.machine.readyCount).toBe(0);
    settle(run, SUCCESS, task);
    const next = await run.take();
    expect(next.map(({ name = "" }) => name).toSorted()).toEqual(["after", "one"]);
    expect(new Set([task, ...next].map(({ id }) => id)).size).toBe(3);
    settle(run, SUCCESS, ...next);
    expect((await namesOf(run)).toSorted()).toEqual(["three", "two"]);
  });

  test("are not taken when there is a mistake in one of them, or its generator has not succeeded", async () => {
    const run = sourceOf(workflow(maker), { parseTasks });
    const [task] = await run.take();
    if (task === undefined) throw new Error("no generator");
    run.source.printed(task, 1, 0, bytesOf("nonsense\n"));
    expect(() => run.source.printed(task, 1, 9, END)).toThrow("maker: line 1: nonsense is no task");
    run.source.retrying(task);
    run.source.printed(task, 2, 0, bytesOf("one: maker\n"));
    settle(run, exited(1), task);
    expect(await namesOf(run)).toEqual([]);
    expect(run.states()).toEqual({ maker: "failed", after: "blocked" });
    expect(run.kept).toEqual([]);
  });

  test("are taken once, though the try whose tasks they are was lost before its outcome came", async () => {
    const run = sourceOf(workflow(maker), { parseTasks });
    const [task] = await run.take();
    if (task === undefined) throw new Error("no generator");
    run.source.printed(task, 1, 0, bytesOf("one: maker\n"));
    run.source.printed(task, 1, 11, END);
    run.source.printed(task, 2, 0, bytesOf("one: maker\n"));
    expect(run.source.printed(task, 2, 11, END)).toBe(11);
    run.source.printed(task, 3, 0, bytesOf("other: maker\n"));
    expect(() => run.source.printed(task, 3, 13, END)).toThrow(
      "maker: it has printed other tasks than an attempt before",
    );
    expect(run.kept).toHaveLength(1);
    settle(run, SUCCESS, task);
    expect((await namesOf(run)).toSorted()).toEqual(["after", "one"]);
  });

  test("that need each other in a circle fail their generator, with the path", async () => {
    const run = sourceOf(workflow(maker), { parseTasks });
    const [task] = await run.take();
    if (task === undefined) throw new Error("no generator");
    run.source.printed(task, 1, 0, bytesOf("one: two\ntwo: one\n"));
    const why = "maker: tasks need each other in a circle: one -> two -> one";
    expect(() => run.source.printed(task, 1, 18, END)).toThrow(why);
  });

  test("that were kept are there when the run is taken up", async () => {
    const kept = [{ type: "tasks", by: "maker", attempt: 1, text: "one: maker\n" } as const];
    const run = sourceOf(workflow(maker), { parseTasks, kept });
    const [task] = await run.take();
    if (task === undefined) throw new Error("no generator");
    expect(run.source.printed(task, 1, 0, bytesOf("one: maker\n"))).toBe(11);
    expect(run.source.printed(task, 1, 11, END)).toBe(11);
    settle(run, SUCCESS, task);
    expect((await namesOf(run)).toSorted()).toEqual(["after", "one"]);
    expect(run.kept).toEqual([]);
  });

  test("make what they need wanted, also where nobody wanted it before, with generators of its axes", async () => {
    const tasks: Record<string, ShortTask> = {
      maker: { generates: { kind: "tasks" } },
      days: { generates: { kind: "axis", axis: "day" } },
      fetch: { axes: ["day"] },
      merge: { needs: ["fetch"] },
      base: {},
    };
    const axes = { day: { kind: "generated", by: "days" } as const };
    const made = { one: { needs: ["base", "merge"] }, two: { needs: ["fetch"] } };
    const run = sourceOf(workflow(tasks, axes), {
      goals: ["maker"],
      parseTasks: () => ({ templates: workflow({ ...tasks, ...made }, axes).templates.slice(5), axes: [] }),
    });
    const [task] = await run.take();
    if (task === undefined) throw new Error("no generator");
    expect(run.states()).toEqual({ maker: "ready" });
    expect(run.source.tally().some(({ isGrowing }) => isGrowing)).toBe(false);
    run.source.printed(task, 1, 0, END);
    settle(run, SUCCESS, task);
    const next = await run.take();
    expect(next.map(({ name = "" }) => name).toSorted()).toEqual(["base", "days"]);
    expect(run.source.tally().find(({ name }) => name === "fetch")?.isGrowing).toBe(true);
    settle(run, SUCCESS, ...next.filter(({ name }) => name === "base"));
    const [days] = next.filter(({ name }) => name === "days");
    if (days === undefined) throw new Error("no generator of days");
    run.source.printed(days, 1, 0, bytesOf("1\n2\n"));
    const fetched = await run.take();
    expect(fetched.map(({ name }) => name)).toEqual(["fetch[day=1]", "fetch[day=2]"]);
    settle(run, SUCCESS, ...fetched);
    run.source.printed(days, 1, 4, END);
    settle(run, SUCCESS, days);
    const last = await run.take();
    expect(last.map(({ name = "" }) => name).toSorted()).toEqual(["merge", "two"]);
    settle(run, SUCCESS, ...last);
    expect(await namesOf(run)).toEqual(["one"]);
  });
});

test("a value that would make a file twice fails the generator, and none of its lines is taken", async () => {
  const files = (said: string): ShortTask["files"] => ({
    outputs: [{ name: "o", path: ["d/", ...(said === "" ? [{ axis: "day" }] : [said])], isFolder: false }],
    ...{ inputs: [], code: [], rule: "history", cacheEnv: [], isExternal: false },
  });
  const run = streaming([], {
    days: { generates: { kind: "axis", axis: "day" } },
    fetch: { axes: ["day"], files: files("") },
    other: { files: files("2031-01-02") },
  });
  const days = (await run.take()).find(({ name }) => name === "days");
  if (days === undefined) throw new Error("no generator");
  expect(() => run.source.printed(days, 1, 0, bytesOf("2031-01-01\n2031-01-02\n"))).toThrow(
    "days: other and fetch[day=2031-01-02] would both make d/2031-01-02",
  );
  expect(run.kept).toEqual([]);
  expect(run.source.printed(days, 2, 0, bytesOf("2031-01-01\n"))).toBe(11);
  expect(await namesOf(run)).toEqual(["fetch[day=2031-01-01]"]);
});
