import { describe, expect, test } from "vitest";
import { exited, STOPPED, SUCCESS } from "../../../../src/domain/ending.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import type { Task } from "../../../../src/domain/task.ts";
import { recoveredSource } from "../../../../src/tasks/sources/recovered.ts";
import { workflow } from "../../../support/workflow.ts";
import { nextOf, outcomeOf, runAll, sourceOf } from "../../../support/workflow-source.ts";

const DONE = outcomeOf(SUCCESS);
const FAILED = outcomeOf(exited(1));
const DAYS = { kind: "range", from: 1, to: 3, step: 1 } as const;

describe("the task of an instance", () => {
  const document = workflow(
    {
      "get/raw-data": { axes: ["day"] },
      clean: {
        axes: ["day", "region"],
        needs: ["get/raw-data"],
        action: { kind: "script", script: "echo $day", shell: undefined },
        env: { OUT: ["out/", { axis: "day" }, ".csv"], region: ["over ", { axis: "region" }] },
        workdir: ["/data/", { axis: "region" }],
        secrets: ["TOKEN", "UNSET"],
        terms: termsOfText("cores=2 priority=3"),
      },
      py: { action: { kind: "script", script: "print(1)", shell: ["python3", "-c"] } },
      words: { axes: ["day"], action: { kind: "command", argv: [["ls"], ["it's ", { axis: "day" }]] } },
    },
    { day: DAYS, region: ["north"] },
  );
  const withParams = { ...document, params: { n: "7", OUT: "nowhere" } };

  test("has the values of its axes, parameters, its own variables and secrets, and what became of what it needs", async () => {
    const run = sourceOf(withParams, { secrets: { TOKEN: "t0p", OTHER: "no" } });
    const [raw] = await run.take();
    if (raw === undefined) throw new Error("nothing to run");
    run.source.settled(raw, DONE);
    const [clean] = await run.take();
    expect(clean).toEqual({
      kind: "task",
      id: 3,
      line: 2,
      repeatIndex: 0,
      command: "echo $day",
      terms: termsOfText("cores=2 priority=3"),
      name: "clean[day=1,region=north]",
      setting: {
        env: {
          n: "7",
          OUT: "out/1.csv",
          day: "1",
          region: "over north",
          TOKEN: "t0p",
          STATE_get_raw_data: "done",
          DISBATCH_INSTANCE: "clean[day=1,region=north]",
        },
        workdir: "/data/north",
      },
    });
  });

  test("is a program with arguments where there is no bash, with a command for people", async () => {
    const tasks = await sourceOf(withParams).take();
    const [py, words] = ["py", "words[day=2]"].map((name) => tasks.find((task) => task.name === name));
    expect([py?.command, py?.setting?.argv]).toEqual(["print(1)", ["python3", "-c", "print(1)"]]);
    expect([words?.command, words?.setting?.argv]).toEqual(["ls 'it'\\''s 2'", ["ls", "it's 2"]]);
  });

  test("is told of by its id", () => {
    const run = sourceOf(withParams);
    expect(run.source.taskOf(4)).toMatchObject({ id: 4, name: "clean[day=2,region=north]" });
    expect(run.source.taskOf(400)).toBeUndefined();
  });

  test("says which state is the worst of several that it needs", async () => {
    const run = sourceOf(
      workflow(
        { a: { axes: ["day"], allowFailure: true }, tell: { needs: ["a"], condition: "always" } },
        { day: DAYS },
      ),
    );
    const tasks = await run.take();
    tasks.forEach((task, i) => run.source.settled(task, i === 1 ? FAILED : DONE));
    const [tell] = await run.take();
    expect(tell?.setting?.env["STATE_a"]).toBe("failed");
  });

  test("within a group, says states by the names that the group's document has", async () => {
    const run = sourceOf(workflow({ outer: {}, "g/first": { needs: ["outer"] }, "g/second": { needs: ["g/first"] } }));
    const said: (string | undefined)[] = [];
    for (const variable of ["none", "STATE_outer", "STATE_first"]) {
      const [task] = await run.take();
      said.push(task?.setting?.env[variable]);
      if (task !== undefined) run.source.settled(task, DONE);
    }
    expect(said).toEqual([undefined, "done", "done"]);
  });

  test("is awaited when something needs it, unless there is plenty of other work", async () => {
    const few = await sourceOf(workflow({ a: { axes: ["day"] }, b: { needs: ["a"] } }, { day: DAYS })).take();
    expect(few.map(({ setting }) => setting?.isAwaited)).toEqual([true, true, true]);
    const last = await sourceOf(workflow({ a: { axes: ["day"] } }, { day: DAYS })).take();
    expect(last[0]?.setting?.isAwaited).toBeUndefined();
    const many = { ...DAYS, to: 1000 };
    const [first] = await sourceOf(workflow({ a: { axes: ["day"] }, b: { needs: ["a"] } }, { day: many })).take();
    expect(first?.setting?.isAwaited).toBeUndefined();
  });
});

