import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { PastRun } from "../../../../src/workflows/history/history.ts";
import { templateIn } from "../../../../src/workflows/graph/instance-name.ts";
import { type Past, readPast } from "../../../../src/workflows/history/past.ts";
import type { MarkRecord } from "../../../../src/workflows/history/record.ts";
import { scratchFile } from "../../records/ledger/scratch.ts";
import { pastRun } from "../../../support/past-run.ts";

function row(id: number, name: string, returnCode = 0, pid = 7): string {
  const flags = returnCode === 0 ? "    " : "R   ";
  return `${flags}\t${id}\t3\t0\tnode\t${pid}\t${returnCode}\t0.100\t1.000\t1.100\t0\t''\t0\t''\t${name}\n`;
}

const past = (run: number, statusFrom: number, marks: readonly MarkRecord[] = []): PastRun =>
  pastRun(run, { statusFrom, marks });

const mark = (done: boolean, ...instances: string[]): MarkRecord => ({ type: "mark", time: 1, done, instances });

/** `a` has ten instances by number, and `b` has one. */
function find(name: string): { template: number; index: number } | undefined {
  const [, number] = /^a\[n=(\d)\]$/.exec(name) ?? [];
  if (number !== undefined) return { template: 0, index: Number(number) };
  return name === "b" ? { template: 1, index: 0 } : undefined;
}

function statesIn(read: Past): string {
  const names = Array.from({ length: 10 }, (_, n) => read.stateOf(0, n, () => `a[n=${n}]`) ?? "-");
  return [...names, "|", read.stateOf(1, 0, () => "b") ?? "-"].join(" ");
}

test("of several outcomes the last counts, and a template that was another one is told apart", () => {
  const status = scratchFile("w_status.txt");
  const first = row(0, "a[n=0]") + row(1, "a[n=1]") + row(2, "a[n=2]", 3) + row(3, "b");
  const second = row(1, "a[n=1]", 1) + row(2, "a[n=2]") + row(4, "a[n=4]", -102, -1);
  writeFileSync(status, first + second);
  const runs = [past(1, 0), past(2, first.length)];
  const all = readPast({ status, runs, find, isSame: () => true });
  expect(statesIn(all)).toBe("done failed done - killed - - - - - | done");
  const changed = readPast({ status, runs, find, isSame: (run, template) => run.run === 2 || template === "b" });
  expect(statesIn(changed)).toBe("changed failed done - killed - - - - - | done");
  const before = readPast({ status, runs: runs.slice(0, 1), end: first.length, find, isSame: () => true });
  expect(statesIn(before)).toBe("done done failed - - - - - - - | done");
});

test("marks count between the runs that they were set between", () => {
  const status = scratchFile("w_status.txt");
  const first = row(0, "a[n=0]") + row(1, "a[n=1]", 1);
  writeFileSync(status, first + row(0, "a[n=0]", 5));
  const marks = [mark(false, "a[n=0]"), mark(true, "a[n=1]", "a[n=5]"), mark(true, "b")];
  const runs = [past(1, 0, marks), past(2, first.length, [mark(false, "b", "a[n=9]")])];
  expect(statesIn(readPast({ status, runs, find, isSame: () => true }))).toBe("failed done - - - done - - - - | -");
  // A mark says that the template of its time is done.
  const isSame = (run: PastRun): boolean => run.run === 2;
  expect(statesIn(readPast({ status, runs, find, isSame }))).toBe("failed changed - - - changed - - - - | -");
});

test("what is not there yet is known by its name when it comes", () => {
  const status = scratchFile("w_status.txt");
  writeFileSync(status, row(0, "c[x=1]") + row(1, "c[x=2]", 1) + row(2, "b"));
  const read = readPast({ status, runs: [past(1, 0)], find, isSame: () => true });
  expect(read.stateOf(5, 3, () => "c[x=1]")).toBe("done");
  expect(read.stateOf(5, 4, () => "c[x=2]")).toBe("failed");
  expect(read.stateOf(5, 5, () => "c[x=3]")).toBeUndefined();
});

test("nothing is known without a status file, without runs, of rows that are torn, or of tasks that never ran", () => {
  const status = scratchFile("w_status.txt");
  expect(statesIn(readPast({ status, runs: [past(1, 0)], find, isSame: () => true }))).toBe("- - - - - - - - - - | -");
  writeFileSync(status, row(0, "a[n=0]", -103, -1) + row(1, "a[n=1]").slice(0, -1));
  expect(statesIn(readPast({ status, runs: [], find, isSame: () => true }))).toBe("- - - - - - - - - - | -");
  expect(statesIn(readPast({ status, runs: [past(1, 0)], find, isSame: () => true }))).toBe("- - - - - - - - - - | -");
});

test("the template of an instance is what stands before the values of its axes", () => {
  expect(["a[n=1]", "group/task", 'x[s="a[b"]'].map(templateIn)).toEqual(["a", "group/task", "x"]);
});
