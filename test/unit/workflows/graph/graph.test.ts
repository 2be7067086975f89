import { expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { Numbering } from "../../../../src/workflows/graph/numbering.ts";
import { workflow } from "../../../support/workflow.ts";

const DAYS = { kind: "range", from: 0, to: 4, step: 1, type: "date" } as const;

function weather(): Graph {
  return Graph.of(
    workflow(
      {
        fetch: { axes: ["day"] },
        map: { axes: ["region", "day"], needs: ["fetch"] },
        report: { needs: ["map"] },
        tell: { axes: ["region"], needs: ["report", { task: "map", only: {} }] },
      },
      { day: DAYS, region: ["north", "south"] },
    ),
  );
}

/** Names of what an instance needs, and of what needs it. */
function around(graph: Graph, name: string): { parents: string[]; children: string[] } {
  const found = graph.find(name);
  if (found instanceof UserError) throw found;
  return {
    parents: Array.from(graph.parents(found), ({ template, index }) => graph.nameOf(template, index)),
    children: Array.from(graph.children(found), ({ template, index }) => graph.nameOf(template, index)),
  };
}

test("instances are connected when they agree on every axis that both have", () => {
  const graph = weather();
  expect([0, 1, 2, 3].map((template) => graph.count(template))).toEqual([5, 10, 1, 2]);
  expect(around(graph, "fetch[day=1970-01-03]")).toEqual({
    parents: [],
    children: ["map[region=north,day=1970-01-03]", "map[region=south,day=1970-01-03]"],
  });
  expect(around(graph, "map[day=1970-01-05,region=south]").parents).toEqual(["fetch[day=1970-01-05]"]);
  expect(around(graph, "report").parents).toHaveLength(10);
  expect(around(graph, "tell[region=north]").parents).toHaveLength(11);
});

test("parents are counted in groups", () => {
  const graph = weather();
  const [toFetch] = graph.edgesTo(1);
  expect([toFetch?.kind, toFetch?.groups, toFetch?.groupOfParent(3), toFetch?.groupOfChild(8)]).toEqual([
    "join",
    5,
    3,
    3,
  ]);
  const [toMap] = graph.edgesTo(2);
  expect([toMap?.groups, toMap?.groupSize(0), toMap?.groupOfParent(7), toMap?.groupOfChild(0)]).toEqual([1, 10, 0, 0]);
  expect([...(toMap?.childrenIn(0) ?? [])]).toEqual([0]);
});

test("the longest path to an end is counted in steps", () => {
  const graph = weather();
  expect([0, 1, 2, 3].map((template) => graph.critical(template))).toEqual([3, 2, 1, 0]);
});

test("a value without a counterpart needs nothing", () => {
  const graph = Graph.of(
    workflow(
      {
        a: { axes: ["n"] },
        b: { axes: ["n@2"], needs: ["a"] },
        c: { axes: ["n"], needs: [{ task: "c", shift: { n: [-1, -1] } }] },
      },
      { n: { kind: "range", from: 1, to: 3, step: 1 }, "n@2": { kind: "list", values: ["3", "4"], type: "int" } },
    ),
  );
  expect(around(graph, "b[n=3]").parents).toEqual(["a[n=3]"]);
  expect(around(graph, "b[n=4]").parents).toEqual([]);
  expect(around(graph, "c[n=1]")).toEqual({ parents: [], children: ["c[n=2]"] });
});

test("what a name may be mistaken for is told", () => {
  const graph = weather();
  const message = (name: string): string => {
    const found = graph.find(name);
    return found instanceof UserError ? found.message : "";
  };
  expect(message("fetsh")).toBe('"fetsh" is no task of the document: did you mean fetch?');
  expect(message("fetch")).toBe('"fetch" names no value of the axis day');
  expect(message("fetch[dy=1]")).toBe('"dy" is no axis of fetch: did you mean day?');
  expect(message("map[day=1970-01-01,region=nort]")).toContain("did you mean north?");
  expect(message("fetch[day")).toContain("is no name of a task or instance");
  expect(message("fetch[day=a,b]")).toMatch(/: values with blanks, commas or brackets stand in double quotes$/);
});

test("ids go through the templates in their order, and go on where values come", () => {
  const graph = weather();
  const numbering = new Numbering(100);
  for (const range of graph.ranges()) numbering.add(range);
  numbering.add({ template: 0, from: 5, to: 6 });
  numbering.add({ template: 0, from: 6, to: 8 });
  numbering.add({ template: 3, from: 2, to: 3 });
  expect([numbering.idOf(0, 0), numbering.idOf(1, 0), numbering.idOf(3, 1), numbering.idOf(0, 7)]).toEqual([
    100, 105, 117, 120,
  ]);
  expect(numbering.instanceOf(120)).toEqual({ template: 0, index: 7 });
  expect(numbering.instanceOf(121)).toEqual({ template: 3, index: 2 });
  expect([numbering.instanceOf(99), numbering.instanceOf(122), numbering.idOf(9, 0), numbering.end]).toEqual([
    undefined,
    undefined,
    -1,
    122,
  ]);
});

test("a document with too many instances is refused with their number", () => {
  const build = (): Graph =>
    Graph.of(
      workflow(
        { a: { axes: ["n", "m"] }, b: {} },
        { n: { kind: "range", from: 1, to: 2000, step: 1 }, m: { kind: "range", from: 1, to: 2000, step: 1 } },
      ),
    );
  expect(build).toThrow(
    "the document has 4,000,001 instances: 4,000,000 of a alone; a run may have 1,000,000 (--max-instances allows more)",
  );
});
