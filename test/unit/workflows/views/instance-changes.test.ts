import { expect, test } from "vitest";
import { instanceChanges } from "../../../../src/workflows/views/instance-changes.ts";
import { valueChanges } from "../../../../src/workflows/views/value-changes.ts";
import { template } from "../../../support/workflow.ts";
import { instancesOf, listAxis, standingOf, workflow } from "./pretended-workflow.ts";

function runOf(days: readonly string[], states: Parameters<typeof standingOf>[1]): ReturnType<typeof standingOf> {
  const known = instancesOf(workflow([listAxis("day", ...days)], [template("fetch", { axes: [0] }), template("tell")]));
  return standingOf(known, states);
}

const before = runOf(["1", "2"], { "fetch[day=1]": "failed", "fetch[day=2]": "done", tell: "blocked" });
const after = runOf(["2", "3", "4"], {
  "fetch[day=2]": "done",
  "fetch[day=3]": "done",
  "fetch[day=4]": "done",
  tell: "done",
});

test("instances that stand elsewhere are listed, and counted by what has become of them", () => {
  const { moves, list, more } = instanceChanges(before, after, 10);
  expect(list).toEqual([
    { name: "fetch[day=3]", before: undefined, after: "done" },
    { name: "fetch[day=4]", before: undefined, after: "done" },
    { name: "tell", before: "blocked", after: "done" },
    { name: "fetch[day=1]", before: "failed", after: undefined },
  ]);
  expect(moves).toEqual([
    { template: "fetch", before: undefined, after: "done", count: 2 },
    { template: "tell", before: "blocked", after: "done", count: 1 },
    { template: "fetch", before: "failed", after: undefined, count: 1 },
  ]);
  expect(more).toBe(0);
});

test("as many are listed as there is room for, and all are counted", () => {
  const { moves, list, more } = instanceChanges(before, after, 1);
  expect([moves.length, list.length, more]).toEqual([3, 1, 3]);
});

test("two runs that came to the same have no difference", () => {
  expect(instanceChanges(after, after, 10)).toEqual({ moves: [], list: [], more: 0 });
});

test("values that generators have printed are compared axis by axis", () => {
  const one = new Map([
    ["day", ["1", "2"]],
    ["gone", ["x"]],
    ["same", ["y"]],
  ]);
  const other = new Map([
    ["day", ["2", "3"]],
    ["same", ["y"]],
  ]);
  expect(valueChanges(one, other)).toEqual([
    { axis: "day", added: ["3"], removed: ["1"] },
    { axis: "gone", added: [], removed: ["x"] },
  ]);
});
