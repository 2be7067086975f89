import { expect, test } from "vitest";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import type { InstanceRange } from "../../../../src/workflows/graph/instance.ts";
import { select } from "../../../../src/workflows/graph/selection.ts";
import { type ShortTask, workflow } from "../../../support/workflow.ts";

const GENERATED = { kind: "generated", by: "days", type: "int" } as const;

/** Names of the instances that are there, of some ranges. */
function names(graph: Graph, ranges: readonly InstanceRange[]): string[] {
  return ranges.flatMap(({ template, from, to }) =>
    Array.from({ length: to - from }, (_, i) => from + i)
      .filter((index) => graph.has(template, index))
      .map((index) => graph.nameOf(template, index)),
  );
}

test("values make instances behind those that there are", () => {
  const graph = Graph.of(
    workflow({ days: {}, map: { axes: ["region", "day"] } }, { day: GENERATED, region: ["n", "s"] }),
  );
  expect([graph.size(1), graph.isGrowing(1), graph.isGrowing(0)]).toEqual([0, true, false]);
  expect(graph.addValues(0, ["5", "6", "5"])).toEqual([{ template: 1, from: 0, to: 4 }]);
  expect(graph.addValues(0, ["6"])).toEqual([]);
  expect(names(graph, graph.addValues(0, ["6", "7"]))).toEqual(["map[region=n,day=7]", "map[region=s,day=7]"]);
  graph.close(0);
  expect([graph.isGrowing(1), graph.total]).toEqual([false, 7]);
});

test("a value that a combination has brought before gets all other instances when it comes", () => {
  const graph = Graph.of(
    workflow(
      {
        days: {},
        map: {
          axes: ["day", "region"],
          include: [
            { day: "7", region: "n" },
            { day: "8", region: "w" },
          ],
        },
      },
      { day: GENERATED, region: ["n", "s"] },
    ),
  );
  expect(names(graph, graph.ranges())).toEqual(["days", "map[day=7,region=n]", "map[day=8,region=w]"]);
  expect(names(graph, graph.addValues(0, ["7"]))).toEqual(["map[day=7,region=s]"]);
  expect(names(graph, graph.addValues(0, ["8", "9"])).toSorted()).toEqual([
    "map[day=8,region=n]",
    "map[day=8,region=s]",
    "map[day=9,region=n]",
    "map[day=9,region=s]",
  ]);
});

test("what a child awaits is told by axis", () => {
  const graph = Graph.of(
    workflow(
      {
        days: {},
        fetch: { axes: ["day"] },
        report: { needs: ["fetch"] },
        clean: { axes: ["day"], needs: ["fetch", { task: "fetch", shift: { day: [-1, -1] } }] },
      },
      { day: GENERATED },
    ),
  );
  graph.addValues(0, ["1", "2", "4"]);
  const [toReport] = graph.edgesTo(2);
  const [same, before] = graph.edgesTo(3);
  const awaits = [0, 1, 2].map((index) => [same?.awaits(index), before?.awaits(index)]);
  expect([toReport?.awaits(0), ...awaits]).toEqual([[0], [[], [0]], [[], []], [[], [0]]]);
  graph.close(0);
  expect([toReport?.awaits(0), before?.awaits(0)]).toEqual([[], []]);
});

test("values that would make too many instances are not taken at all", () => {
  const graph = Graph.of(workflow({ days: {}, fetch: { axes: ["day"] } }, { day: GENERATED }), { maxInstances: 4 });
  graph.addValues(0, ["1", "2"]);
  expect(() => graph.addValues(0, ["2", "3", "4"])).toThrow("the document has 5 instances: 2 of fetch alone");
  expect([graph.size(1), graph.total]).toEqual([2, 3]);
  graph.addValues(0, ["3"]);
  expect(graph.total).toBe(4);
});

test("a value that would make too many instances need not come first", () => {
  const axes = { day: GENERATED, n: { kind: "range", from: 1, to: 10 ** 12, step: 1 } } as const;
  expect(() => Graph.of(workflow({ days: {}, a: { axes: ["day", "n"] }, b: { axes: ["n"] } }, axes))).toThrow(
    "the document has 1,000,000,000,000 instances: 1,000,000,000,000 of a alone",
  );
});

test("instances are counted without those that are excluded", () => {
  const axes = {
    n: { kind: "range", from: 1, to: 1500, step: 1 },
    m: { kind: "range", from: 1, to: 1000, step: 1 },
  } as const;
  const exclude = Array.from({ length: 600 }, (_, i) => ({ n: String(i + 1) }));
  const graph = Graph.of(workflow({ a: { axes: ["n", "m"], exclude } }, axes));
  expect([graph.size(0), graph.count(0), graph.has(0, 599_999), graph.has(0, 600_000)]).toEqual([
    1_500_000,
    900_000,
    false,
    true,
  ]);
  expect(() => Graph.of(workflow({ a: { axes: ["n", "m"], exclude: exclude.slice(0, 400) } }, axes))).toThrow(
    "the document has 1,100,000 instances",
  );
});

function laterTasks(tasks: Readonly<Record<string, ShortTask>>): Parameters<Graph["addTemplates"]> {
  const { templates, axes } = workflow(tasks, { region: ["n", "s"], size: ["1"] });
  return [templates.filter(({ name }) => name.startsWith("new")), axes.slice(1)];
}

const FIRST = { gen: { generates: { kind: "tasks" } }, fetch: { axes: ["region"] }, other: {} } as const;

test("templates may come later, and need each other and those that are there", () => {
  const graph = Graph.of(workflow(FIRST, { region: ["n", "s"] }));
  const added = laterTasks({
    ...FIRST,
    new1: { axes: ["region", "size"], needs: ["fetch"] },
    new2: { needs: ["new1"] },
  });
  expect(names(graph, graph.addTemplates(...added))).toEqual([
    "new1[region=n,size=1]",
    "new1[region=s,size=1]",
    "new2",
  ]);
  expect([graph.critical(1), graph.critical(3), graph.edges, graph.total]).toEqual([2, 1, 2, 7]);
  expect(Array.from(graph.parents({ template: 3, index: 1 }))).toEqual([{ template: 1, index: 1 }]);
});

test("templates with a mistake are not taken at all", () => {
  const graph = Graph.of(workflow(FIRST, { region: ["n", "s"] }));
  expect(() => graph.addTemplates(...laterTasks({ ...FIRST, new1: {}, new2: { needs: ["new2"] } }))).toThrow(
    "in a circle",
  );
  expect([graph.templates, graph.axes, graph.total, graph.templateOf("new1")]).toEqual([3, 1, 4, undefined]);
});

test("what templates need that come later is wanted then", () => {
  const graph = Graph.of(workflow(FIRST, { region: ["n", "s"] }));
  const selection = select(graph, ["gen"], []);
  expect([selection.wants(0, 0), selection.wants(1, 0), selection.wants(2, 0)]).toEqual([true, false, false]);
  const ranges = graph.addTemplates(...laterTasks({ ...FIRST, new1: { needs: ["fetch"] } }));
  expect(names(graph, selection.grow(ranges))).toEqual(["fetch[region=n]", "fetch[region=s]"]);
  expect([selection.wants(1, 0), selection.wants(2, 0), selection.wants(3, 0)]).toEqual([true, false, true]);
  expect(selection.grow(ranges)).toEqual([]);
});
