import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binEdge, binQuantile, DURATION_BINS, durationBin } from "../../../../src/records/pictures/duration-bins.ts";
import { histograms } from "../../../../src/records/pictures/histograms.ts";
import { anyRun, pictured, type SomeTask } from "./pictured.ts";

describe("bins of durations", () => {
  test("hold what lies between their edges", () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: Math.fround(1e30), noNaN: true }), (seconds) => {
        const bin = durationBin(seconds);
        expect(bin === 0 ? 0 : binEdge(bin)).toBeLessThanOrEqual(seconds);
        expect(bin === DURATION_BINS - 1 ? Infinity : binEdge(bin + 1)).toBeGreaterThan(seconds);
      }),
    );
  });

  test("grow by the same ratio", () => {
    for (let bin = 0; bin < DURATION_BINS; bin++)
      expect(binEdge(bin + 1) / binEdge(bin)).toBeCloseTo(2 ** (1 / 8), 1.9);
  });

  test("take what is no duration for none", () => {
    expect([-1, -0, Number.NaN, -Infinity].map(durationBin)).toEqual([0, 0, 0, 0]);
    expect(durationBin(Infinity)).toBe(DURATION_BINS - 1);
    expect(binQuantile([], 0.5)).toBe(0);
  });
});

describe("histograms", () => {
  test("count every task that had a process once, by themselves and by node", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (some) => {
        const run = pictured(some);
        const counted = some.tasks.filter(({ what }) => what === "succeeded" || what === "failed");
        const known = counted.filter(({ engine }) => engine < some.engines.length || run.table.numberOfNode("gone"));
        for (const [by, tasks] of [["all", counted] as const, ["node", known] as const]) {
          const { groups, edges, truncated } = await histograms(run, by);
          expect(truncated).toBe(false);
          expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(tasks.length);
          expect(groups.reduce((sum, { failed }) => sum + failed, 0)).toBe(
            tasks.filter(({ what }) => what === "failed").length,
          );
          for (const { counts, count } of groups) {
            expect(counts.length).toBe(edges.length - 1);
            expect(counts.reduce((sum, one) => sum + one, 0)).toBe(count);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("of nodes begin with those that stand out", async () => {
    const tasks = Array.from({ length: 400 }, (_, n): SomeTask => {
      const engine = n % 4;
      return { what: "succeeded", engine, slot: 0, start: 0, seconds: engine === 2 ? 10 : 1 + engine / 10 };
    });
    const engines = ["a", "b", "slow", "c"].map((node) => ({ node, slots: 1 }));
    const { groups } = await histograms(pictured({ engines, tasks, seconds: 100 }), "node");
    expect(groups[0]).toMatchObject({ name: "slow", count: 100, longest: 10, others: { count: 300, failed: 0 } });
    expect(groups[0]?.others?.p50).toBeCloseTo(1.1, 0);
    expect(groups[1]?.others).toMatchObject({ count: 300, failed: 0 });
  });

  test("of very many nodes are at most 256, and say how many there are", async () => {
    const engines = Array.from({ length: 5000 }, (_, n) => ({ node: `n${n}`, slots: 1 }));
    const tasks = engines.map((_, engine): SomeTask => ({
      ...{ what: engine === 4999 ? "failed" : "succeeded", engine, slot: 0, start: 0, seconds: 2 ** (engine % 40) },
    }));
    const list = await histograms(pictured({ engines, tasks, seconds: 100 }), "node");
    expect([list.groups.length, list.total, list.truncated, list.groups[0]?.name]).toEqual([256, 5000, true, "n4999"]);
    expect(list.edges.length).toBeLessThanOrEqual(65);
  });

  test("of no tasks are empty", async () => {
    const run = pictured({ engines: [], tasks: [], seconds: 0 });
    for (const by of ["all", "node"] as const)
      expect(await histograms(run, by)).toEqual({ total: 0, truncated: false, edges: [], groups: [] });
  });
});
