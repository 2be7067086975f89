import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TASK_STATES } from "../../../../src/domain/watch.ts";
import { queryText } from "../../../../src/page/state/route.ts";
import {
  filtersOf,
  isFiltered,
  isSteady,
  paramsOf,
  rangeFrom,
  rangeText,
  TASK_SORTS,
  type TaskFilters,
  withToggled,
} from "../../../../src/page/tasks/task-filters.ts";

const whole = fc.option(fc.nat({ max: 999_999_999_999_999 }), { nil: undefined });
const filters: fc.Arbitrary<TaskFilters> = fc.record({
  states: fc.subarray([...TASK_STATES]),
  kind: whole,
  engine: whole,
  from: whole,
  to: whole,
  code: fc.option(fc.integer({ min: -999_999_999, max: 999_999_999 }), { nil: undefined }),
  node: fc.option(fc.string({ minLength: 1, unit: "binary" }), { nil: undefined }),
  text: fc.string({ unit: "binary" }),
  sort: fc.constantFrom(...TASK_SORTS),
});
const NONE = filtersOf(new URLSearchParams());

describe("filters in the address", () => {
  test("are the same after they have been an address", () => {
    fc.assert(
      fc.property(filters, (some) => {
        const there = new URL(`http://page/runs/a/tasks${queryText(paramsOf(some))}`);
        expect(filtersOf(there.searchParams)).toEqual(some);
      }),
    );
  });

  test("are none where the address says nothing, or nothing that has a meaning", () => {
    for (const query of ["", "?state=", "?state=odd,,&kind=-1&engine=1.5&from=x&to=1e3&code=&node=&sort=up&q="])
      expect({ query, filters: filtersOf(new URLSearchParams(query)) }).toEqual({ query, filters: NONE });
    expect(paramsOf(NONE)).toEqual({});
    expect(isFiltered(NONE)).toBe(false);
    expect(isSteady(NONE)).toBe(true);
  });

  test("keep what has a meaning beside what has none", () => {
    const some = filtersOf(new URLSearchParams("?state=odd,failed,running&code=-9&kind=x&colour=red"));
    expect(some).toEqual({ ...NONE, states: ["running", "failed"], code: -9 });
    expect(isFiltered(some)).toBe(true);
    expect(isSteady(some)).toBe(false);
  });

  test("of ids alone leave rows where they are, and an order by time does not", () => {
    expect(isSteady({ ...NONE, from: 3, to: 9 })).toBe(true);
    expect(isFiltered({ ...NONE, from: 3 })).toBe(true);
    expect(isSteady({ ...NONE, sort: "newest" })).toBe(false);
    expect(isFiltered({ ...NONE, sort: "newest" })).toBe(false);
  });

  test("have a state once it was pressed, and not after it was pressed again", () => {
    const once = withToggled(["running"], "failed");
    expect(once).toEqual(["running", "failed"]);
    expect(withToggled(once, "running")).toEqual(["failed"]);
  });
});

describe("ids that are typed", () => {
  test.each([
    ["17", { from: 17, to: 17 }],
    ["1,000", { from: 1000, to: 1000 }],
    [" 10 - 20 ", { from: 10, to: 20 }],
    ["10-", { from: 10, to: undefined }],
    ["-20", { from: undefined, to: 20 }],
    ["", { from: undefined, to: undefined }],
    ["-", { from: undefined, to: undefined }],
  ])("%j are %o", (text, range) => {
    expect(rangeFrom(text)).toEqual(range);
  });

  test.each(["x", "1-2-3", "1e3", "99999999999999999", "-5x"])("%j are none", (text) => {
    expect(rangeFrom(text)).toBeUndefined();
  });

  test("are the same after they have been written", () => {
    fc.assert(
      fc.property(whole, whole, (from, to) => {
        expect(rangeFrom(rangeText({ from, to }))).toEqual({ from, to });
      }),
    );
  });
});
