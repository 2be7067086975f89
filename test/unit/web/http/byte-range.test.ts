import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readRange } from "../../../../src/web/http/byte-range.ts";

describe("a range of bytes", () => {
  it.each([
    ["bytes=0-0", 10, { from: 0, to: 1 }],
    ["bytes=0-", 10, { from: 0, to: 10 }],
    ["bytes=5-99", 10, { from: 5, to: 10 }],
    ["bytes=-3", 10, { from: 7, to: 10 }],
    ["bytes=-99", 10, { from: 0, to: 10 }],
    ["BYTES=1-2", 10, { from: 1, to: 3 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=0-0", 0, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=-1", 0, "unsatisfiable"],
  ])("is what %s of %i bytes asks for", (header, size, range) => {
    expect(readRange(header, size)).toEqual(range);
  });

  it.each([
    [undefined],
    [""],
    ["bytes=-"],
    ["bytes=5-4"],
    ["bytes=0-1,3-4"],
    ["lines=0-1"],
    ["bytes=a-b"],
    ["bytes 0-1"],
    ["bytes=0-1x"],
  ])("is all of it for %j, which asks for none", (header) => expect(readRange(header, 10)).toBeUndefined());

  it("lies within what there is, whatever is asked for", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(1000), (first, last, size) => {
        const range = readRange(`bytes=${first}-${last}`, size);
        const isWithin = typeof range !== "object" || (range.from < range.to && range.from >= 0 && range.to <= size);
        expect(isWithin).toBe(true);
      }),
    );
  });
});
