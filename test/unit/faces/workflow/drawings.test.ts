import { describe, expect, test } from "vitest";
import { dotOf } from "../../../../src/faces/workflow/dot.ts";
import { mermaidOf } from "../../../../src/faces/workflow/mermaid.ts";
import { drawInstances } from "../../../../src/workflows/views/draw-instances.ts";
import { drawTemplates } from "../../../../src/workflows/views/draw-templates.ts";
import { MOST_EDGES_COUNTED } from "../../../../src/workflows/views/drawing.ts";
import { template } from "../../../support/workflow.ts";
import { generatedAxis, instancesOf, listAxis, need, workflow } from "../../workflows/views/pretended-workflow.ts";

const FLOW = workflow(
  [generatedAxis("day", "days"), listAxis("region", "n", "s")],
  [
    template("days", { generates: { kind: "axis", axis: "day" } }),
    template("fetch", { axes: [0] }),
    template("map", { axes: [0, 1], alternatives: [[need("fetch")]] }),
    template("report", { alternatives: [[need("map")], [need("fetch")]] }),
  ],
);
const sizeOf = (number: number): { count: number; isGrowing: boolean } =>
  [1, 3, 0, 1].map((count, at) => ({ count, isGrowing: at === 1 || at === 2 }))[number] ?? {
    count: 0,
    isGrowing: false,
  };

describe("a drawing of the tasks of a workflow", () => {
  test("has axes, numbers, what generators make, and the words of the edges", () => {
    expect(dotOf(drawTemplates(FLOW, sizeOf, undefined, 100))).toBe(`digraph "w" {
  rankdir=LR;
  node [shape=box];
  "days" [label="days\\nmakes day"];
  "fetch" [label="fetch[day]\\n3+"];
  "map" [label="map[day,region]\\n?"];
  "report" [label="report"];
  "days" -> "fetch" [label="day", style=dashed];
  "fetch" -> "map" [label="all"];
  "map" -> "report" [label="or 1", style=dotted];
  "fetch" -> "report" [label="or 2", style=dotted];
}
`);
    expect(mermaidOf(drawTemplates(FLOW, sizeOf, undefined, 100))).toBe(`flowchart LR
  n0["days<br/>makes day"]
  n1["fetch[day]<br/>3+"]
  n2["map[day,region]<br/>?"]
  n3["report"]
  n0 -.->|"day"| n1
  n1 -->|"all"| n2
  n2 -.->|"or 1"| n3
  n1 -.->|"or 2"| n3
`);
  });

  test("has the colour of what matters most in a run", () => {
    const tallies = [{ name: "fetch", counts: { done: 5, failed: 1 }, isGrowing: false }];
    const drawing = drawTemplates(FLOW, sizeOf, tallies, 100);
    expect(dotOf(drawing)).toContain('"fetch" [label="fetch[day]\\n3+", style=filled, fillcolor=lightcoral];');
    expect(mermaidOf(drawing)).toMatch(/n1\["fetch\[day\]<br\/>3\+"\]:::failed\n[^]*classDef failed fill:#f08080/);
  });

  test("is cut at its limit, and says so", () => {
    const drawing = drawTemplates(FLOW, sizeOf, undefined, 2);
    expect([drawing.nodes.length, drawing.edges.length, drawing.more]).toEqual([2, 1, 2]);
    expect(dotOf(drawing)).toContain('"..." [label="and 2 more", shape=plaintext];');
    expect(mermaidOf(drawing)).toContain('more["and 2 more"]');
  });
});

describe("a drawing of instances", () => {
  const DAYS = workflow(
    [listAxis("day", 'a"b\\', "<i>;#|`\u001b[2J", "3")],
    [template("a", { axes: [0] }), template("b", { axes: [0], alternatives: [[need("a", "day")]] })],
  );

  test("has arrows between those that are drawn, and counts the others", () => {
    const { nodes, edges, more } = drawInstances("w", instancesOf(DAYS), { stateOf: () => "done" }, 4);
    expect(nodes.map(({ name, state }) => [name, state])).toEqual([
      ['a[day=a"b\\]', "done"],
      ["a[day=<i>;#|`\u001b[2J]", "done"],
      ["a[day=3]", "done"],
      ['b[day=a"b\\]', "done"],
    ]);
    expect([edges, more]).toEqual([[{ from: 'a[day=a"b\\]', to: 'b[day=a"b\\]', kind: "need" }], 2]);
  });

  test("has no more arrows than anybody can look at, and says how many there are", () => {
    const values = Array.from({ length: 320 }, (_, i) => String(i));
    const all = workflow(
      [listAxis("i", ...values)],
      [template("a", { axes: [0] }), template("b", { axes: [0], alternatives: [[need("a"), need("a")]] })],
    );
    const drawing = drawInstances("w", instancesOf(all), undefined, 1000);
    expect([drawing.nodes.length, drawing.edges.length, drawing.more, drawing.moreEdges]).toEqual([
      640, 100_000, 0, 2400,
    ]);
    const cut = { ...drawing, edges: [], more: 3 };
    expect(dotOf(cut)).toContain(
      '  "..." [label="and 3 more", shape=plaintext];\n  "... ..." [label="and 2400 more arrows", shape=plaintext];\n',
    );
    expect(mermaidOf(cut)).toContain('  more["and 3 more"]\n  more2["and 2400 more arrows"]\n');
    expect(dotOf({ ...cut, moreEdges: MOST_EDGES_COUNTED })).toContain("and at least 10000000 more arrows");
  });

  test("escapes names as each language has it", () => {
    const drawing = drawInstances("w", instancesOf(DAYS), undefined, 2);
    expect(dotOf(drawing)).toContain(String.raw`  "a[day=a\"b\\]" [label="a[day=a\"b\\]"];`);
    expect(dotOf(drawing)).toContain(String.raw`\\e[2J`);
    expect(mermaidOf(drawing)).toContain('n0["a[day=a#34;b#92;]"]');
    expect(mermaidOf(drawing)).toContain("#60;i#62;#59;#35;#124;#96;#92;e[2J");
  });
});
