import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { binsOf, rangeOf, spanTicks, standsOut } from "../../../../src/page/charts/histogram-data.ts";
import { etaMark, gapMarks } from "../../../../src/page/charts/marks.ts";
import { kindTitle } from "../../../../src/page/charts/metric-looks.ts";
import { chartData, stacked, stepAt, tableRows, tellingLines } from "../../../../src/page/charts/series-data.ts";
import { stepsPath } from "../../../../src/page/charts/steps-path.ts";
import { tickLabel, timeTicks } from "../../../../src/page/charts/time-ticks.ts";

test("marks stand at full hours and days of the clock of then, also when it is set meanwhile", () => {
  // Summer time of Central Europe in 2031: from 30 March to 26 October, 1:00 UTC.
  const [begins, ends] = [Date.UTC(2031, 2, 30, 1) / 1000, Date.UTC(2031, 9, 26, 1) / 1000];
  const shiftAt = (at: number): number => (at >= begins && at < ends ? -7200 : -3600);
  const near = fc.tuple(fc.constantFrom(begins, ends), fc.integer({ min: 0, max: 2_000_000 }), fc.nat(2_000_000));
  fc.assert(
    fc.property(near, fc.integer({ min: 2, max: 12 }), ([set, before, after], most) => {
      const [from, to] = [set - before, set + after + 1];
      const ticks = timeTicks(from, to, most, shiftAt).map(({ at }) => at);
      const steps = ticks.slice(1).map((at, i) => at - (ticks[i] ?? 0));
      const step = Math.min(...steps);
      if (steps.length < 2 || step < 3600) return;
      // Where the clock was set, two marks are an hour closer, or further apart.
      const unit = step >= 82_800 ? 86_400 : 3600;
      expect(ticks.map((at) => (at - shiftAt(at)) % unit).filter((rest) => rest !== 0)).toEqual([]);
      expect(Math.max(...steps) - step).toBeLessThanOrEqual(7200);
    }),
  );
  const days = timeTicks(ends - 3 * 86_400, ends + 3 * 86_400, 7, shiftAt).map(({ at }) => at);
  expect(days.map((at) => new Date(at * 1000).toISOString().slice(8, 13))).toEqual([
    "23T22",
    "24T22",
    "25T22",
    "26T23",
    "27T23",
    "28T23",
  ]);
});

test("marks of a time axis are within it, each once, and no more than have room", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2e9, noNaN: true }),
      fc.double({ min: 0.1, max: 1e8, noNaN: true }),
      fc.integer({ min: 1, max: 20 }),
      (from, length, most) => {
        const ticks = timeTicks(from, from + length, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        for (const { at } of ticks) {
          expect(at).toBeGreaterThanOrEqual(from - 1e-3);
          expect(at).toBeLessThanOrEqual(from + length);
        }
        expect(new Set(ticks.map(({ at }) => at)).size).toBe(ticks.length);
      },
    ),
  );
  expect(timeTicks(5, 5, 10)).toEqual([]);
});

test("a mark is as precise as its step", () => {
  const noon = new Date(2026, 10, 30, 12, 5, 20, 250).getTime() / 1000;
  expect(tickLabel(noon, 86_400)).toBe("30 Nov");
  expect(tickLabel(noon, 60)).toBe("12:05");
  expect(tickLabel(noon, 5)).toBe("12:05:20");
  expect(tickLabel(noon, 0.05)).toBe("12:05:20.25");
  expect(tickLabel(new Date(2026, 10, 30).getTime() / 1000, 3600)).toBe("30 Nov");
});

const OUTCOMES = {
  metric: "outcomes",
  from: 100,
  step: 2,
  lines: [
    { name: "succeeded", values: [4, 8, 2] },
    { name: "failed", values: [0, 2, null] },
  ],
} as const;

test("tasks of a step become tasks a second, and the step under way is left out", () => {
  expect(chartData(OUTCOMES, 105)).toEqual({
    times: [100, 102],
    step: 2,
    lines: [
      { name: "succeeded", values: [2, 4] },
      { name: "failed", values: [0, 1] },
    ],
  });
  expect(chartData(OUTCOMES, 106).times).toHaveLength(3);
  expect(chartData({ ...OUTCOMES, lines: [] }, 106).times).toEqual([]);
});

test("stacked lines lie on each other, and lines of nothing are left out", () => {
  const { lines } = chartData(OUTCOMES, 106);
  expect(stacked(lines).map(({ values }) => values)).toEqual([
    [2, 4, 1],
    [2, 5, 1],
  ]);
  const nothing = { name: "other", values: [0, null] };
  expect(tellingLines([nothing], [])).toEqual([]);
  expect(tellingLines([nothing], ["other"])).toEqual([nothing]);
});

