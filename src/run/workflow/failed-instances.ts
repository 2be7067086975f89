import type { Basis } from "../../workflows/history/basis.ts";
import { allInstances } from "../../workflows/views/standing.ts";

/** Names of all instances that have failed, or were killed, when they ran last. */
export function failedInstances({ graph, past }: Pick<Basis, "graph" | "past">): readonly string[] {
  const failed: string[] = [];
  for (const { template, index } of allInstances(graph)) {
    const name = (): string => graph.nameOf(template, index);
    const state = past.stateOf(template, index, name);
    if (state === "failed" || state === "killed") failed.push(name());
  }
  return failed;
}
