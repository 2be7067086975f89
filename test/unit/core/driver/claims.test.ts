import { describe, expect, test } from "vitest";
import { Claims } from "../../../../src/core/driver/claims.ts";
import type { EarlierRun } from "../../../../src/core/driver/earlier-run.ts";
import type { Assignment } from "../../../../src/domain/task.ts";
import { task } from "../scheduler/items.ts";

const STATED = { task: task(3), attempt: 1 };

/** Claims of a run in which engine 0 holds task 0, and task 1 was settled by an earlier driver. */
function claimsOf({ isOnHold = true, settledNow = false, isLeft = true, isStopped = false } = {}) {
  const claimed: number[] = [];
  const known = new Set<number>();
  const earlier: EarlierRun = {
    contexts: [],
    engines: [],
    nextRank: 0,
    returned: [],
    stopped: new Map(),
    failedSinceBarrier: 0,
    anySkipped: false,
    anyUnmet: false,
    settled: (id) => id === 1,
    claim: (id) => !known.has(id) && known.add(id).has(id),
  };
  const held: Assignment = { task: task(0), attempt: 2, crashes: 0 };
  const claims = new Claims({
    scheduler: {
      isOnHold,
      heldBy: (_rank, id) => (id === 0 ? held : undefined),
      claim: () => isLeft,
      isStopped: () => isStopped,
      lastEngineOf: () => undefined,
    },
    earlier,
    hasSettled: () => settledNow,
    wholeTask: (stated) => stated,
    claimed: (_rank, assignment) => void claimed.push(assignment.task.id),
  });
  return { claims, claimed };
}

describe("an engine that is back", () => {
  test("has what it was given, in that attempt and in no other", () => {
    const { claims } = claimsOf();
    expect(claims.firstFalse(0, [{ task: task(0), attempt: 2 }])).toBeUndefined();
    expect(claims.firstFalse(0, [{ task: task(0), attempt: 1 }])).toMatchObject({ attempt: 1 });
  });

  test("may have what nobody knows of, once, while the run is on hold", () => {
    const { claims, claimed } = claimsOf();
    expect(claims.firstFalse(0, [STATED])).toBeUndefined();
    expect(claims.firstFalse(0, [STATED])).toBe(STATED);
    expect(claimed).toEqual([3]);
    for (const change of [{ isOnHold: false }, { settledNow: true }, { isLeft: false }]) {
      expect(claimsOf(change).claims.firstFalse(0, [STATED])).toBe(STATED);
    }
  });

  test("may have what was stopped there and has been settled since, though it took it for cut short", () => {
    const { claims, claimed } = claimsOf({ isOnHold: false, isStopped: true });
    expect(claims.firstFalse(0, [STATED])).toBeUndefined();
    expect(claimed).toEqual([]);
  });

  test("cannot have what has an outcome", () => {
    const stated = { task: task(1), attempt: 1 };
    expect(claimsOf().claims.firstFalse(0, [stated])).toBe(stated);
  });

  test("may be going to repeat the same of what it had", () => {
    const { claims, claimed } = claimsOf();
    claims.note(0, [STATED, { task: task(0), attempt: 2 }, { task: task(1), attempt: 1 }]);
    expect(claimed).toEqual([3]);
  });
});
