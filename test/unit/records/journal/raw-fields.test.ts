import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fieldStart, numberField } from "../../../../src/records/journal/raw-fields.ts";

test("a number is found in a line as JSON has it, whatever texts stand around", () => {
  const field = fieldStart("eng");
  const number = fc.oneof(
    fc.integer(),
    fc.integer({ min: 0, max: 1e14 }).map((n) => n / 10_000),
  );
  fc.assert(
    fc.property(fc.string(), number, fc.string(), (before, eng, after) => {
      const line = Buffer.from(JSON.stringify({ e: before, eng, after }));
      expect(numberField(line, 0, line.length, field)).toBe(eng);
    }),
  );
});

test.each(['{"a":1}', '{"e":1,"eng":"4"}', '{"e":1,"eng":1e5}', '{"e":1,"eng":', '{"e":1,"eng":}'])(
  "there is none in %s",
  (text) => {
    const line = Buffer.from(text);
    expect(numberField(line, 0, line.length, fieldStart("eng"))).toBeNaN();
  },
);
