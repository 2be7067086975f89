import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sortOf, sortPressed, sortText } from "../../../../src/page/parts/sort.ts";
import { sparkPath } from "../../../../src/page/parts/spark-path.ts";
import { rowAfterKey, rowWindow, scrollFor } from "../../../../src/page/parts/window-of-rows.ts";

const ROW = 30;
const counts = fc.nat(2_000_000);
const heights = fc.integer({ min: 1, max: 3000 });

test("rows in sight are drawn, and not many more, however long the table is", () => {
  fc.assert(
    fc.property(counts, fc.nat(60_000_000), heights, (count, scrolled, height) => {
      const top = Math.min(scrolled, Math.max(0, count * ROW - height));
      const { first, end } = rowWindow(count, ROW, top, height);
      expect(first).toBeLessThanOrEqual(Math.floor(top / ROW));
      expect(end).toBeGreaterThanOrEqual(Math.min(count, Math.ceil((top + height) / ROW)));
      expect(end - first).toBeLessThanOrEqual(Math.ceil(height / ROW) + 18);
    }),
  );
});

test("a table that has become shorter than what was scrolled past has a window all the same", () => {
  expect(rowWindow(3, ROW, 90_000, 600)).toEqual({ first: 3, end: 3 });
  expect(rowWindow(0, ROW, 0, 600)).toEqual({ first: 0, end: 0 });
});

test("keys lead to rows that there are", () => {
  const keys = ["ArrowDown", "ArrowUp", "j", "k", "PageDown", "PageUp", "Home", "End"];
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.integer({ min: 1, max: 1000 }), fc.nat(), (key, count, from) => {
      const to = rowAfterKey(key, from % count, count, 20);
      expect(to).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThan(count);
    }),
  );
  expect(rowAfterKey("ArrowDown", -1, 5, 20)).toBe(0);
  expect(rowAfterKey("j", 0, 0, 20)).toBeUndefined();
  expect(rowAfterKey("x", 0, 5, 20)).toBeUndefined();
});

test("a chosen row is scrolled into sight, and one in sight stays where it is", () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(300_000), fc.integer({ min: 90, max: 3000 }), (row, top, height) => {
      const to = scrollFor(row, ROW, top, height, ROW) ?? top;
      expect(to).toBeLessThanOrEqual(row * ROW);
      expect(row * ROW + ROW).toBeLessThanOrEqual(to + height - ROW);
    }),
  );
  expect(scrollFor(5, ROW, 0, 600, ROW)).toBeUndefined();
});

test("a sort stands in the address and comes back", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]\w*$/), fc.boolean(), (by, descending) => {
      expect(sortOf(sortText({ by, descending }), { by: "x", descending: false })).toEqual({ by, descending });
    }),
  );
  expect(sortOf(null, { by: "x", descending: true })).toEqual({ by: "x", descending: true });
});

test("a head pressed twice sorts the other way round", () => {
  const once = sortPressed({ by: "a", descending: false }, "b", true);
  expect(once).toEqual({ by: "b", descending: true });
  expect(sortPressed(once, "b", true)).toEqual({ by: "b", descending: false });
});

test("a line of values stays in its box, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -10, max: 1e9, noNaN: true }), { minLength: 2, maxLength: 60 }), (values) => {
      const { line } = sparkPath(values, Math.max(...values));
      const numbers = line.match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];
      expect(numbers).toHaveLength(values.length * 2);
      expect(numbers.every((n, i) => n >= 0 && n <= (i % 2 === 0 ? 100 : 24))).toBe(true);
    }),
  );
});
