/** Lists do not jump under the mouse: when the run has gone on, they are asked for anew, or say that they are old. */

import { doneOf } from "../../domain/task-tally.ts";
import { TASK_STATES, type TaskState, type TaskTally } from "../../domain/watch.ts";

/** How many tasks are in each state, as far as the run tells. */
export function countsByState(tasks: TaskTally): Readonly<Record<TaskState, number | undefined>> {
  const { succeeded, failed, skipped, interrupted, retrying, running, assigned, total } = tasks;
  const known = doneOf(tasks) + interrupted + retrying + running + assigned;
  const waiting = total === undefined ? undefined : Math.max(0, total - known);
  return { waiting, assigned, running, succeeded, failed, skipped, interrupted, retrying };
}

/** How many tasks have changed between these states since, at least. No state stands for all. */
export function changesBetween(before: TaskTally, now: TaskTally, states: readonly TaskState[]): number {
  const [was, is] = [countsByState(before), countsByState(now)];
  const moved = (states.length === 0 ? TASK_STATES : states).map((state) =>
    Math.abs((is[state] ?? 0) - (was[state] ?? 0)),
  );
  const starts = Math.abs(now.restarts - before.restarts) + Math.abs(now.retries - before.retries);
  // Tasks that run change though as many run as before: each that has ended has made room for another.
  const passed = Math.abs(doneOf(now) - doneOf(before));
  const throughput = states.includes("running") || states.includes("assigned") ? passed : 0;
  return Math.max(...moved, throughput, states.length === 0 ? starts : 0);
}

export interface ListAge {
  readonly changes: number;
  /** Whether rows stay where they are whatever happens. */
  readonly isSteady: boolean;
  readonly isAtTop: boolean;
  /** Whether somebody is about to do something with a row: the mouse is above it, or it was chosen by keys. */
  readonly isInUse: boolean;
  /** Seconds since the list has come; 0 while it is asked for. */
  readonly age: number;
}

/** Seconds between two questions for the same list. */
const SETTLE = 2;

/** What is done about a list that may be old: nothing, ask for it anew, or say that it is old. */
export function whatOfOld({ changes, isSteady, isAtTop, isInUse, age }: ListAge): "nothing" | "ask" | "say" {
  if (changes === 0) return "nothing";
  const mayChange = isSteady || (isAtTop && !isInUse);
  if (!mayChange) return "say";
  return age >= SETTLE ? "ask" : "nothing";
}
