import type { FoundProcess } from "./process-table.ts";
import { until } from "./until.ts";
import type { Workspace } from "./workspace.ts";

/** Processes that a run consists of, besides its driver and its tasks. */
export type RunProcess = "engine" | "watchdog";

const SIGNS: Readonly<Record<RunProcess, (command: string) => boolean>> = {
  engine: (command) => command.endsWith(" engine --specified-on-stdin"),
  watchdog: (command) => command.includes(" disbatch-watchdog "),
};

/** The processes of one kind that are alive and were started from this workspace. */
export function processesOf(workspace: Workspace, kind: RunProcess): FoundProcess[] {
  return workspace.processes().filter(({ command }) => SIGNS[kind](command));
}

/** Process id of the run's only engine, once there is one. */
export async function engineOf(workspace: Workspace): Promise<number> {
  await until(
    () => processesOf(workspace, "engine").length === 1,
    () => `an engine, but there are: ${JSON.stringify(workspace.processes())}`,
  );
  return processesOf(workspace, "engine")[0]?.pid ?? Number.NaN;
}

/** Resolves when everything that was started from this workspace has ended. */
export function allGone(workspace: Workspace, patience?: number): Promise<void> {
  return until(
    () => workspace.processes().length === 0,
    () => `processes gone, but there are: ${JSON.stringify(workspace.processes())}`,
    patience,
  );
}

/** Sends a signal to a process, or to a group when the number is negative. @returns false when there is none any more. */
export function signalIfThere(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
