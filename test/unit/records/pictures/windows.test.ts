import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Windows } from "../../../../src/records/pictures/windows.ts";

const stretch = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([from, length]) => ({ from, to: from + length }));
const stretches = fc.array(stretch, { maxLength: 12 });

/** The whole seconds of these stretches. */
function seconds(all: readonly { readonly from: number; readonly to: number }[]): Set<number> {
  return new Set(all.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)));
}

test("windows cover what their stretches cover, however they overlap", () => {
  fc.assert(
    fc.property(stretches, stretch, (all, { from, to }) => {
      const windows = new Windows(all);
      const covered = seconds(all);
      expect(windows.total).toBe(covered.size);
      expect(windows.within(from, to)).toBe([...seconds([{ from, to }])].filter((one) => covered.has(one)).length);
    }),
  );
});

test("what windows leave of other stretches is what they do not cover", () => {
  fc.assert(
    fc.property(stretches, stretches, (all, others) => {
      const covered = seconds(all);
      const left = [...seconds(others)].filter((one) => !covered.has(one));
      expect(seconds(new Windows(all).leftOf(others))).toEqual(new Set(left));
    }),
  );
});
