import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { EngineView } from "../../../../src/domain/watch.ts";
import { chosenEngines, factorOf, fleetOf, stateCounts, troublesOf } from "../../../../src/page/engines/fleet.ts";
import { fakeRuns, viewOf } from "../../../support/web-fixture/fake-runs.ts";

const [HUGE, LIVE] = fakeRuns(["huge", "live"]).map((run) => viewOf(run).engines);
if (HUGE === undefined || LIVE === undefined) throw new Error("the fixture lacks a run");

const FIRST: EngineView = {
  rank: 0,
  node: "a",
  pid: 1,
  context: "SSH",
  slots: 4,
  state: "ready",
  stopping: false,
  running: 4,
  finished: 100,
  failed: 1,
  assigned: 4,
  busySeconds: 100,
  durations: { count: 100, p50: 2, p95: 4, longest: 9 },
};

function engine(rank: number, more: Partial<EngineView> = {}): EngineView {
  return { ...FIRST, rank, node: `n${rank}`, ...more };
}

test("one slow engine among many is told, and is no measure of the fleet", () => {
  const slow = engine(3, { durations: { count: 50, p50: 6, p95: 30, longest: 60 } });
  const engines = [engine(0), engine(1), engine(2), slow];
  const fleet = fleetOf(engines);
  expect(fleet.p50).toBe(2);
  expect(factorOf(slow, fleet, "p50")).toBe(3);
  expect(engines.map((each) => troublesOf(each, fleet).length)).toEqual([0, 0, 0, 1]);
  expect(troublesOf(slow, fleet)).toEqual(["takes 3.0 times as long"]);
});

test("an engine is compared with the others alone, also where there is but one", () => {
  const taking = (rank: number, p50: number) =>
    engine(rank, { durations: { count: 50, p50, p95: 2 * p50, longest: 60 } });
  const two = [taking(0, 2), taking(1, 5)];
  const fleet = fleetOf(two);
  expect(two.map((each) => factorOf(each, fleet, "p50"))).toEqual([0.4, 2.5]);
  expect(two.map((each) => factorOf(each, fleet, "p95"))).toEqual([0.4, 2.5]);
  expect(two.map((each) => troublesOf(each, fleet))).toEqual([[], ["takes 2.5 times as long"]]);
  const alone = fleetOf([taking(0, 2)]);
  expect(factorOf(taking(0, 2), alone, "p50")).toBeUndefined();
});

test("the median of the others is that of all but one", () => {
  const median = (values: readonly number[]): number => {
    const sorted = values.toSorted((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  };
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 9 }), (values) => {
      const engines = values.map((p50, rank) => engine(rank, { durations: { count: 50, p50, p95: p50, longest: 60 } }));
      const fleet = fleetOf(engines);
      for (const [i, each] of engines.entries()) {
        expect(factorOf(each, fleet, "p50")).toBeCloseTo((values[i] ?? 0) / median(values.toSpliced(i, 1)));
      }
    }),
  );
});

test("an engine that fails more often than the others is told; a fleet that fails everywhere has no bad one", () => {
  const bad = engine(2, { failed: 40 });
  const fleet = fleetOf([engine(0), engine(1), bad]);
  expect(troublesOf(bad, fleet)).toEqual(["fails 40% of its tasks"]);
  const all = [0, 1, 2].map((rank) => engine(rank, { failed: 50 }));
  expect(all.flatMap((each) => troublesOf(each, fleetOf(all)))).toEqual([]);
});

test("a difference that is nothing to look into is not told, however many times as long it is", () => {
  const quick = (rank: number, p50: number) => engine(rank, { durations: { count: 100, p50, p95: 1, longest: 1 } });
  const slower = quick(2, 0.003);
  expect(troublesOf(slower, fleetOf([quick(0, 0.002), quick(1, 0.002), slower]))).toEqual([]);
});

test("too few tasks tell nothing", () => {
  const fresh = engine(1, { finished: 2, failed: 2, durations: { count: 2, p50: 90, p95: 90, longest: 90 } });
  const fleet = fleetOf([engine(0), fresh]);
  expect(factorOf(fresh, fleet, "p50")).toBeUndefined();
  expect(troublesOf(fresh, fleet)).toEqual([]);
  expect(fleetOf([])).toEqual({ p50: 0, p95: 0, all: { p50: [], p95: [] }, finished: 0, failed: 0 });
});

test("engines out of touch, lost and held back are told", () => {
  const fleet = fleetOf([]);
  expect(troublesOf(engine(0, { state: "lost" }), fleet)).toEqual(["was lost"]);
  expect(troublesOf(engine(0, { state: "silent" }), fleet)).toEqual(["is out of touch"]);
  expect(troublesOf(engine(0, { heldBack: "load 9" }), fleet)).toEqual(["starts nothing for now"]);
});

test("engines are found by node, context and state, and sorted either way", () => {
  const find = (text: string, state: string, by: string, descending: boolean): number[] =>
    chosenEngines(LIVE, { text, state, sort: { by, descending } }).map(({ rank }) => rank);
  expect(find("NODE02", "", "rank", false)).toEqual([1]);
  expect(find("night", "", "rank", false)).toEqual([2]);
  expect(find("", "lost", "rank", false)).toEqual([]);
  expect(find("", "", "p50", true)[0]).toBe(1);
  expect(find("", "", "finished", true)).toEqual([0, 1, 2]);
  expect(find("", "", "constructor", false)).toEqual([0, 1, 2]);
});

test("engines are counted by state, those with trouble first", () => {
  expect(stateCounts(HUGE)).toEqual([
    ["lost", 2],
    ["silent", 4],
    ["ready", 58],
  ]);
  expect(stateCounts([engine(0, { stopping: true }), engine(1, { stopping: true, state: "left" })])).toEqual([
    ["stopping", 1],
    ["left", 1],
  ]);
});
