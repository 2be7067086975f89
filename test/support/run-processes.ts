import { readdirSync, readFileSync } from "node:fs";
import type { FoundProcess } from "./process-table.ts";
import { until } from "./until.ts";
import type { Workspace } from "./workspace.ts";

/** Process id of the run's only engine, once there is one; it was started from this workspace. */
export async function engineOf(workspace: Workspace): Promise<number> {
  let found: FoundProcess[] = [];
  await until(
    () => {
      found = enginesOf(workspace);
      return found.length === 1;
    },
    () => `an engine, but there are: ${JSON.stringify(workspace.processes())}`,
  );
  return found[0]?.pid ?? Number.NaN;
}

/** Engines of the workspace. A child that an engine is just starting has its command line until the command's own takes its place. */
export function enginesOf(workspace: Workspace): FoundProcess[] {
  const alike = workspace.processes().filter(({ command }) => command.endsWith(" engine --specified-on-stdin"));
  const pids = new Set(alike.map(({ pid }) => pid));
  return alike.filter(({ parent }) => !pids.has(parent));
}

/** Process id of the watchdog of an engine; undefined when there is none. @param engineId as the journal has it. */
export function watchdogOf(engineId: string): number | undefined {
  const sign = `\0disbatch-watchdog\0${engineId}\0`;
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && commandLineOf(name).includes(sign));
  return pid === undefined ? undefined : Number(pid);
}

/** Empty for a process that is gone. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
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
