import type { ControlledTask } from "../support/controlled-task.ts";
import type { Workspace } from "../support/workspace.ts";
import type { NodeName } from "./cluster/cluster.ts";
import type { Cluster } from "./cluster/fixture.ts";

/** Name of the node that a task of this folder runs on. */
export async function nodeOf(task: ControlledTask, work: Workspace): Promise<string> {
  const file = `${task.name}.node`;
  await task.run(`hostname > ${work.path(file)}`);
  return work.read(file).trim();
}

/** Process ids of the engine of a node, and of its slots where these have processes of their own. */
export function enginesOn(cluster: Cluster, node: NodeName): number[] {
  return cluster
    .processesOn(node)
    .filter(({ command }) => command.endsWith("engine --specified-on-stdin") && !command.startsWith("srun"))
    .map(({ pid }) => pid);
}
