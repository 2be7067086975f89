import { expect, test } from "vitest";
import { firstIdOf } from "../../../../src/run/workflow/first-id.ts";
import type { PastRun } from "../../../../src/workflows/history/history.ts";
import type { ValuesRecord } from "../../../../src/workflows/history/record.ts";
import { pastRun } from "../../../support/past-run.ts";

const ABOUT = { document: "d", file: "/x/w.yaml", params: { n: "1" } };
const VALUES: ValuesRecord = { type: "values", by: "g", attempt: 1, values: ["a"], offset: 2 };

const past = (run: number, changes: Partial<PastRun> = {}): PastRun =>
  pastRun(run, { ...ABOUT, idsEnd: 10, ...changes });

function firstId(
  runs: readonly PastRun[],
  {
    kept = [],
    isOpen = false,
    goals = [],
  }: { kept?: readonly ValuesRecord[]; isOpen?: boolean; goals?: readonly string[] } = {},
): number {
  const axes = isOpen ? ([{ kind: "open" }] as const) : [];
  const basis = { growth: kept, workflow: { axes } };
  return firstIdOf({ about: ABOUT, goals, force: [], basis, runs, files: { journal: "/no/such/journal" } });
}

test("the same document with the same parameters is numbered alike", () => {
  expect(firstId([])).toBe(0);
  expect(firstId([past(1), past(2)])).toBe(0);
  expect(firstId([past(1, { document: "other" }), past(2, { firstId: 10, idsEnd: 14 })])).toBe(10);
});

test("another document, or other parameters, get ids above all that there were", () => {
  expect(firstId([past(1, { idsEnd: 30 }), past(2, { document: "other", firstId: 30, idsEnd: 34 })])).toBe(34);
  expect(firstId([past(1, { params: { n: "2" } })])).toBe(10);
});

test("what generators made keeps its ids as long as all of it is there", () => {
  expect(firstId([past(1, { growth: [VALUES] })], { kept: [VALUES] })).toBe(0);
  expect(firstId([past(1, { growth: [VALUES] })])).toBe(10);
  expect(firstId([past(1, { growth: [VALUES] }), past(2, { firstId: 12, idsEnd: 20 })])).toBe(12);
});

test("instances that goals have asked for are numbered by these goals", () => {
  expect(firstId([past(1, { goals: ["m[c=1]"] })], { isOpen: true, goals: ["m[c=1]"] })).toBe(0);
  expect(firstId([past(1, { goals: ["m[c=1]"] })], { isOpen: true, goals: ["m[c=2]"] })).toBe(10);
});
