import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type BoxPlan, type NeedGraph, planBoxes } from "../../../../src/workflows/views/boxes.ts";

const ANY_GRAPH: fc.Arbitrary<NeedGraph> = fc
  .integer({ min: 0, max: 40 })
  .chain((size) =>
    fc
      .array(fc.tuple(fc.nat(Math.max(0, size - 1)), fc.nat(Math.max(0, size - 1))), { maxLength: size === 0 ? 0 : 80 })
      .map((edges) => ({ size, edges })),
  );
/** Without circles: arrows go from a smaller number to a larger one. */
const DAG = ANY_GRAPH.map(({ size, edges }) => ({
  size,
  edges: edges.flatMap(([a, b]) => (a === b ? [] : [[Math.min(a, b), Math.max(a, b)] as const])),
}));

function boxOf(plan: BoxPlan): Map<number, number> {
  return new Map(plan.boxes.flatMap(({ nodes }, place) => nodes.map((node) => [node, place] as const)));
}

test("every node is in one box, there are no more boxes than there may be, and none is left empty", () => {
  fc.assert(
    fc.property(ANY_GRAPH, fc.integer({ min: 1, max: 50 }), (graph, most) => {
      const { boxes } = planBoxes(graph, most);
      expect(boxes.flatMap(({ nodes }) => nodes).toSorted((a, b) => a - b)).toEqual([...Array(graph.size).keys()]);
      expect(boxes.length).toBeLessThanOrEqual(most);
      expect(boxes.every(({ nodes }) => nodes.length > 0)).toBe(true);
    }),
  );
});

test("nodes are drawn one by one while there is room", () => {
  fc.assert(
    fc.property(ANY_GRAPH, (graph) => {
      expect(planBoxes(graph, Math.max(1, graph.size)).boxes.map(({ nodes }) => nodes.length)).toEqual(
        Array(graph.size).fill(1),
      );
    }),
  );
});

test("arrows of boxes are those of their nodes, and lead to the right", () => {
  fc.assert(
    fc.property(DAG, fc.integer({ min: 1, max: 50 }), (graph, most) => {
      const plan = planBoxes(graph, most);
      const place = boxOf(plan);
      const expected = new Set(
        graph.edges
          .map(([from, to]) => `${place.get(from)} ${place.get(to)}`)
          .filter((pair) => {
            const [from, to] = pair.split(" ");
            return from !== to;
          }),
      );
      expect(new Set(plan.edges.map(([from, to]) => `${from} ${to}`))).toEqual(expected);
      expect(plan.edges).toHaveLength(expected.size);
      for (const [from, to] of plan.edges) expect(plan.boxes[from]?.column).toBeLessThan(plan.boxes[to]?.column ?? -1);
    }),
  );
});

test("columns and rows are dense, and no two boxes stand in one place", () => {
  fc.assert(
    fc.property(ANY_GRAPH, fc.integer({ min: 1, max: 50 }), (graph, most) => {
      const { boxes } = planBoxes(graph, most);
      const columns = new Map<number, number[]>();
      for (const { column, row } of boxes) columns.set(column, [...(columns.get(column) ?? []), row]);
      expect([...columns.keys()].toSorted((a, b) => a - b)).toEqual([...Array(columns.size).keys()]);
      for (const rows of columns.values())
        expect(rows.toSorted((a, b) => a - b)).toEqual([...Array(rows.length).keys()]);
    }),
  );
});

test("nodes with the same neighbours are drawn as one before any others are", () => {
  // One splits into five, which are gathered; a chain of three follows.
  const fan = [1, 2, 3, 4, 5].flatMap((node) => [[0, node] as const, [node, 6] as const]);
  const graph = { size: 9, edges: [...fan, [6, 7] as const, [7, 8] as const] };
  expect(planBoxes(graph, 8).boxes.map(({ nodes }) => nodes)).toEqual([[0], [1, 2, 3, 4, 5], [6], [7], [8]]);
  expect(planBoxes(graph, 4).boxes.map(({ nodes }) => nodes)).toEqual([[0, 1, 2, 3, 4, 5], [6], [7], [8]]);
});

test("what needs itself, or one another, stands in one column", () => {
  const graph = {
    size: 4,
    edges: [
      [0, 1],
      [1, 2],
      [2, 1],
      [2, 2],
      [2, 3],
    ] as const,
  };
  expect(planBoxes(graph, 10).boxes.map(({ column }) => column)).toEqual([0, 1, 1, 2]);
});

test("ten thousand nodes in a chain are placed in a moment", () => {
  const edges = Array.from({ length: 9_999 }, (_, at) => [at, at + 1] as const);
  const { boxes } = planBoxes({ size: 10_000, edges }, 200);
  expect(boxes.length).toBeLessThanOrEqual(200);
});
