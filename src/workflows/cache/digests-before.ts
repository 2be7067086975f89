import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import type { MadeFiles } from "../source/made-files.ts";
import type { MadeRecord } from "./made-record.ts";

interface Recorded {
  readonly graph: Pick<Graph, "nameOf">;
  readonly paths: Pick<MadeFiles, "inputsOf">;
  readonly records: { find(instance: string): MadeRecord | undefined };
  /** Number of the run in its prefix. */
  readonly run: number;
}

/**
 * Digests by path of what an instance is made from, as those have recorded them that made it in this run before a time.
 *
 * @param time Unix time in seconds.
 */
export function digestsBefore(
  { graph, paths, records, run }: Recorded,
  { template, index }: Instance,
  time: number,
): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  const handed = paths.inputsOf(template).flatMap((input) => (input.kind === "made" ? input.from : []));
  for (const { edge, output } of handed) {
    for (const parent of edge.parentsOf(index)) {
      const record = records.find(graph.nameOf(edge.parent, parent));
      const digest = record?.outputs[output.name]?.digest;
      if (record === undefined || digest === undefined || record.run !== run || record.finish > time) continue;
      digests.set(output.pathOf(parent), digest);
    }
  }
  return digests;
}
