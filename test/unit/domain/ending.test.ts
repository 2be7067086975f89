import { expect, test } from "vitest";
import { exited, GIVEN_UP, hadProcess, isSuccess, signalled, SUCCESS, TIMED_OUT } from "../../../src/domain/ending.ts";

const NOT_STARTED = { type: "not-started", errno: 2 } as const;

test("exit code 0 alone is success", () => {
  expect([SUCCESS, exited(0)].map(isSuccess)).toEqual([true, true]);
  const failures = [exited(1), signalled(9), NOT_STARTED, TIMED_OUT, GIVEN_UP];
  expect(failures.filter(isSuccess)).toEqual([]);
});

test("success is one object, however often a task ends so", () => {
  expect(exited(0)).toBe(SUCCESS);
});

test("what was not started or is given up had no process", () => {
  expect([SUCCESS, exited(1), signalled(9), TIMED_OUT].map(hadProcess)).toEqual([true, true, true, true]);
  expect([NOT_STARTED, GIVEN_UP].map(hadProcess)).toEqual([false, false]);
});
