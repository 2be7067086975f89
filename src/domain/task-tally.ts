import type { TaskTally } from "./watch.ts";

/** Tasks that have their outcome, from this run or an earlier one. */
export function doneOf({ succeeded, failed, skipped }: Pick<TaskTally, "succeeded" | "failed" | "skipped">): number {
  return succeeded + failed + skipped;
}

/**
 * Tasks that have no slot yet: those that engines hold for a free one, and those that no engine holds. With the tasks that are done, cut
 * short, running and waiting for their next try they make all. Undefined while nobody knows how many tasks there are.
 */
export function waitingOf(
  tasks: Omit<TaskTally, "assigned" | "restarts" | "skippedFailed" | "retries">,
): number | undefined {
  const { total, interrupted, running, retrying } = tasks;
  return total === undefined ? undefined : Math.max(0, total - doneOf(tasks) - interrupted - running - retrying);
}
