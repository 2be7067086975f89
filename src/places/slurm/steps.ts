import type { AskSlurm } from "./ask.ts";
import { parseNodeNames } from "./node-names.ts";

/** Steps that Slurm has on a node by itself: for the batch script, a shell, and what logs in from outside. */
const OF_THE_JOB = /\.(?:batch|extern|interactive|TBD)$/;

/** Nodes of a job on which steps run; undefined when Slurm does not say. */
export async function busyNodes(ask: AskSlurm, jobId: string): Promise<ReadonlySet<string> | undefined> {
  const answer = await ask("squeue", ["-h", "-s", "-j", jobId, "-o", "%i %N"]);
  if (answer.type === "refusal") return undefined;
  const steps = answer.text.split("\n").map((line) => line.trim().split(/\s+/));
  const lists = steps.flatMap(([id = "", nodes = ""]) => (OF_THE_JOB.test(id) ? [] : [nodes]));
  return new Set(lists.flatMap((list) => parseNodeNames(list) ?? []));
}
