import { expect, test } from "vitest";
import type { InstanceState } from "../../../../src/domain/instance-state.ts";
import { statesTold } from "../../../../src/workflows/cache/states-told.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { type ShortTask, workflow } from "../../../support/workflow.ts";

/** What `last` learns of `may` and `must`, which have two instances each, in these states. */
function told(tasks: { may?: ShortTask; last?: ShortTask }, states: Readonly<Record<string, InstanceState>>): unknown {
  const graph = Graph.of(
    workflow(
      { may: { axes: ["x"], ...tasks.may }, must: { axes: ["x"] }, last: { needs: ["may", "must"], ...tasks.last } },
      { x: ["1", "2"] },
    ),
  );
  return statesTold(graph, { template: 2, index: 0 }, ({ template, index }) => states[graph.nameOf(template, index)]);
}

test("a command that runs after success alone learns nothing that could differ", () => {
  expect(told({}, {})).toEqual([]);
});

test("a command that runs after other ends, too, learns the worst of each task", () => {
  const states = { "may[x=1]": "skipped", "may[x=2]": "failed", "must[x=1]": "done", "must[x=2]": "reused" } as const;
  const all = [
    ["needs may", "failed"],
    ["needs must", "done"],
  ];
  expect(told({ last: { condition: "always" } }, states)).toEqual(all);
  expect(told({ may: { allowFailure: true } }, states)).toEqual(all);
  expect(told({ may: { allowFailure: true } }, {})).toEqual([
    ["needs may", "done"],
    ["needs must", "done"],
  ]);
});
