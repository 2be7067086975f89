import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  askFor,
  clampSpan,
  lengthOf,
  pan,
  type Span,
  spanAfterKey,
  spanFrom,
  zoomAround,
} from "../../../../src/page/slots/viewport.ts";
import { timeText } from "../../../../src/page/state/route.ts";

const WHOLE: Span = { from: 1000, to: 2000 };
const time = fc.double({ min: 1000, max: 2000, noNaN: true });
const span = fc
  .tuple(time, time)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
  .filter((each) => lengthOf(each) > 0.1);

function expectWithin(inner: Span, outer: Span): void {
  expect(inner.from).toBeGreaterThanOrEqual(outer.from - 1e-6);
  expect(inner.to).toBeLessThanOrEqual(outer.to + 1e-6);
  expect(inner.to).toBeGreaterThan(inner.from);
}

test("a zoom leaves what is pointed at where it is, unless the run ends there", () => {
  const before = { from: 1400, to: 1600 };
  const after = zoomAround(before, WHOLE, 1450, 0.5);
  expect(after).toEqual({ from: 1425, to: 1525 });
  expect((1450 - after.from) / lengthOf(after)).toBeCloseTo((1450 - before.from) / lengthOf(before));
});

test("whatever is done to a span, it stays within the run", () => {
  fc.assert(
    fc.property(
      span,
      time,
      fc.double({ min: 0.001, max: 1000, noNaN: true }),
      fc.double({ min: -5000, max: 5000, noNaN: true }),
      (seen, at, factor, by) => {
        expectWithin(zoomAround(seen, WHOLE, at, factor), WHOLE);
        expectWithin(pan(seen, WHOLE, by), WHOLE);
        for (const key of ["ArrowLeft", "ArrowRight", "+", "-", "Home", "End"]) {
          const after = spanAfterKey(key, seen, WHOLE);
          expect(after).toBeDefined();
          if (after !== undefined) expectWithin(after, WHOLE);
        }
      },
    ),
  );
});

test("a move keeps how close one looks", () => {
  fc.assert(
    fc.property(span, fc.double({ min: -5000, max: 5000, noNaN: true }), (seen, by) => {
      expect(lengthOf(pan(seen, WHOLE, by))).toBeCloseTo(lengthOf(seen), 6);
    }),
  );
});

test("a key that means nothing here does nothing", () => {
  expect(spanAfterKey("x", WHOLE, WHOLE)).toBeUndefined();
});

test("what an address asks for is shown, and nonsense shows the whole run", () => {
  expect(spanFrom("1200", "1300", WHOLE)).toEqual({ from: 1200, to: 1300 });
  for (const [from, to] of [
    [null, null],
    ["1300", "1200"],
    ["x", "1300"],
    ["1200", ""],
    ["NaN", "Infinity"],
  ] as const) {
    expect(spanFrom(from, to, WHOLE)).toBe(WHOLE);
  }
  expectWithin(spanFrom("-1e9", "1e12", WHOLE), WHOLE);
});

test("a time of an address comes back to the millisecond", () => {
  expect(timeText(1_796_000_000.123456)).toBe("1796000000.123");
  expect(timeText(5)).toBe("5");
});

test("more is asked for than is seen, as fine as the screen, and never more than the server makes", () => {
  fc.assert(
    fc.property(span, fc.integer({ min: 100, max: 2000 }), (seen, pixels) => {
      const asked = askFor(seen, WHOLE, pixels, 2000);
      expect(asked.from).toBeLessThanOrEqual(seen.from + 1e-9);
      expect(asked.to).toBeGreaterThanOrEqual(seen.to - 1e-9);
      expect(asked.px).toBeLessThanOrEqual(2000);
      expect(asked.px).toBeGreaterThan(0);
      // As fine as the screen, where the server makes so many.
      const fine = lengthOf(seen) / pixels;
      expect(lengthOf(asked) / asked.px).toBeLessThanOrEqual(Math.max(fine, lengthOf(asked) / 2000) * 1.01);
    }),
  );
});

test("a short move asks for the same", () => {
  const asked = askFor({ from: 1400, to: 1500 }, WHOLE, 800, 2000);
  expect(askFor({ from: 1401, to: 1501 }, WHOLE, 800, 2000)).toEqual(asked);
});

test("the end of a run that goes on is not asked for anew with each moment that it is longer", () => {
  const seen = { from: 1900, to: 2000 };
  const asked = Array.from({ length: 100 }, (_, i) => askFor(seen, { from: 1000, to: 2000 + i / 10 }, 800, 2000));
  expect(new Set(asked.map(({ to }) => to)).size).toBeLessThanOrEqual(2);
  for (const [i, { to }] of asked.entries()) expect(to).toBeGreaterThanOrEqual(2000 + i / 10);
  const whole = Array.from({ length: 10 }, (_, i) => ({ from: 1000, to: 2000 + i / 10 }));
  expect(new Set(whole.map((all) => askFor(all, all, 800, 2000).to)).size).toBe(1);
});

test("the run that is no longer than a moment can still be looked at", () => {
  const moment = { from: 1000, to: 1000.001 };
  expect(lengthOf(clampSpan(moment, moment))).toBeCloseTo(0.05);
});
