import { describe, expect, test } from "vitest";
import type { PastDecision } from "../../../../src/workflows/history/decisions.ts";
import type { InstanceOutcome } from "../../../../src/workflows/history/outcomes-of.ts";
import { whyFrom } from "../../../../src/workflows/history/why-of.ts";
import { pastRun } from "../../../support/past-run.ts";

const RUNS = [pastRun(1), pastRun(2)];
const MARK = { type: "mark", time: 9, instances: ["a"] } as const;

function outcome(run: number, rest: Partial<InstanceOutcome> = {}): InstanceOutcome {
  return { run, isSuccess: true, isTakenOver: false, node: "n", finish: run * 10, ...rest };
}

function why(
  outcomes: readonly InstanceOutcome[],
  decisions: readonly PastDecision[] = [],
  { isDone = true, runs = RUNS } = {},
): unknown {
  return whyFrom(runs, "a", { isDone, outcomes, decisions });
}

describe("why an instance runs, or does not", () => {
  test("is what was decided in the last run", () => {
    const failed = { type: "why", reason: { kind: "failed" }, instances: ["a"] } as const;
    const forced = { type: "why", reason: { kind: "forced" }, instances: ["a"] } as const;
    const decisions = [
      { run: 1, decision: failed },
      { run: 2, decision: failed },
      { run: 2, decision: forced },
    ];
    expect(why([outcome(1), outcome(2)], decisions)).toEqual({ kind: "runs", reason: { kind: "forced" } });
    expect(why([outcome(1)], [{ run: 1, decision: forced }])).toMatchObject({ kind: "stayed", run: 1 });
    expect(why([], [{ run: 2, decision: { type: "missing", path: "raw", instances: ["a"] } }])).toEqual({
      kind: "missing",
      path: "raw",
    });
  });

  test("is that it runs for the first time, where no run has an outcome of it", () => {
    expect(why([outcome(2)])).toEqual({ kind: "runs", reason: { kind: "never" } });
    expect(why([], [], { isDone: false })).toEqual({ kind: "runs", reason: { kind: "never" } });
    expect(why([outcome(1), outcome(2)])).toBeUndefined();
    // Unless the run had more reasons than are kept.
    const more = (run: number): PastDecision => ({ run, decision: { type: "more" } });
    expect(why([outcome(1), outcome(2)], [more(2)])).toEqual({ kind: "untold" });
    expect(why([outcome(1), outcome(2)], [more(1)])).toBeUndefined();
    expect(why([outcome(2)], [more(2)])).toEqual({ kind: "runs", reason: { kind: "never" } });
    const undone = [pastRun(1, { marks: [{ ...MARK, done: false }] }), pastRun(2)];
    expect(why([outcome(2)], [], { runs: undone })).toBeUndefined();
  });

  test("is the run that did it, the last that succeeded", () => {
    expect(why([outcome(1, { isSuccess: false }), outcome(1, { finish: 12 })])).toEqual({
      kind: "stayed",
      ...{ run: 1, time: 12, node: "n" },
    });
    expect(why([])).toBeUndefined();
  });

  test("is the run whose work is reused, with the time and the host of its row", () => {
    const reused = { run: 2, decision: { type: "reused", run: 1, instances: ["a"] } } as const;
    const taken = outcome(2, { isTakenOver: true, node: "far", finish: 7 });
    expect(why([outcome(1), taken], [reused])).toEqual({ kind: "reused", run: 1, time: 7, node: "far" });
    expect(why([outcome(1)], [reused])).toEqual({ kind: "reused", run: 1, time: 10, node: "n" });
    expect(why([], [reused])).toEqual({ kind: "reused", run: 1, time: undefined, node: undefined });
  });

  test("is a mark that came after it", () => {
    const marked = [pastRun(1, { marks: [{ ...MARK, done: true }] }), pastRun(2)];
    expect(why([outcome(1, { isSuccess: false })], [], { runs: marked })).toEqual({ kind: "marked", run: 1, time: 9 });
    const undone = [
      pastRun(1, {
        marks: [
          { ...MARK, done: true },
          { ...MARK, done: false },
        ],
      }),
      pastRun(2),
    ];
    expect(why([], [], { runs: undone })).toBeUndefined();
  });
});
