import { isSuccess } from "../../../src/domain/ending.ts";
import type { RunEnd } from "../../../src/domain/events.ts";
import { retryDelay } from "../../../src/domain/retry-delay.ts";
import type { Task } from "../../../src/domain/task.ts";
import type { JournalEntry } from "../../../src/records/journal/entry.ts";
import type { Circumstances } from "./circumstances.ts";
import type { Execution } from "./executions.ts";
import type { Scenario } from "./scenario.ts";

/** By the clocks of two hosts nobody can tell to the millisecond. Seconds. */
const TOLERANCE = 0.002;

export interface JudgedRetries {
  readonly scenario: Scenario;
  readonly circumstances: Circumstances;
  readonly byTask: ReadonlyMap<number, readonly Execution[]>;
  readonly reason: RunEnd;
}

export function hasRetries(task: Task | undefined): boolean {
  return task?.terms?.retry !== undefined;
}

/** What must not be of tasks that are tried again, in words. */
export function wrongRetries(judged: JudgedRetries, journal: readonly JournalEntry[]): string[] {
  const { scenario } = judged;
  return scenario.items.flatMap((item) => (item.kind === "task" ? wrongOf(item, judged, journal) : []));
}

function wrongOf(task: Task, judged: JudgedRetries, journal: readonly JournalEntry[]): string[] {
  const { circumstances, byTask } = judged;
  const { id, terms } = task;
  const retry = terms?.retry;
  const wrong: string[] = [];
  let failures = 0;
  let dueAt: number | undefined;
  let isSettled = false;
  const mayForget = circumstances.powerLost || circumstances.forgottenUntil > Number.NEGATIVE_INFINITY;
  for (const entry of journal) {
    // What an engine has left has the time of its own calendar.
    if (entry.type === "run-recovered") dueAt = undefined;
    if (entry.type === "task-retrying" && entry.result.taskId === id) {
      if (isSettled) wrong.push(`task ${id} is to be tried again, and has its outcome`);
      failures++;
      const { result, delay } = entry;
      if (entry.failures !== failures && !mayForget)
        wrong.push(`task ${id} has failed ${failures} times, and ${entry.failures} is recorded`);
      if (retryDelay(retry, entry.failures, result.ending) !== delay)
        wrong.push(`task ${id} is tried again after failure ${entry.failures}, in ${delay} s, against its rules`);
      dueAt = entry.time + delay;
    }
    if (entry.type === "task-assigned" && entry.task.id === id) {
      if (dueAt !== undefined && entry.time < dueAt - TOLERANCE && !mayForget)
        wrong.push(`task ${id} is tried again ${dueAt - entry.time} s too soon`);
      if ((entry.failures ?? 0) !== failures && !mayForget)
        wrong.push(`task ${id} is given out with ${entry.failures ?? 0} failures, and has had ${failures}`);
      dueAt = undefined;
    }
    if (entry.type !== "task-finished" || entry.result.taskId !== id) continue;
    isSettled = true;
    const { ending, attempt } = entry.result;
    const isLastTry = journal.some(
      (one) => one.type === "task-retrying" && one.result.taskId === id && one.result.attempt === attempt,
    );
    // Of a task that was stopped while it waited the last try stands.
    if (isSuccess(ending) || isLastTry || circumstances.stopped.has(id) || mayForget) continue;
    if (retryDelay(retry, failures + 1, ending) !== undefined)
      wrong.push(`task ${id} has failed ${failures + 1} times, and its rules allow one more try`);
  }
  if (retry === undefined || mayForget) return wrong;
  const told = byTask.get(id)?.filter((one) => one.kind === "task") ?? [];
  const most = Math.max(0, ...told.map((one) => one.failures));
  if (most > retry.max) wrong.push(`task ${id} is told of ${most} failures, and may be tried again ${retry.max} times`);
  return wrong;
}
