import { onTestFinished } from "vitest";
import { ControlledTasks } from "./controlled-tasks.ts";
import { Workspace } from "./workspace.ts";

/** A workspace for the running test: closed when the test is over, which fails the test when something was left behind. */
export function openWorkspace(): Workspace {
  const workspace = new Workspace();
  onTestFinished(() => workspace.close());
  return workspace;
}

/** Controlled tasks for the running test; they reach it at an address of this machine, the loopback when left out. */
export async function openTasks(host?: string, patience?: number): Promise<ControlledTasks> {
  const tasks = await ControlledTasks.listen(host, patience);
  onTestFinished(() => tasks.close());
  return tasks;
}
