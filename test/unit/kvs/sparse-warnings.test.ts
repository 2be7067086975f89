import { expect, test } from "vitest";
import { SparseWarnings } from "../../../src/kvs/sparse-warnings.ts";

test("of many warnings twenty are told, and later how many more there were", () => {
  const told: string[] = [];
  let now = 0;
  const warnings = new SparseWarnings(
    (line) => told.push(line),
    () => now,
  );
  for (let n = 0; n < 25; n++) warnings.warning(`number ${n}`);
  expect(told).toHaveLength(20);
  now = 10_000;
  warnings.warning("later");
  expect(told.slice(20)).toEqual(["5 more such warnings of the key-value server", "later"]);
  warnings.close();
  expect(told).toHaveLength(22);
});
