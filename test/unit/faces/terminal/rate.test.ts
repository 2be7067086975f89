import { describe, expect, it } from "vitest";

import { RecentRate } from "../../../../src/faces/terminal/rate.ts";

/** Samples five times a second, up to `until` seconds, what `countAt` says. */
function sampled(until: number, slots: number, countAt: (second: number) => number): RecentRate {
  const rate = new RecentRate(0);
  for (let look = 1; look <= until * 5; look++) rate.sample(countAt(look / 5), look / 5, slots);
  return rate;
}

describe("RecentRate", () => {
  it("is not known before the first task has finished", () => {
    expect(sampled(10, 2, () => 0).perSecond).toBeUndefined();
  });

  it("starts from the plain average when the first task has finished", () => {
    expect(sampled(10, 2, (second) => (second < 10 ? 0 : 1)).perSecond).toBeCloseTo(0.1);
  });

  it("is right from the start when tasks are short, and does not count the wait for engines", () => {
    const rate = new RecentRate(0);
    for (let look = 1; look <= 50; look++) rate.sample(0, look / 5, 0);
    for (let look = 51; look <= 60; look++) rate.sample((look - 50) * 7, look / 5, 2);
    expect(rate.perSecond).toBeCloseTo(35);
  });

  it("settles on a steady rate", () => {
    expect(sampled(60, 2, (second) => Math.floor(second * 20_000)).perSecond).toBeCloseTo(20_000, -1);
  });

  it("follows a change within some seconds", () => {
    const slowed = sampled(130, 2, (second) => (second < 100 ? 100 * second : 10_000 + 10 * (second - 100)));
    expect(slowed.perSecond).toBeGreaterThan(9);
    expect(slowed.perSecond).toBeLessThan(11);
  });

  it("stays near the truth when all slots finish at the same time, in bursts", () => {
    const rate = new RecentRate(0);
    const seen: number[] = [];
    for (let look = 1; look <= 10_000; look++) {
      rate.sample(64 * Math.floor(look / 500), look / 5, 64);
      if (look > 5000 && rate.perSecond !== undefined) seen.push(rate.perSecond);
    }
    expect(Math.min(...seen)).toBeGreaterThan(0.64 / 1.6);
    expect(Math.max(...seen)).toBeLessThan(0.64 * 1.6);
  });

  it("goes towards nothing when nothing finishes any more", () => {
    expect(sampled(600, 2, (second) => Math.min(100, second * 10)).perSecond).toBeLessThan(1);
  });

  it("is not disturbed by a clock that stands still", () => {
    const rate = new RecentRate(5);
    rate.sample(3, 5, 1);
    expect(rate.perSecond).toBeUndefined();
    rate.sample(3, 6, 1);
    expect(rate.perSecond).toBe(3);
  });
});
