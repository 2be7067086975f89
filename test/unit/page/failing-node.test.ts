import { describe, expect, test } from "vitest";
import type { FailureKind } from "../../../src/domain/watch.ts";
import { failingNodes } from "../../../src/page/failures/failing-node.ts";
import { kindsInOrder, nodesWords, valuesOf } from "../../../src/page/failures/kind-words.ts";

/** Nodes by how many of how many tasks failed there. */
const groups = (nodes: Readonly<Record<string, readonly [failed: number, count: number]>>) => {
  const all = Object.entries(nodes);
  return all.map(([name, [failed, count]]) => {
    const others = { count: -count, failed: -failed, p50: 1 };
    for (const [, each] of all) {
      others.failed += each[0];
      others.count += each[1];
    }
    return { name, count, failed, counts: [], p50: 1, p95: 1, longest: 1, others };
  });
};

describe("nodes that tasks fail on", () => {
  test("come with the worst first, and those without failures not at all", () => {
    const nodes = failingNodes(groups({ a: [1, 100], b: [40, 100], c: [0, 100] }));
    expect(nodes.map(({ name, odd }) => [name, odd])).toEqual([
      ["b", "80.0 times as often as on others"],
      ["a", ""],
    ]);
  });

  test("are odd by the rule that the report has: also where nothing fails elsewhere, and not for a few failures", () => {
    expect(failingNodes(groups({ a: [50, 100], b: [0, 100] }))[0]?.odd).toBe("nowhere else");
    expect(failingNodes(groups({ a: [2, 4], b: [1, 100] }))[0]?.odd).toBe("");
    expect(failingNodes(groups({ a: [30, 1000], b: [14, 1000] }))[0]?.odd).toBe("2.1 times as often as on others");
    expect(failingNodes(groups({ a: [50, 100] }))[0]?.odd).toBe("");
  });
});

describe("kinds of failures", () => {
  const kind = (id: number, count: number, isOther = false): FailureKind => {
    const ending = { type: "exited", code: 1 } as const;
    return { id, count, isOther, ending, text: "", first: 0, last: 0, node: "a", nodes: 1, example: 0 };
  };

  test("come with the most common first, and what stands for the others last", () => {
    const ordered = kindsInOrder([kind(0, 1), kind(1, 9), kind(2, 50, true), kind(3, 9)]);
    expect(ordered.map(({ id }) => id)).toEqual([1, 3, 0, 2]);
  });

  test("tell on how many nodes more they happened", () => {
    expect([1, 2, 5].map((nodes) => nodesWords({ nodes }))).toEqual(["", "and 1 other node", "and 4 other nodes"]);
  });

  test("have their own line of a series, where nothing is 0", () => {
    const series = { metric: "failures", from: 0, step: 1, lines: [{ name: "3", values: [1, null] }] } as const;
    expect(valuesOf(series, 3)).toEqual([1, 0]);
    expect(valuesOf(series, 4)).toBeUndefined();
    expect(valuesOf(undefined, 3)).toBeUndefined();
  });
});
