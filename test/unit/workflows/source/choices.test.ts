import { expect, test } from "vitest";
import { exited, SUCCESS } from "../../../../src/domain/ending.ts";
import { choices, workflow } from "../../../support/workflow.ts";
import { outcomeOf, runAll, sourceOf } from "../../../support/workflow-source.ts";

const DONE = outcomeOf(SUCCESS);
const FAILED = outcomeOf(exited(1));
const OPEN = { kind: "open" } as const;

const LEAGUE = workflow(
  {
    p: { axes: ["x"] },
    q: { axes: ["x"] },
    c: {
      axes: ["x"],
      any: [[{ task: "p", when: { x: ["1", "2"] } }], [{ task: "q", when: { x: ["2", "3"] } }]],
    },
  },
  { x: ["1", "2", "3", "4"] },
);

test("an instance needs one of the alternatives that are for it", async () => {
  const run = sourceOf(LEAGUE);
  await runAll(run, (name) => (name === "p[x=1]" || name === "p[x=2]" || name === "q[x=3]" ? FAILED : DONE));
  expect(run.states()).toMatchObject({ "c[x=1]": "blocked", "c[x=2]": "done", "c[x=3]": "blocked" });
});

test("an instance that none of its needs is for never runs", async () => {
  const run = sourceOf(LEAGUE, { goals: ["c[x=4]"] });
  expect(await runAll(run)).toEqual([]);
  expect(run.states()).toEqual({ "c[x=4]": "blocked" });
});

test.each(["always", "failure"] as const)("nor does one whose condition is %s", async (condition) => {
  const run = sourceOf(
    workflow(
      { p: { axes: ["x"] }, c: { axes: ["x"], condition, needs: [{ task: "p", when: { x: ["1"] } }] } },
      { x: ["1", "4"] },
    ),
  );
  await runAll(run);
  expect(run.states()["c[x=4]"]).toBe("blocked");
});

test("an input that all alternatives need makes none of them one for an instance", async () => {
  const plain = workflow(
    {
      p: { axes: ["x"] },
      q: { axes: ["x"] },
      c: {
        axes: ["x"],
        any: [
          [{ task: "p", when: { x: ["1"] } }, "q"],
          [{ task: "p", when: { x: ["2"] } }, "q"],
        ],
      },
    },
    { x: ["1", "2", "3"] },
  );
  const templates = plain.templates.map((template) => ({
    ...template,
    alternatives: template.alternatives.map((edges) =>
      edges.map((edge) => (edge.parent === "q" ? ({ ...edge, isOnlyInput: true } as const) : edge)),
    ),
  }));
  const run = sourceOf({ ...plain, templates });
  await runAll(run);
  expect(run.states()).toMatchObject({ "c[x=1]": "done", "c[x=2]": "done", "c[x=3]": "blocked" });
});

test("an instance hears nothing of what only others need", async () => {
  const run = sourceOf(
    workflow({ p: {}, q: {}, c: { axes: ["x"], needs: ["p", { task: "q", when: { x: ["1"] } }] } }, { x: ["1", "2"] }),
  );
  for (const task of await run.take()) run.source.settled(task, DONE);
  const states = (await run.take()).map(({ name, setting }) => [
    name,
    Object.keys(setting?.env ?? {}).filter((each) => each.startsWith("STATE_")),
  ]);
  expect(states).toEqual([
    ["c[x=1]", ["STATE_p", "STATE_q"]],
    ["c[x=2]", ["STATE_p"]],
  ]);
});

test("instances that no alternative of a task's when has are skipped, and what needs them is", async () => {
  const run = sourceOf(
    workflow(
      {
        p: { axes: ["x", "y"], when: [choices({ x: ["1"] }), choices({ x: ["2"], y: ["b"] })] },
        c: { axes: ["x", "y"], needs: ["p"] },
        all: { needs: ["p"], condition: "always" },
      },
      { x: ["1", "2"], y: ["a", "b"] },
    ),
  );
  const ran = await runAll(run);
  expect(ran.toSorted()).toEqual([
    "all",
    "c[x=1,y=a]",
    "c[x=1,y=b]",
    "c[x=2,y=b]",
    "p[x=1,y=a]",
    "p[x=1,y=b]",
    "p[x=2,y=b]",
  ]);
  expect(run.states()).toMatchObject({ "p[x=2,y=a]": "skipped", "c[x=2,y=a]": "skipped" });
});

test("what a skipped instance would need is not wanted", async () => {
  const run = sourceOf(
    workflow(
      { p: { axes: ["x"] }, c: { axes: ["x"], needs: ["p"], when: [choices({ x: ["1"] })] } },
      { x: { kind: "open" } },
    ),
    { goals: ["c[x=1]", "c[x=2]"] },
  );
  expect(await runAll(run)).toEqual(["p[x=1]", "c[x=1]"]);
  expect(run.states()).toEqual({ "p[x=1]": "done", "c[x=1]": "done", "c[x=2]": "skipped" });
});

test("values of open axes that a need names are asked for", async () => {
  const run = sourceOf(
    workflow(
      {
        p: { axes: ["date", "x"] },
        c: { axes: ["x"], needs: [{ task: "p", values: { date: ["20140601", "20140501"] } }] },
      },
      { date: OPEN, x: OPEN },
    ),
    { goals: ["c[x=7]"] },
  );
  expect(await runAll(run)).toEqual(["p[date=20140601,x=7]", "p[date=20140501,x=7]", "c[x=7]"]);
});

test("from a parent, children of open axes are asked for by the values that are known of them", async () => {
  const document = workflow(
    {
      p: { axes: ["date"] },
      c: { axes: ["date", "target"], needs: [{ task: "p", when: { target: ["A", "B"] } }] },
      d: { axes: ["date", "list"], needs: ["p"] },
      e: { axes: ["date", "target"], needs: [{ task: "p", values: { date: ["2", "3"] } }] },
      last: { axes: ["date"], needs: ["c"] },
    },
    { date: OPEN, target: OPEN, list: ["1", "2"] },
  );
  const run = sourceOf(document, { from: ["p[date=1]"] });
  expect((await runAll(run)).toSorted()).toEqual([
    ...[
      "c[date=1,target=A]",
      "c[date=1,target=B]",
      "d[date=1,list=1]",
      "d[date=1,list=2]",
      "last[date=1]",
      "p[date=1]",
    ],
  ]);
});

test("a value that a generator has not printed may come", async () => {
  const run = sourceOf(
    workflow(
      {
        days: { generates: { kind: "axis", axis: "day" } },
        p: { axes: ["day"] },
        c: { needs: [{ task: "p", values: { day: ["2"] } }] },
      },
      { day: { kind: "generated", by: "days", type: "int" } },
    ),
  );
  const [days] = await run.take();
  if (days === undefined) throw new Error("nothing to run");
  run.source.printed(days, 1, 0, Buffer.from("1\n2\n3\n"));
  run.source.settled(days, DONE);
  const parents = await run.take();
  expect(parents.map(({ name }) => name)).toEqual(["p[day=1]", "p[day=2]", "p[day=3]"]);
  for (const each of parents.filter(({ name }) => name !== "p[day=2]")) run.source.settled(each, FAILED);
  expect(run.states()["c"]).toBe("waiting");
  for (const each of parents.filter(({ name }) => name === "p[day=2]")) run.source.settled(each, DONE);
  expect((await run.take()).map(({ name }) => name)).toEqual(["c"]);
});
