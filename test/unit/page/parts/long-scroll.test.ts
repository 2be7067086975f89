import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterScroll,
  drawnPixels,
  type LongScroll,
  MOST_PIXELS,
  NOT_SCROLLED,
  positionOf,
  scrolledTo,
} from "../../../../src/page/parts/long-scroll.ts";

const height = 600;
const long = { whole: 30_000_000, height };
const short = { whole: 300_000, height };

describe("a list that a browser can draw", () => {
  test("is scrolled as any other", () => {
    expect(drawnPixels(short.whole)).toBe(short.whole);
    expect(afterScroll(NOT_SCROLLED, 12_345, short)).toEqual({ top: 12_345, shift: 0 });
    expect(scrolledTo(12_345, short)).toEqual({ top: 12_345, shift: 0 });
    expect(scrolledTo(9e9, short)).toEqual({ top: 299_400, shift: 0 });
  });
});

describe("a list with more pixels than that", () => {
  test("is drawn with as many as there may be", () => {
    expect(drawnPixels(long.whole)).toBe(MOST_PIXELS);
  });

  test("moves by a wheel as far as the wheel says", () => {
    const at = scrolledTo(5_000_000, long);
    expect(positionOf(afterScroll(at, at.top + 120, long))).toBe(5_000_120);
    expect(positionOf(afterScroll(at, at.top - 120, long))).toBe(4_999_880);
  });

  test("moves by its bar to the same share of it", () => {
    const there = afterScroll(NOT_SCROLLED, (MOST_PIXELS - height) / 2, long);
    expect(positionOf(there)).toBeCloseTo((long.whole - height) / 2, 3);
  });

  test("begins and ends where the bar does", () => {
    expect(positionOf(afterScroll(scrolledTo(9000, long), 0, long))).toBe(0);
    expect(positionOf(afterScroll(NOT_SCROLLED, MOST_PIXELS - height, long))).toBe(long.whole - height);
  });

  test("is at the place that it was scrolled to, and the bar within its ends", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: long.whole - height }), (position) => {
        const scroll = scrolledTo(position, long);
        expect(positionOf(scroll)).toBe(position);
        expect(scroll.top).toBeGreaterThanOrEqual(0);
        expect(scroll.top).toBeLessThanOrEqual(MOST_PIXELS - height);
      }),
    );
  });

  test("is never left, however it is scrolled", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: MOST_PIXELS - height })), (tops) => {
        let scroll: LongScroll = NOT_SCROLLED;
        for (const top of tops) {
          scroll = afterScroll(scroll, top, long);
          expect(positionOf(scroll)).toBeGreaterThanOrEqual(0);
          expect(positionOf(scroll)).toBeLessThanOrEqual(long.whole - height);
        }
      }),
    );
  });
});
