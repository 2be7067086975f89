import { expect, test } from "vitest";
import { afterDeparture, isGivenUp, isSuspect } from "../../../src/domain/loss.ts";
import type { Assignment } from "../../../src/domain/task.ts";

const held: Assignment = {
  task: { kind: "task", id: 4, line: 5, repeatIndex: -1, command: "work" },
  attempt: 2,
  crashes: 1,
};
const crash = { crashed: true, wasReady: true };

test("a task of an engine that is gone is at its next attempt, however the engine went", () => {
  for (const crashed of [true, false]) {
    for (const wasReady of [true, false]) expect(afterDeparture(held, { crashed, wasReady }).attempt).toBe(3);
  }
});

test("a task is suspected of a crash, but not when no task had begun, nor when it is known to have ended", () => {
  expect(afterDeparture(held, crash).crashes).toBe(2);
  expect(afterDeparture(held, { crashed: true, wasReady: false }).crashes).toBe(1);
  expect(afterDeparture(held, { crashed: false, wasReady: true }).crashes).toBe(1);
  expect(afterDeparture(held, crash, true).crashes).toBe(1);
  expect([held, { ...held, crashes: 0 }].map(isSuspect)).toEqual([true, false]);
});

test("a task is given up when it was alone, and as many engines as the limit says have died running it", () => {
  const next = afterDeparture(held, crash);
  expect([1, 2, 3, Infinity].map((limit) => isGivenUp(next, true, limit))).toEqual([true, true, false, false]);
  expect(isGivenUp(next, false, 1)).toBe(false);
});
