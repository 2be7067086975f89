import { expect, test } from "vitest";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { withAllNeeds } from "../../../../src/workflows/history/with-all-needs.ts";
import { type ShortTask, workflow } from "../../../support/workflow.ts";

test("a template is asked for with all that it needs, also where it needs itself at other values", () => {
  const graph = Graph.of(
    workflow(
      {
        a: { axes: ["day"], needs: [{ task: "a", shift: { day: [-1, -1] } }] },
        b: { needs: ["a"] },
        wrong: {},
        c: { needs: ["b", "wrong"] },
        d: { needs: ["c"] },
        e: { needs: ["b"] },
      },
      { day: { kind: "range", from: 1, to: 3, step: 1 } },
    ),
  );
  const asked: string[] = [];
  const areGood = withAllNeeds(graph, (template) => {
    const { name } = graph.template(template);
    asked.push(name);
    return name !== "wrong";
  });
  const answers = (): string[] => [0, 1, 2, 3, 4, 5].map((each) => `${graph.template(each).name} ${areGood(each)}`);
  const expected = ["a true", "b true", "wrong false", "c false", "d false", "e true"];
  expect(answers()).toEqual(expected);
  expect(answers()).toEqual(expected);
  expect(asked.toSorted()).toEqual(["a", "b", "c", "d", "e", "wrong"]);
});

test("a chain of 50,000 templates is none of calls", () => {
  const tasks: Record<string, ShortTask> = { t0: {} };
  for (let i = 1; i < 50_000; i++) tasks[`t${i}`] = { needs: [`t${i - 1}`] };
  const areGood = withAllNeeds(Graph.of(workflow(tasks)), () => true);
  expect(areGood(49_999)).toBe(true);
});