describe("instances", () => {
  test("come by priority, then the longest path behind them, then the order of the document, then their index", async () => {
    const run = sourceOf(
      workflow(
        {
          late: {},
          plain: { axes: ["day"] },
          long: { axes: ["day"] },
          longer: { needs: ["long"] },
          urgent: { terms: termsOfText("priority=1") },
        },
        { day: DAYS },
      ),
    );
    expect(await runAll(run)).toEqual([
      ...["urgent", "long[day=1]", "long[day=2]", "long[day=3]", "late"],
      ...["plain[day=1]", "plain[day=2]", "plain[day=3]", "longer"],
    ]);
  });

  test("go on from the one before, through a shift", async () => {
    const run = sourceOf(
      workflow({ model: { axes: ["day"], needs: [{ task: "model", shift: { day: [-1, -1] } }] } }, { day: DAYS }),
    );
    expect(await runAll(run, (name) => (name === "model[day=2]" ? FAILED : DONE))).toEqual([
      "model[day=1]",
      "model[day=2]",
    ]);
    expect(run.states()).toEqual({ "model[day=1]": "done", "model[day=2]": "failed", "model[day=3]": "blocked" });
  });

  test("with alternatives run once one of them is met, and are blocked when none can be", async () => {
    const document = workflow({ a: {}, b: {}, c: {}, either: { any: [["a", "b"], ["c"]] } });
    const met = sourceOf(document);
    expect(await runAll(met, (name) => (name === "a" ? FAILED : DONE))).toContain("either");
    const unmet = sourceOf(document);
    await runAll(unmet, (name) => (name === "b" || name === "c" ? FAILED : DONE));
    expect(unmet.states()).toMatchObject({ either: "blocked" });
  });

  test("stay done when nothing that they need runs again, and what follows something that runs runs too", async () => {
    const document = workflow(
      { fetch: { axes: ["day"] }, clean: { axes: ["day"], needs: ["fetch"] }, report: { needs: ["clean"] }, other: {} },
      { day: DAYS },
    );
    const failedBefore = (name: string): "done" | "failed" => (name === "clean[day=2]" ? "failed" : "done");
    const run = sourceOf(document, { earlier: failedBefore });
    expect(run.source.expected).toBe(2);
    expect(await runAll(run)).toEqual(["clean[day=2]", "report"]);
    expect(run.source.expected).toBe(2);
    const forced = sourceOf(document, { earlier: () => "done", from: ["fetch[day=3]"] });
    expect(await runAll(forced)).toEqual(["fetch[day=3]", "clean[day=3]", "report"]);
    expect(await runAll(sourceOf(document, { earlier: () => "done" }))).toEqual([]);
  });

  test("are counted by their states", async () => {
    const run = sourceOf(workflow({ a: { axes: ["day"] }, b: { axes: ["day"], needs: ["a"] } }, { day: DAYS }));
    const [first, second, third] = await run.take();
    if (first === undefined || second === undefined || third === undefined) throw new Error("nothing to run");
    run.source.assigned(first);
    run.source.assigned(second);
    run.source.retrying(second);
    run.source.settled(third, outcomeOf(STOPPED));
    expect(run.source.tally()).toEqual([
      { name: "a", counts: { running: 1, retrying: 1, killed: 1 }, isGrowing: false },
      { name: "b", counts: { waiting: 2, blocked: 1 }, isGrowing: false },
    ]);
    expect(run.source.expected).toBe(5);
  });

  test("that goals leave out are not there", async () => {
    const document = workflow(
      { fetch: { axes: ["day"] }, clean: { axes: ["day"], needs: ["fetch"] }, report: { needs: ["clean"] } },
      { day: DAYS },
    );
    const run = sourceOf(document, { goals: ["clean[day=2]"] });
    expect(await runAll(run)).toEqual(["fetch[day=2]", "clean[day=2]"]);
    expect(run.states()).toEqual({ "fetch[day=2]": "done", "clean[day=2]": "done" });
  });

  test("are waited for as long as something is under way, and until the source is closed", async () => {
    const run = sourceOf(workflow({ a: {}, b: { needs: ["a"] } }));
    const [a] = await run.take();
    if (a === undefined) throw new Error("nothing to run");
    const next = nextOf(run.source, 1);
    run.source.settled(a, DONE);
    expect((await next).map(({ name }) => name)).toEqual(["b"]);
    const last = run.source.next(1);
    await run.source.close();
    expect(await last).toEqual([]);
  });

  test("of a chain of any length end without a depth of calls", async () => {
    const length = 10_000;
    const names = Array.from({ length }, (_, i) => `t${i}`);
    const tasks = Object.fromEntries(names.map((name, i) => [name, { needs: i === 0 ? [] : [`t${i - 1}`] }]));
    const run = sourceOf(workflow(tasks));
    expect(await runAll(run, () => FAILED)).toEqual(["t0"]);
    expect(run.source.tally().filter(({ counts }) => counts.blocked === 1)).toHaveLength(length - 1);
    expect(await runAll(sourceOf(workflow(tasks), { earlier: () => "done" }))).toEqual([]);
  });

  test("are a million in little memory, and need no pairs where all need all", () => {
    globalThis.gc?.();
    const before = process.memoryUsage();
    const million = sourceOf(
      workflow(
        { a: { axes: ["x", "y"] }, b: { axes: ["x", "y"], needs: ["a"] }, c: { axes: ["x"], needs: ["b"] } },
        { x: { ...DAYS, to: 999 }, y: { ...DAYS, to: 500 } },
      ),
    );
    const all = { a: { axes: ["x"] }, b: { axes: ["y"], needs: ["a"] } };
    const product = sourceOf(workflow(all, { x: { ...DAYS, to: 10_000 }, y: { ...DAYS, to: 10_000 } }));
    const after = process.memoryUsage();
    expect(million.source.expected).toBe(999_999);
    expect(product.source.expected).toBe(20_000);
    const used = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(used / 2 ** 20).toBeLessThan(60);
  });
});

