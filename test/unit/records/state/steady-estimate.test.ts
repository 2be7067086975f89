import { describe, expect, it } from "vitest";

import { SteadyEstimate } from "../../../../src/records/state/steady-estimate.ts";

const about = (earliest: number, latest: number, slow = 0) => ({ earliest, latest, slow });

describe("SteadyEstimate", () => {
  it("stays where it is while the end hardly moves, and moves when it does", () => {
    const steady = new SteadyEstimate();
    expect(steady.next(about(1000, 1100), 0)).toEqual(about(1000, 1100));
    expect(steady.next(about(1020, 1120), 1)).toEqual(about(1000, 1100));
    expect(steady.next(about(1200, 1300), 2)).toEqual(about(1200, 1300));
  });

  it("tells of another number of slow tasks, and of an end that is no longer known, at once", () => {
    const steady = new SteadyEstimate();
    steady.next(about(1000, 1100), 0);
    expect(steady.next(about(1000, 1100, 2), 0)).toEqual(about(1000, 1100, 2));
    expect(steady.next(undefined, 0)).toBeUndefined();
  });
});
