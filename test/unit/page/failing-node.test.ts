import { describe, expect, test } from "vitest";
import type { FailureKind } from "../../../src/domain/watch.ts";
import { failingNodes } from "../../../src/page/failures/failing-node.ts";
import { kindsInOrder, nodesWords, valuesOf } from "../../../src/page/failures/kind-words.ts";

const group = (name: string, count: number, failed: number) => {
  return { name, count, failed, counts: [], p50: 1, p95: 1, longest: 1 };
};

describe("nodes that tasks fail on", () => {
  test("come with the worst first, and those without failures not at all", () => {
    const nodes = failingNodes([group("a", 100, 1), group("b", 100, 40), group("c", 100, 0)]);
    expect(nodes.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(nodes[0]?.factor).toBeCloseTo(80);
  });

  test("are not odd for a few failures, or where all of them are there", () => {
    expect(failingNodes([group("a", 4, 4), group("b", 100, 1)])[0]?.factor).toBe(1);
    expect(failingNodes([group("a", 100, 50), group("b", 100, 0)])[0]?.factor).toBe(1);
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
