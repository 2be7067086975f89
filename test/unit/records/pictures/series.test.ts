import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SeriesDocument } from "../../../../src/records/pictures/documents.ts";
import { durationsOverTime } from "../../../../src/records/pictures/durations-over-time.ts";
import { failuresOverTime } from "../../../../src/records/pictures/failures-over-time.ts";
import { outcomesOverTime } from "../../../../src/records/pictures/outcomes-over-time.ts";
import { slotsOverTime } from "../../../../src/records/pictures/slots-over-time.ts";
import { MOST_POINTS } from "../../../../src/records/pictures/steps.ts";
import { anyRange, anyRun, pictured, STARTED, type SomeTask, stretchOf } from "./pictured.ts";

const RUNS = { numRuns: 150 };
const ALL = [outcomesOverTime, slotsOverTime, failuresOverTime, durationsOverTime];

function sum({ lines }: SeriesDocument, name: string): number {
  return (lines.find((line) => line.name === name)?.values ?? []).reduce((all: number, value) => all + (value ?? 0), 0);
}

const hasFailed = ({ what }: SomeTask): boolean => what === "failed" || what === "not-started";

describe("lines along time", () => {
  test("have as many points as may be asked for, whatever is asked, and only numbers", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, anyRange, async (some, range) => {
        for (const make of ALL) {
          const { from, step, lines } = await make(pictured(some), range);
          expect(Number.isFinite(from) && step > 0 && Number.isFinite(step)).toBe(true);
          expect(lines.length).toBeLessThanOrEqual(9);
          const lengths = new Set(lines.map(({ values }) => values.length));
          expect(lengths.size).toBe(1);
          const [points = 0] = lengths;
          expect(points >= 1 && points <= MOST_POINTS).toBe(true);
          expect(lines.flatMap(({ values }) => values).every((one) => one === null || Number.isFinite(one))).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test("count every outcome of the run once, also where a clock is off", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, fc.integer({ min: 1, max: 50 }), async (some, points) => {
        const run = pictured(some);
        const outcomes = await outcomesOverTime(run, { points });
        expect(sum(outcomes, "succeeded")).toBe(some.tasks.filter(({ what }) => what === "succeeded").length);
        const failed = some.tasks.filter(hasFailed).length;
        expect(sum(outcomes, "failed")).toBe(failed);
        const { lines } = await failuresOverTime(run, { points });
        expect(lines.reduce((all, { values }) => all + values.reduce((a: number, b) => a + (b ?? 0), 0), 0)).toBe(
          failed,
        );
      }),
      RUNS,
    );
  });

  test("show every second of a slot that had a task", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, fc.integer({ min: 1, max: 50 }), async (some, points) => {
        if (some.seconds === 0) return;
        const document = await slotsOverTime(pictured(some), { points });
        const busy = some.tasks.map((task) => stretchOf(task, some) ?? [0, 0]).reduce((all, [a, b]) => all + b - a, 0);
        expect(sum(document, "busy") * document.step).toBeCloseTo(busy, 1);
        const available = some.engines.reduce((all, { slots, joined = 0, gone = some.seconds }) => {
          const [from, to] = [Math.min(joined, some.seconds), Math.min(gone, some.seconds)];
          return all + slots * Math.max(0, to - from);
        }, 0);
        expect(sum(document, "available") * document.step).toBeCloseTo(available, 1);
      }),
      RUNS,
    );
  });

  test("average slots over what of a step belongs to the run", async () => {
    const run = pictured({
      engines: [{ node: "n", slots: 4, joined: 1 }],
      tasks: [
        { what: "succeeded", engine: 0, slot: 0, start: 1, seconds: 2 },
        { what: "running", engine: 0, slot: 1, start: 2.5, seconds: 0 },
      ],
      seconds: 5,
      hasEnded: false,
    });
    const { lines } = await slotsOverTime(run, { from: STARTED - 2, to: STARTED + 8, points: 5 });
    expect(lines).toEqual([
      { name: "busy", values: [null, 0.5, 0.5 + 0.75, 1, null] },
      { name: "available", values: [null, 2, 4, 4, null] },
    ]);
  });

  test("count starts of tasks that were lost, as long as they are known", async () => {
    const tasks: SomeTask[] = [{ what: "lost", engine: 0, slot: 0, start: 0, seconds: 4 }];
    const run = pictured({ engines: [{ node: "n", slots: 1 }], tasks, seconds: 8 });
    run.table.handle({ type: "engine-lost", time: STARTED + 4, engine: 0, reason: "", crashed: true });
    const { lines } = await slotsOverTime(run, { points: 2 });
    expect(lines[0]?.values).toEqual([1, 0]);
  });

  test("name the eight most common kinds of failures in what is shown, and count the others together", async () => {
    const tasks = Array.from({ length: 12 }, (_, kind) =>
      Array.from({ length: kind + 1 }, (): SomeTask => ({
        ...{ what: "failed", engine: 0, slot: 0, start: kind, seconds: 0.5, kind },
      })),
    ).flat();
    const run = pictured({ engines: [{ node: "n", slots: 1 }], tasks, seconds: 12, kinds: 12 });
    const whole = await failuresOverTime(run, {});
    expect(whole.lines.map(({ name }) => name)).toEqual(["11", "10", "9", "8", "7", "6", "5", "4", "other"]);
    expect(sum(whole, "other")).toBe(1 + 2 + 3 + 4);
    const part = await failuresOverTime(run, { from: STARTED, to: STARTED + 2, points: 2 });
    expect(part.lines).toEqual([
      { name: "1", values: [0, 2] },
      { name: "0", values: [1, 0] },
      { name: "other", values: [0, 0] },
    ]);
  });

  test("tell to a few percent how long tasks took, and nothing where none has ended", async () => {
    const tasks = Array.from({ length: 1000 }, (_, n): SomeTask => ({
      ...{ what: "succeeded", engine: 0, slot: 0, start: 100, seconds: (n + 1) / 100 },
    }));
    const run = pictured({ engines: [], tasks, seconds: 1000 });
    const { lines } = await durationsOverTime(run, { points: 5 });
    const [p50, p95] = lines.map(({ values }) => values);
    expect(p50?.slice(1)).toEqual([null, null, null, null]);
    expect(Math.abs((p50?.[0] ?? 0) - 5)).toBeLessThan(0.3);
    expect(Math.abs((p95?.[0] ?? 0) - 9.5)).toBeLessThan(0.5);
  });

  test("show one task as exactly as it took", async () => {
    const run = pictured({
      ...{ engines: [], seconds: 10 },
      tasks: [{ what: "succeeded", engine: 0, slot: 0, start: 0, seconds: 3 }],
    });
    const { lines } = await durationsOverTime(run, { points: 1 });
    expect(lines.map(({ values }) => values[0])).toEqual([3, 3]);
  });
});
