import { expect, test } from "vitest";
import { describeError } from "../../../../src/domain/errors.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { type ShortAxis, type ShortTask, workflow } from "../../../support/workflow.ts";

const DAYS = { kind: "range", from: 0, to: 4, step: 1, type: "date" } as const;
const AXES = { day: DAYS, hour: { kind: "range", from: 0, to: 2, step: 1 }, region: ["n", "s"] } as const;

/** What is said against a document; empty for nothing. */
function refusal(tasks: Readonly<Record<string, ShortTask>>, axes: Readonly<Record<string, ShortAxis>> = AXES): string {
  try {
    Graph.of(workflow(tasks, axes));
  } catch (error) {
    return describeError(error);
  }
  return "";
}

test("a circle is shown as a path, with the place of an edge", () => {
  expect(refusal({ a: { needs: ["c"] }, b: { needs: ["a"] }, c: { needs: ["b"] }, d: { needs: ["a"] } })).toBe(
    "test.yaml:1:10: error: tasks need each other in a circle: a -> c -> b -> a (take one of these needs away, or shift it strictly one way along an axis, as in match: {day: day - 1})",
  );
  expect(refusal({ a: { needs: ["a"] } })).toContain("in a circle: a -> a (");
});

test("each circle is told", () => {
  const text = refusal({ a: { needs: ["b"] }, b: { needs: ["a"] }, c: { needs: ["d"] }, d: { needs: ["c", "b"] } });
  expect(text.split("\n")).toHaveLength(2);
});

test("alternatives that need each other are a circle, too", () => {
  expect(refusal({ a: { any: [[], ["b"]] }, b: { needs: ["a"] } })).toContain("a -> b -> a");
});

test("a task cannot make the values of an axis of what it needs", () => {
  const axes = { item: { kind: "generated", by: "list" } } as const;
  expect(refusal({ list: { axes: ["item"] } }, axes)).toContain(
    "list -> list (a task cannot wait for values that only come after it)",
  );
  expect(refusal({ list: { needs: ["b"] }, a: { axes: ["item"] }, b: { needs: ["a"] } }, axes)).toContain(
    "list -> b -> a -> list",
  );
});

test("what needs its own yesterday goes one way, and ends", () => {
  const own = (from: number, to: number): ShortTask => ({
    axes: ["day", "region"],
    needs: [{ task: "a", shift: { day: [from, to] } }],
  });
  expect(refusal({ a: own(-1, -1) })).toBe("");
  expect(refusal({ a: own(-6, -1) })).toBe("");
  expect(refusal({ a: own(1, 3) })).toBe("");
  expect(refusal({ a: own(-6, 0) })).toContain("a -> a");
  expect(refusal({ a: own(-1, 1) })).toContain("a -> a");
  const both = [-1, 1].map((by) => ({ task: "a", shift: { day: [by, by] as const } }));
  expect(refusal({ a: { axes: ["day"], needs: both } })).toContain("a -> a");
  expect(refusal({ a: { axes: ["day"], needs: [{ task: "a", only: {} }] } })).toContain("a -> a");
});

test("several tasks may go one way together, along several axes", () => {
  const b: ShortTask = { axes: ["day", "hour"], needs: ["a"] };
  expect(refusal({ a: { axes: ["day", "hour"], needs: [{ task: "b", shift: { day: [-1, -1] } }] }, b })).toBe("");
  const byHourOrDay: ShortTask = {
    axes: ["day", "hour"],
    needs: [
      { task: "b", shift: { hour: [-1, -1] } },
      { task: "b", shift: { day: [-1, -1], hour: [-5, 5] } },
    ],
  };
  expect(refusal({ a: byHourOrDay, b })).toBe("");
  const backByHour: ShortTask = {
    axes: ["day", "hour"],
    needs: [
      { task: "b", shift: { hour: [-1, -1] } },
      { task: "b", shift: { hour: [1, 1] } },
    ],
  };
  expect(refusal({ a: backByHour, b })).toContain("a -> b -> a");
  expect(
    refusal({
      a: { axes: ["day"], needs: [{ task: "c", shift: { day: [-1, -1] } }] },
      c: { axes: ["region"], needs: ["a"] },
    }),
  ).toContain("a -> c -> a");
});

test("a way that would never end is refused", () => {
  const axes = { day: { kind: "open", type: "date" } } as const;
  expect(refusal({ a: { axes: ["day"], needs: [{ task: "a", shift: { day: [-1, -1] } }] } }, axes)).toBe(
    "test.yaml:1:10: error: tasks need each other in a circle: a -> a, which never ends on the open axis day (give the axis a list or a range of values)",
  );
});

test("chains and circles of any length are followed", () => {
  const chain = (length: number, first: ShortTask): Record<string, ShortTask> => {
    const tasks: Record<string, ShortTask> = { t0: first };
    for (let i = 1; i < length; i++) tasks[`t${i}`] = { needs: [`t${i - 1}`] };
    return tasks;
  };
  const graph = Graph.of(workflow(chain(50_000, {})));
  expect([graph.critical(0), graph.critical(49_999)]).toEqual([49_999, 0]);
  expect(refusal(chain(50_000, { needs: ["t49999"] })).length).toBeLessThan(1000);
});
