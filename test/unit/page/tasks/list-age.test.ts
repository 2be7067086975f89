import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskTally } from "../../../../src/domain/watch.ts";
import { changesBetween, countsByState, whatOfOld } from "../../../../src/page/tasks/list-age.ts";

const TALLY: TaskTally = {
  total: 100,
  succeeded: 40,
  failed: 2,
  skipped: 3,
  skippedFailed: 1,
  interrupted: 1,
  retrying: 1,
  retries: 1,
  running: 8,
  assigned: 5,
  restarts: 0,
};

test("each task is counted in one state", () => {
  const counts = countsByState(TALLY);
  expect(counts.waiting).toBe(40);
  expect(Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(100);
});

test("how many wait is not told while nobody knows how many tasks there are", () => {
  expect(countsByState({ ...TALLY, total: undefined }).waiting).toBeUndefined();
});

describe("a list that was asked for", () => {
  const later = { ...TALLY, succeeded: 52, failed: 3 };

  test("is as old as its states have changed", () => {
    expect(changesBetween(TALLY, TALLY, [])).toBe(0);
    expect(changesBetween(TALLY, later, ["failed"])).toBe(1);
    expect(changesBetween(TALLY, later, ["skipped"])).toBe(0);
    expect(changesBetween(TALLY, later, [])).toBe(13);
  });

  test("of running tasks is old though as many run as before", () => {
    expect(changesBetween(TALLY, later, ["running"])).toBe(13);
  });

  test("of all tasks is old when one was only started again", () => {
    expect(changesBetween(TALLY, { ...TALLY, restarts: 2 }, [])).toBe(2);
  });
});

describe("an old list", () => {
  const age = { changes: 5, isSteady: false, isAtTop: true, isInUse: false, age: 3 };

  test("is asked for anew while somebody only looks at its beginning", () => {
    expect(whatOfOld(age)).toBe("ask");
    expect(whatOfOld({ ...age, age: 1 })).toBe("nothing");
  });

  test("says so when rows would move under the mouse, or away", () => {
    expect(whatOfOld({ ...age, isInUse: true })).toBe("say");
    expect(whatOfOld({ ...age, isAtTop: false })).toBe("say");
  });

  test("whose rows stay is never only told to be old, and one without changes is left alone", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.nat(), (isAtTop, isInUse, seconds) => {
        expect(whatOfOld({ changes: 5, isSteady: true, isAtTop, isInUse, age: seconds })).not.toBe("say");
        expect(whatOfOld({ changes: 0, isSteady: false, isAtTop, isInUse, age: seconds })).toBe("nothing");
      }),
    );
  });
});
