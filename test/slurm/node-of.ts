import type { ControlledTask } from "../support/controlled-task.ts";
import type { Workspace } from "../support/workspace.ts";

/** Name of the node that a task of this folder runs on. */
export async function nodeOf(task: ControlledTask, work: Workspace): Promise<string> {
  const file = `${task.name}.node`;
  await task.run(`hostname > ${work.path(file)}`);
  return work.read(file).trim();
}
