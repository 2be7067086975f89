import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DurationHistogram } from "../../../src/domain/duration-histogram.ts";

function histogramOf(durations: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram();
  for (const duration of durations) histogram.add(duration);
  return histogram;
}

describe("a histogram of durations", () => {
  const durations = fc.array(fc.double({ min: 2 ** -9, max: 1e6, noNaN: true }), { minLength: 1 });

  test("tells quantiles to 4.5 percent", () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (some, share) => {
        const sorted = some.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
        const told = histogramOf(some).quantile(share);
        expect(Math.abs(told - exact) / exact).toBeLessThan(0.045);
      }),
    );
  });

  test("knows the number, the sum and the longest exactly, and has each in one bucket that fits it", () => {
    fc.assert(
      fc.property(durations, (some) => {
        const histogram = histogramOf(some);
        expect(histogram).toMatchObject({ count: some.length, longest: Math.max(...some) });
        const filled = [...histogram.filled()];
        expect(filled.reduce((sum, { count }) => sum + count, 0)).toBe(some.length);
        for (const { from, to, count } of filled) {
          // An edge belongs to either side: it is a power that no number tells exactly.
          const inside = some.filter((one) => one >= from * (1 - 1e-9) && one <= to * (1 + 1e-9));
          expect(inside.length).toBeGreaterThanOrEqual(count);
        }
      }),
    );
  });

  test("takes what is shorter or longer than any bucket, and a clock that was set back", () => {
    expect(histogramOf([])).toMatchObject({ count: 0, longest: 0 });
    expect(histogramOf([]).quantile(0.5)).toBe(0);
    const odd = histogramOf([-3, 0, 1e-9, 1e12]);
    expect(odd).toMatchObject({ count: 4, longest: 1e12 });
    expect(odd.quantile(0.5)).toBe(0);
  });
});
