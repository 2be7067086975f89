import { expect, test } from "vitest";
import { type GeneratorsBefore, keptGrowth } from "../../../../src/workflows/history/growth.ts";
import type { PastRun } from "../../../../src/workflows/history/history.ts";
import type { ValuesRecord } from "../../../../src/workflows/history/record.ts";

const values = (...given: string[]): ValuesRecord => ({ type: "values", by: "g", attempt: 1, values: given, offset: 1 });

function past(run: number, ...growth: ValuesRecord[]): PastRun {
  const which = { run, time: 1, document: "d", file: "/x/w.yaml", folder: "/x", params: {}, goals: [], from: [] };
  return { type: "run", ...which, only: false, maxInstances: 9, firstId: 0, idsEnd: 9, statusFrom: 0, growth, marks: [] };
}

function kept(runs: readonly PastRun[], before: Partial<GeneratorsBefore>, since = 1): [string, boolean] {
  const all = { isSame: () => true, doneIn: () => [], isAnew: () => false, ...before };
  const { records, isAll } = keptGrowth(runs, all, since);
  return [records.flatMap((record) => (record.type === "values" ? record.values : [])).join(" "), isAll];
}

test("a generator that fails keeps its values, and adds to them", () => {
  expect(kept([past(1, values("a"), values("b")), past(2, values("c"))], {})).toEqual(["a b c", true]);
});

test("a generator that stays done gives all the values of the runs that it took", () => {
  const runs = [past(1, values("a")), past(2, values("b")), past(3)];
  expect(kept(runs, { doneIn: () => [2] })).toEqual(["a b", true]);
});

test("a generator that runs again after it was done begins anew, now or in an earlier run", () => {
  const runs = [past(1, values("a", "b")), past(2, values("c"))];
  expect(kept(runs, { isAnew: () => true })).toEqual(["", false]);
  expect(kept(runs, { doneIn: () => [1, 2] })).toEqual(["c", false]);
  expect(kept(runs, { doneIn: () => [1, 2] }, 2)).toEqual(["c", true]);
});

test("what a generator made that was another one does not count", () => {
  const runs = [past(1, values("a")), past(2, values("b"))];
  expect(kept(runs, { isSame: ({ run }) => run === 2 })).toEqual(["b", false]);
  expect(kept(runs, { isSame: ({ run }) => run === 2 }, 2)).toEqual(["b", true]);
});
