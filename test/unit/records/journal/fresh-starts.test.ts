import { expect, test } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { FreshStarts, type TaskStarted } from "../../../../src/records/journal/fresh-starts.ts";
import { assigned, finished, interrupted, runs, START } from "../../faces/terminal/events.ts";

function startsOf(...starts: readonly TaskStarted[]): FreshStarts {
  const fresh = new FreshStarts();
  for (const start of starts) fresh.add(start);
  return fresh;
}

function idsUntil(fresh: FreshStarts, time: number): number[] {
  return Array.from(fresh.takeUntil(time), ({ task }) => task.id);
}

test("starts are given out once, when they are old enough, the oldest first", () => {
  const fresh = startsOf(runs(3), runs(1, { time: START + 1 }), runs(2, { time: START + 2 }));
  expect(idsUntil(fresh, START - 0.1)).toEqual([]);
  expect(idsUntil(fresh, START + 1)).toEqual([3, 1]);
  expect(idsUntil(fresh, START + 1)).toEqual([]);
  expect(fresh.isAny).toBe(true);
  expect(idsUntil(fresh, START + 2)).toEqual([2]);
  expect(fresh.isAny).toBe(false);
});

test("a start that is told again counts from then on", () => {
  const fresh = startsOf(runs(1), runs(2), runs(1, { time: START + 1, attempt: 2 }));
  expect(idsUntil(fresh, START)).toEqual([2]);
  expect([...fresh.takeUntil(START + 1)]).toMatchObject([{ attempt: 2 }]);
});

test.each<readonly [what: string, event: RunEvent, left: readonly number[]]>([
  ["has ended", finished(1), [2, 3]],
  ["was cut short", interrupted(1), [2, 3]],
  ["is given out anew", assigned(1, 1), [2, 3]],
  ["was handed back", { type: "task-returned", time: START, taskId: 1, engine: 0 }, [2, 3]],
  ["was on an engine that has left", { type: "engine-left", time: START, engine: 0 }, [3]],
  ["was on an engine that is lost", { type: "engine-lost", time: START, engine: 0, reason: "", crashed: true }, [3]],
  ["goes on", { type: "warning", time: START, message: "careful" }, [1, 2, 3]],
])("the start of a task that %s is forgotten, if it runs no more", (_what, event, left) => {
  const fresh = startsOf(runs(1), runs(2), runs(3, { engine: 1 }));
  fresh.note(event);
  expect(idsUntil(fresh, START)).toEqual(left);
});
