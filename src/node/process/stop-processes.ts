import { type EnvironmentMark, findProcesses, isLiving, signal, type TaskProcess } from "./process-table.ts";

/** Time between two looks whether processes that are being ended have ended, in milliseconds. */
const LOOK_MS = 50;
/** After KILL the system needs a moment to take the processes away. */
const KILL_WAIT_MS = 2_000;

/**
 * Ends processes for good: TERM or what else is to come first, a time of grace, KILL; KILL alone when there is no grace. First whole process groups, then
 * whatever else carries the mark in its environment, so that nothing that a task left in the background stays.
 *
 * @param groups process groups to end, whether or not their members carry the mark.
 * @param graceMs asked again at each look, so that a second request can cut it short.
 * @param first the signal that is sent first.
 * @returns when nothing is left, or KILL has done what it can.
 */
export async function stopProcesses(
  mark: EnvironmentMark | undefined,
  groups: ReadonlySet<number>,
  graceMs: () => number,
  first: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  const begun = performance.now();
  const told = new Set<number>();
  let killedAt: number | undefined;
  const asks = groups.size > 0 && graceMs() > 0;
  // A process without grace is to do nothing more, not even while what belongs to it is looked for.
  if (!asks) for (const group of groups) signal(-group, "SIGSTOP");
  // Before anything ends: a process whose parent has ended can no longer be traced to its task.
  const family = findProcesses(mark, groups);
  if (asks) for (const group of groups) tell(-group, first);
  for (;;) {
    const left = withFamily(findProcesses(mark, groups), family);
    if (left.length === 0) return;
    const now = performance.now();
    if (now - begun >= graceMs()) {
      killedAt ??= now;
      if (now - killedAt > KILL_WAIT_MS) return;
      for (const { pid } of left) signal(pid, "SIGKILL");
    } else {
      // One signal each, as a person would do it.
      for (const { pid, group } of left) {
        if (!groups.has(group) && !told.has(pid)) tell(pid, first);
        told.add(pid);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** A stopped process hears of its end only when it goes on. */
function tell(pid: number, first: NodeJS.Signals): void {
  signal(pid, first);
  signal(pid, "SIGCONT");
}

/**
 * Processes found now, and those found at first that are still there. Those that only the first look has found have left their
 * group since, perhaps before it was told: each counts as a group of its own.
 */
function withFamily(found: readonly TaskProcess[], family: readonly TaskProcess[]): TaskProcess[] {
  const pids = new Set(found.map(({ pid }) => pid));
  const leavers = family.filter(({ pid }) => !pids.has(pid) && isLiving(pid));
  return [...found, ...leavers.map(({ pid }) => ({ pid, group: pid }))];
}
