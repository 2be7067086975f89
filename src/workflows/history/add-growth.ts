import type { Workflow } from "../document/workflow.ts";
import type { Graph } from "../graph/graph.ts";
import { templateIn } from "./past.ts";
import type { GrowthRecord } from "./record.ts";

/** Adds to the graph what a generator has made, as far as it is new. @throws UserError where it does not fit. */
export function addGrowth(graph: Graph, workflow: Workflow, record: GrowthRecord): void {
  const by = templateIn(record.by);
  if (record.type === "values") {
    const axis = workflow.axes.findIndex((each) => each.kind === "generated" && each.by === by);
    if (axis >= 0) graph.addValues(axis, record.values);
  }
}
