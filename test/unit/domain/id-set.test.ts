import * as fc from "fast-check";
import { expect, test } from "vitest";
import { IdSet } from "../../../src/domain/id-set.ts";

test("it holds what was added and nothing else, however far apart", () => {
  const id = fc.oneof(fc.nat(200), fc.nat(200_000), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
  fc.assert(
    fc.property(fc.array(id), fc.array(id), (added, others) => {
      const [set, model] = [new IdSet(), new Set(added)];
      for (const one of [...added, ...added]) set.add(one);
      expect(set.size).toBe(model.size);
      for (const one of [...added, ...others]) expect(set.has(one)).toBe(model.has(one));
    }),
  );
});

test("a million ids are all told apart from their neighbours", () => {
  const set = new IdSet();
  for (let id = 0; id < 2_000_000; id += 2) set.add(id);
  expect(set.size).toBe(1_000_000);
  let wrong = 0;
  for (let id = 0; id < 2_000_000; id++) if (set.has(id) !== (id % 2 === 0)) wrong++;
  expect(wrong).toBe(0);
});
