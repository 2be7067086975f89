import { array, assert, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { IdRanges } from "../../../../src/tasks/kvs/id-ranges.ts";

describe("ranges of ids", () => {
  test("hold what was added, in whatever order, and nothing else", () => {
    assert(
      property(array(nat(40)), (ids) => {
        const ranges = new IdRanges();
        for (const id of ids) ranges.add(id);
        const all = Array.from({ length: 42 }, (_, id) => id);
        expect(all.filter((id) => ranges.has(id))).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
        const again = new IdRanges(ranges.ranges());
        expect(all.filter((id) => again.has(id))).toEqual(all.filter((id) => ranges.has(id)));
      }),
    );
  });

  test("are as few as can be", () => {
    const ranges = new IdRanges();
    for (const id of [0, 2, 4, 3, 1, 9]) ranges.add(id);
    expect(ranges.ranges()).toEqual([
      [0, 4],
      [9, 9],
    ]);
  });
});
