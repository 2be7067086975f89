import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rangeWords, sizeOf, tidyRanges, wantsId } from "../../../src/domain/id-ranges.ts";

const ranges = fc
  .array(fc.tuple(fc.nat(60), fc.nat(8)))
  .map((pairs) => pairs.map(([from, more]) => ({ from, to: from + more })));

test("ranges that are tidied hold the same ids, in order and apart", () => {
  fc.assert(
    fc.property(ranges, (some) => {
      const tidy = tidyRanges(some);
      const ids = Array.from({ length: 80 }, (_, id) => id);
      const wanted = ids.filter((id) => some.some(({ from, to }) => from <= id && id <= to));
      expect(ids.filter((id) => wantsId(tidy, id))).toEqual(wanted);
      expect(sizeOf(tidy)).toBe(wanted.length);
      expect(tidy.every(({ from }, i) => i === 0 || from > (tidy[i - 1]?.to ?? 0) + 1)).toBe(true);
    }),
  );
});

test("ranges are told as they are typed", () => {
  expect(
    rangeWords([
      { from: 3, to: 3 },
      { from: 10, to: 20 },
    ]),
  ).toBe("3, 10-20");
});
