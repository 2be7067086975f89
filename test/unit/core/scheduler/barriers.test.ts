import { describe, expect, test } from "vitest";
import { Barriers } from "../../../../src/core/scheduler/barriers.ts";
import type { SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";
import type { Barrier } from "../../../../src/domain/task.ts";
import { SteppedRun } from "./stepped-run.ts";

const PLAIN: Barrier = { kind: "barrier", id: 1, line: 2, check: false, text: "#DISBATCH BARRIER" };
const CHECK: Barrier = { ...PLAIN, check: true, text: "#DISBATCH BARRIER CHECK" };

function open(): { barriers: Barriers; told: SchedulerCommand["type"][] } {
  const told: SchedulerCommand["type"][] = [];
  return { barriers: new Barriers(({ type }) => void told.push(type)), told };
}

describe("a barrier", () => {
  test("is met once, however often it is looked at, and passed when all before it is done", () => {
    const { barriers, told } = open();
    expect([false, false, true].map((isClear) => barriers.decide(PLAIN, isClear))).toEqual([
      "waits",
      "waits",
      "passed",
    ]);
    expect(told).toEqual(["meet-barrier", "pass-barrier"]);
    expect(barriers.decide(PLAIN, false)).toBe("waits");
    expect(told).toEqual(["meet-barrier", "pass-barrier", "meet-barrier"]);
  });

  test("is not met when nothing before it is left", () => {
    const { barriers, told } = open();
    expect(barriers.decide(PLAIN, true)).toBe("passed");
    expect(told).toEqual(["pass-barrier"]);
  });

  test("that checks nothing is passed after failures, which the next one does not count", () => {
    const { barriers } = open();
    barriers.noteFailure();
    expect([barriers.decide(PLAIN, true), barriers.decide(CHECK, true)]).toEqual(["passed", "passed"]);
  });

  test("that checks fails after a failure, in this driver's time or before it", () => {
    const { barriers } = open();
    barriers.noteFailure();
    expect(barriers.decide(CHECK, true)).toBe("failed");
    const again = open().barriers;
    again.takeUp(2);
    expect(again.decide(CHECK, true)).toBe("failed");
  });

  test("is met as soon as the last task before it has been given out, and passed when that has ended", () => {
    const run = new SteppedRun([{ kind: "task", id: 0, line: 1, repeatIndex: -1, command: "a" }, PLAIN], {
      engines: [4],
    });
    const begun = run.do((scheduler) => scheduler.start()).map(({ type }) => type);
    expect(begun.slice(begun.indexOf("assign"))).toEqual(["assign", "meet-barrier"]);
    expect(run.settle(0, [0]).map(({ type }) => type)).toContain("pass-barrier");
  });
});
