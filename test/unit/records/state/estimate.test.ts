import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Estimate } from "../../../../src/domain/watch.ts";
import { DurationTrend } from "../../../../src/records/state/duration-trend.ts";
import { type EstimateBasis, estimateEnd, type RunningShare } from "../../../../src/records/state/estimate.ts";

const NOW = 1_700_000_000;

interface Given {
  /** In the order of the list. */
  readonly ended: readonly number[];
  readonly ages?: readonly number[];
  readonly waiting?: number;
  readonly slots?: number;
  readonly busy?: number;
}

function basis({ ended, ages = [], waiting = 0, slots = Math.max(1, ages.length), busy = 1 }: Given): EstimateBasis {
  const total = ended.length + ages.length + waiting;
  const trend = new DurationTrend();
  for (const [i, seconds] of ended.entries()) trend.add(i / total, seconds);
  const running: RunningShare[] = ages.map((age, i) => ({ place: (ended.length + i) / total, age }));
  return { now: NOW, waiting, slots, ended: trend, running, busy };
}

/** Seconds from now. */
function left(given: Given): Estimate | undefined {
  const estimate = estimateEnd(basis(given));
  if (estimate === undefined) return undefined;
  return { ...estimate, earliest: estimate.earliest - NOW, latest: estimate.latest - NOW };
}

function middle(given: Given): number {
  const estimate = left(given);
  if (estimate === undefined) throw new Error("there is an estimate");
  return (estimate.earliest + estimate.latest) / 2;
}

/** Durations of a lognormal distribution, evenly: the same in each run of the test. */
function spread(count: number, median: number, sigma: number): number[] {
  // The places of a golden-section walk are in no order.
  return Array.from({ length: count }, (_, i) => {
    const share = (0.5 + i * 0.618_033_988_75) % 1;
    return median * Math.exp(sigma * (Math.log(Math.max(share, 1e-4) / Math.max(1e-4, 1 - share)) / 1.7));
  });
}

const equal = (count: number, seconds: number): number[] => Array.from({ length: count }, () => seconds);

const seconds = fc.double({ min: 0, max: 1e5, noNaN: true });
const givens = fc.record({
  ended: fc.array(seconds, { maxLength: 60 }),
  ages: fc.array(seconds, { maxLength: 20 }),
  waiting: fc.nat(10_000),
  slots: fc.integer({ min: 1, max: 64 }),
  busy: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("estimateEnd", () => {
  it("tells nothing before a few tasks have ended", () => {
    expect(left({ ended: [], ages: [5, 5], waiting: 10 })).toBeUndefined();
    expect(left({ ended: [5, 5], ages: [5, 5], waiting: 10 })).toBeUndefined();
  });

  it("tells nothing while most tasks take longer than any that has ended", () => {
    expect(left({ ended: [1, 1, 1, 1], ages: equal(60, 20), waiting: 100 })).toBeUndefined();
  });

  it("tells nothing while tasks wait and there is no slot", () => {
    expect(left({ ended: equal(20, 1), waiting: 10, slots: 0 })).toBeUndefined();
  });

  it("is now when nothing is left to do", () => {
    expect(left({ ended: [1, 2, 3] })).toEqual({ earliest: 0, latest: 0, slow: 0 });
  });

  it("is exact for tasks of equal length: waves of them", () => {
    const wave = left({ ended: equal(16, 10), ages: equal(8, 4), waiting: 17, slots: 8 });
    expect(wave?.earliest).toBeCloseTo(36, 1);
    expect(wave?.latest).toBeCloseTo(36, 1);
    const full = left({ ended: equal(400, 3), ages: [0, 1, 2], waiting: 300, slots: 3 });
    expect(full?.earliest).toBeCloseTo(303, 0);
    expect(full?.latest).toBeCloseTo(303, 0);
  });

  it("knows that the last wave takes a whole task, however many slots are free then", () => {
    expect(middle({ ended: equal(80, 60), ages: equal(8, 0), waiting: 1, slots: 8 })).toBeCloseTo(120, 0);
  });

  it("has a wide range where durations are spread widely, and a narrow one where they are not", () => {
    const width = (sigma: number): number => {
      const estimate = left({ ended: spread(400, 10, sigma), ages: equal(8, 2), waiting: 400, slots: 8 });
      return ((estimate?.latest ?? 0) - (estimate?.earliest ?? 0)) / (estimate?.latest ?? 1);
    };
    expect(width(0.2)).toBeLessThan(0.12);
    expect(width(1.5)).toBeGreaterThan(2 * width(0.2));
  });

  it("expects more of a task the longer it has run, where a few take very long", () => {
    const ended = spread(500, 10, 1.5);
    const [young, old, oldest] = [100, 1000, 10_000].map((age) => middle({ ended, ages: [age] }));
    expect(old).toBeGreaterThan(2 * (young ?? 0));
    expect(oldest).toBeGreaterThan(2 * (old ?? 0));
  });

  it("counts slow tasks that hold up the end", () => {
    const ended = spread(500, 10, 0.5);
    expect(left({ ended, ages: [2000, 1500, 5, 6] })?.slow).toBe(2);
    expect(left({ ended, ages: [5, 6] })?.slow).toBe(0);
  });

  it("takes note of a list that is sorted", () => {
    const sorted = spread(600, 10, 1).toSorted((a, b) => a - b);
    const ended = sorted.slice(0, 300);
    const rest = sorted.slice(300).reduce((sum, duration) => sum + duration, 0);
    const shuffled = ended.map((_, i) => ended[(i * 7) % 300] ?? 0);
    const known = middle({ ended, ages: [1], waiting: 299, slots: 1 });
    expect(known).toBeGreaterThan(2 * middle({ ended: shuffled, ages: [1], waiting: 299, slots: 1 }));
    expect(known).toBeGreaterThan(rest / 2.5);
    expect(known).toBeLessThan(rest * 2);
  });

  it("is never in the past, and never the wrong way round", () => {
    fc.assert(
      fc.property(givens, (given) => {
        const estimate = left(given);
        if (estimate === undefined) return;
        expect(estimate.earliest).toBeGreaterThanOrEqual(0);
        expect(estimate.latest).toBeGreaterThanOrEqual(estimate.earliest);
        expect(estimate.slow).toBeLessThanOrEqual(given.ages.length);
      }),
    );
  });

  it("is not later with twice as many slots", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1.5, noNaN: true }), fc.integer({ min: 1, max: 50 }), (sigma, slots) => {
        const given = { ended: spread(300, 10, sigma), ages: equal(slots, 3), waiting: 1000, slots };
        const more = middle({ ...given, slots: 2 * slots });
        expect(more).toBeLessThanOrEqual(middle(given) * 1.02);
      }),
      { numRuns: 30 },
    );
  });

  it("does not depend on the unit of time", () => {
    const given = { ended: spread(300, 16, 1), ages: [1, 2, 4, 8], waiting: 300, slots: 4 };
    const scaled = { ...given, ended: given.ended.map((s) => s * 64), ages: given.ages.map((s) => s * 64) };
    expect(middle(scaled) / middle(given)).toBeCloseTo(64, 0);
  });

  it("is later where the slots stand idle between tasks", () => {
    const given = { ended: spread(300, 10, 0.5), ages: [1, 2], waiting: 1000, slots: 2 };
    expect(middle({ ...given, busy: 0.5 }) / middle(given)).toBeCloseTo(2, 0);
  });
});
