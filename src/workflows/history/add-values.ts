import type { Workflow } from "../document/workflow.ts";
import type { Graph } from "../graph/graph.ts";
import type { InstanceRange } from "../graph/instance.ts";
import { templateIn } from "../graph/instance-name.ts";
import type { ValuesRecord } from "./record.ts";

/**
 * Adds to the graph the values that a generator has made, as far as they are new.
 *
 * @returns what is new, as `Graph.addValues` does.
 * @throws UserError `too-many-instances`.
 */
export function addValues(graph: Graph, { axes }: Workflow, { by, values }: ValuesRecord): InstanceRange[] {
  const generator = templateIn(by);
  return axes.flatMap((axis, number) => {
    return axis.kind === "generated" && axis.by === generator ? graph.addValues(number, values) : [];
  });
}