test("the table has the numbers of the chart: its rows add up to the same", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 50 }),
      (values, most) => {
        const times = values.map((_, i) => 100 + i * 2);
        const rows = tableRows({ times, step: 2, lines: [{ name: "a", values }] }, most);
        expect(rows.length).toBeLessThanOrEqual(most);
        const sum = rows.reduce((all, row) => all + (row.values[0] ?? 0) * ((row.to - row.from) / 2), 0);
        expect(sum).toBeCloseTo(values.reduce((a, b) => a + b, 0));
        expect([rows[0]?.from, rows.at(-1)?.to]).toEqual([100, 100 + values.length * 2]);
      },
    ),
  );
});

test("what is not known is nothing in no row", () => {
  const [row] = tableRows(
    {
      times: [0, 1],
      step: 1,
      lines: [
        { name: "a", values: [null, null] },
        { name: "b", values: [null, 4] },
      ],
    },
    1,
  );
  expect(row?.values).toEqual([null, 4]);
});

test("a pointer finds the step that it is in", () => {
  const chart = { times: [10, 12, 14], step: 2 };
  expect([9, 10, 11.9, 12, 20].map((at) => stepAt(chart, at))).toEqual([0, 0, 0, 1, 2]);
  expect(stepAt({ times: [], step: 1 }, 5)).toBe(-1);
});

test("the end that is expected is shown unless hardly anything would be left of what has been", () => {
  const estimate = { earliest: 1100, latest: 1200, slow: 0 };
  expect(etaMark(estimate, 0, 1000)).toMatchObject({ from: 1100, to: 1200 });
  expect(etaMark({ ...estimate, earliest: 900 }, 0, 1000)).toMatchObject({ from: 1000 });
  expect(etaMark(estimate, 950, 1000)).toBeUndefined();
  expect(etaMark(estimate, 0, 1300)).toBeUndefined();
});

test("gaps are called what they are, unless they are too narrow to be seen", () => {
  const gaps = [
    { from: 0, to: 5, why: "start" },
    { from: 9, to: 9.1, why: "barrier" },
  ] as const;
  expect(gapMarks(gaps, 1).map(({ label }) => label)).toEqual(["start"]);
});

test("a kind is named by its ending and its line, with nothing in it that moves text", () => {
  const kind = { id: 3, ending: exited(2), text: `no\u001b[31m ${"x".repeat(80)}`, isOther: false };
  const kinds = [{ ...kind, count: 1, first: 0, last: 0, node: "n", nodes: 1, example: 1 }];
  expect(kindTitle("3", kinds)).toMatch(/^exit 2 no\\e\[31m x+…$/);
  expect(kindTitle("9", kinds)).toBe("kind 9");
  expect(kindTitle("other", kinds)).toBe("all others");
});

test("bins reach from the first to the last that has a task, and their shares to one", () => {
  const edges = [1, 2, 4, 8, 16];
  const counts = [0, 3, 1, 0];
  const range = rangeOf([counts]);
  expect(range).toEqual({ first: 1, end: 3 });
  expect(binsOf(edges, counts, range)).toEqual([
    { from: 2, to: 4, count: 3, upTo: 0.75 },
    { from: 4, to: 8, count: 1, upTo: 1 },
  ]);
  expect(rangeOf([[0, 0]])).toEqual({ first: 0, end: 0 });
  expect(spanTicks(0.5, 6)).toEqual([0.5, 1, 2, 5]);
  expect(spanTicks(0.005, 100)).toEqual([0.01, 0.1, 1, 10, 60]);
});

test("a node stands out by the rule that the report has, in words", () => {
  const group = (count: number, failed: number, p50: number, others = { count: 300, failed: 3, p50: 1 }) =>
    standsOut({ name: "n", counts: [], count, failed, p50, p95: p50, longest: p50, others });
  expect(group(100, 1, 1.1)).toBeUndefined();
  expect(group(100, 1, 2.7)).toBe("2.7 times as slow");
  expect(group(100, 30, 1)).toBe("30% failed");
  expect(group(10, 10, 9)).toBe("9.0 times as slow, 100% failed");
  // So few tasks, and so small a difference, tell nothing.
  expect(group(3, 2, 9)).toBeUndefined();
  expect(group(100, 1, 0.003, { count: 300, failed: 3, p50: 0.002 })).toBeUndefined();
  expect(group(100, 0, 3, { count: 300, failed: 3, p50: 0 })).toBe("slow");
});

test("steps reach their top at the largest value, and stand on the ground", () => {
  expect(stepsPath([], 100, 24)).toBe("");
  expect(stepsPath([0, 2, 4], 30, 20)).toBe("M0 20V20h10V10h10V0h10V20Z");
  expect(stepsPath([1, Number.NaN], 20, 20, 1000)).toBe("M0 20V19h10V20h10V20Z");
});
