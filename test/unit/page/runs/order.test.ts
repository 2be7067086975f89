import { expect, test } from "vitest";
import { averageRate, chosenRuns, progressOf } from "../../../../src/page/runs/order.ts";
import { runList } from "../../../support/web-fixture/fake-answers.ts";
import { fakeRuns } from "../../../support/web-fixture/fake-runs.ts";

const { runs } = runList(fakeRuns(["live", "ended", "fresh", "barrier"]));
const find = (text: string, by: string, descending = false): string[] =>
  chosenRuns(runs, text, { by, descending }).map(({ id }) => id);

test("runs are found by name, file and host, in any case", () => {
  expect(find("BARRIER", "name")).toEqual(["barrier"]);
  expect(find("login1", "name")).toHaveLength(4);
  expect(find("nowhere", "name")).toEqual([]);
});

test("runs are sorted either way; those that are equal stand by name", () => {
  expect(find("", "name")).toEqual(["barrier", "ended", "fresh", "live"]);
  expect(find("", "progress", true)).toEqual(["ended", "live", "barrier", "fresh"]);
  expect(find("", "started", true)).toEqual(["barrier", "ended", "fresh", "live"]);
});

test("a run whose number of tasks nobody knows has made no progress, and one that has just begun has a rate", () => {
  const fresh = runs.find(({ id }) => id === "fresh");
  if (fresh === undefined) throw new Error("the fixture has no fresh run");
  expect(progressOf(fresh)).toBe(-1);
  expect(averageRate({ ...fresh, now: fresh.started })).toBe(0);
});
