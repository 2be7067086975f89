import { expect, test } from "vitest";
import { growthByGenerator } from "../../../../src/workflows/history/growth.ts";
import type { PastRun } from "../../../../src/workflows/history/history.ts";
import type { ValuesRecord } from "../../../../src/workflows/history/record.ts";
import { pastRun } from "../../../support/past-run.ts";

const values = (by: string, ...given: string[]): ValuesRecord => ({
  type: "values",
  by,
  attempt: 1,
  values: given,
  offset: 1,
});

const past = (run: number, ...growth: ValuesRecord[]): PastRun => pastRun(run, { growth });

function made(runs: readonly PastRun[], success: number): string {
  const records = growthByGenerator(runs, () => success).get("g")?.records ?? [];
  return records.flatMap((record) => (record.type === "values" ? record.values : [])).join(" ");
}

const RUNS = [past(1, values("g", "a"), values("h", "x"), values("g", "b")), past(2, values("g", "c")), past(3)];

test("what a generator made in the run in which it succeeded last counts", () => {
  expect(made(RUNS, 1)).toBe("a b");
  expect(made(RUNS, 2)).toBe("c");
});

test("of one that has printed nothing when it succeeded last, nothing of an earlier run counts", () => {
  expect(made([...RUNS, past(4, values("g"))], 4)).toBe("");
});

test("of one that is said to be done, what it made last counts", () => {
  expect(made(RUNS, 0)).toBe("c");
  expect(made([past(1)], 0)).toBe("");
});
