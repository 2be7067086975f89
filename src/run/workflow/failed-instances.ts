import type { Basis } from "../../workflows/history/basis.ts";

/** Names of all instances that have failed, or were killed, when they ran last. */
export function failedInstances({ graph, past }: Pick<Basis, "graph" | "past">): readonly string[] {
  const failed: string[] = [];
  for (let template = 0; template < graph.templates; template++) {
    for (let index = 0; index < graph.size(template); index++) {
      if (!graph.has(template, index)) continue;
      const name = (): string => graph.nameOf(template, index);
      const state = past.stateOf(template, index, name);
      if (state === "failed" || state === "killed") failed.push(name());
    }
  }
  return failed;
}