describe("a run that another driver takes up", () => {
  const document = workflow(
    { fetch: { axes: ["day"] }, clean: { axes: ["day"], needs: ["fetch"] }, report: { needs: ["clean"] } },
    { day: DAYS },
  );
  /** Ids of `fetch` are 0 to 2, of `clean` 3 to 5, of `report` 6. */
  const settled = new Map([
    [0, DONE],
    [1, DONE],
    [3, DONE],
  ]);

  test("is given nothing that has its outcome or is under way, and waits for that", async () => {
    const run = sourceOf(document);
    const source = recoveredSource(run.source, {
      settled: (id) => settled.has(id),
      claimed: (id) => id === 2 || id === 4,
      lastBarrier: -1,
      largestId: 4,
      outcomeOf: (id) => settled.get(id) ?? DONE,
    });
    let given: readonly Task[] | undefined;
    const next = nextOf(source, 10);
    void next.then((items) => (given = items));
    await source.headGiven;
    await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBeUndefined();
    const taskOf = (id: number): Task =>
      run.source.taskOf(id) ?? { kind: "task", id, line: 1, repeatIndex: 0, command: "" };
    source.settled?.(taskOf(4), DONE);
    source.settled?.(taskOf(2), DONE);
    expect((await next).map(({ id, name }) => [id, name])).toEqual([[5, "clean[day=3]"]]);
    source.settled?.(taskOf(5), DONE);
    expect((await nextOf(source, 10)).map(({ name }) => name)).toEqual(["report"]);
    expect(run.states()).toMatchObject({ "fetch[day=3]": "done", report: "ready" });
  });

  test("hears of an outcome before it has come to the task, too", async () => {
    const run = sourceOf(document);
    const early = new Map([...settled, [4, FAILED]]);
    const source = recoveredSource(run.source, {
      settled: (id) => early.has(id),
      claimed: (id) => id === 2,
      lastBarrier: -1,
      largestId: 4,
      outcomeOf: (id) => early.get(id) ?? DONE,
    });
    const next = nextOf(source, 10);
    const fetch = run.source.taskOf(2);
    if (fetch === undefined) throw new Error("no such task");
    source.settled?.(fetch, FAILED);
    expect(await next).toEqual([]);
    expect(run.states()).toMatchObject({ "clean[day=2]": "failed", "clean[day=3]": "blocked", report: "blocked" });
  });
});
