import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RecordTable } from "../../../../src/records/statusfile/record-table.ts";

const ids = fc.oneof(fc.nat(50), fc.nat(100_000), fc.integer({ min: 0, max: 999_999_999_999_999 }));

test("it holds what a map would hold, success before failure and late before early", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, fc.nat(3), fc.boolean()), { maxLength: 4000, size: "max" }), (records) => {
      const table = new RecordTable();
      const expected = new Map<number, object>();
      for (const [row, [id, file, failed]] of records.entries()) {
        const position = { file, offset: row * 5e9, length: row + 1, lineNumber: row, failed };
        table.add(id, file, position.offset, position.length, position.lineNumber, failed);
        const known = expected.get(id);
        if (known === undefined || !failed || ("failed" in known && known.failed === true)) expected.set(id, position);
      }
      expect(table.size).toBe(expected.size);
      expect(table.largestId).toBe(Math.max(-1, ...expected.keys()));
      for (const [id, position] of expected) expect(table.get(id)).toEqual(position);
    }),
    { numRuns: 20 },
  );
});

test("what was never added is not found", () => {
  const table = new RecordTable();
  expect(table.get(0)).toBeUndefined();
  expect(table.largestId).toBe(-1);
  for (let id = 0; id < 5000; id += 2) table.add(id, 0, 0, 1, 1, false);
  for (let id = 1; id < 5000; id += 2) expect(table.get(id)).toBeUndefined();
});
