import type { PastRun } from "../../src/workflows/history/history.ts";

/** A run of a document as its history tells of it; what is not said is as in the shortest one. */
export function pastRun(run: number, rest: Partial<PastRun> = {}): PastRun {
  return {
    type: "run",
    run,
    time: 1,
    document: "d",
    file: "/x/w.yaml",
    folder: "/x",
    params: {},
    goals: [],
    from: [],
    only: false,
    isPart: false,
    maxInstances: 99,
    firstId: 0,
    idsEnd: 9,
    statusFrom: 0,
    growth: [],
    marks: [],
    ...rest,
  };
}
