import type { JournalEntry } from "../../../src/records/journal/entry.ts";
import type { Execution } from "./executions.ts";

/** Return code of a task that was stopped without having been started, or with its engine. */
const UNHEARD = -102;

/** What is known of a task that the run has said that it stops. */
export interface StoppedTask {
  readonly id: number;
  /** When the run has said so, in milliseconds of the world. */
  readonly since: number;
  /** What the status file has; undefined when it has nothing. */
  readonly returnCode: number | undefined;
  /** Of this task, in order. */
  readonly executions: readonly Execution[];
}

/** What the run has said that it stops has an outcome, and is not started again. @returns what is wrong, in words. */
export function wrongStop(task: StoppedTask, journal: readonly JournalEntry[]): string | undefined {
  const { id, returnCode } = task;
  const begun = journal.findIndex((entry) => entry.type === "task-stopping" && entry.taskId === id);
  if (begun === -1) return `task ${id} is stopped, and that is not on record`;
  const after = journal.slice(begun);
  if (after.some((entry) => entry.type === "task-assigned" && entry.task.id === id)) {
    return `task ${id} is stopped, and given out again`;
  }
  if (after.some((entry) => entry.type === "task-interrupted" && entry.result.taskId === id)) {
    return `task ${id} is stopped, and counts as cut short`;
  }
  if (returnCode === undefined) return `task ${id} is stopped, and has no outcome`;
  if (returnCode === UNHEARD && isTold(task, journal)) {
    return `task ${id} is stopped, its engine has told how it ended, and that is not its outcome`;
  }
  return undefined;
}

/** Its engine has seen it end when the run had it stopped already, and has left in order: it had told everything then. */
function isTold({ id, since, executions }: StoppedTask, journal: readonly JournalEntry[]): boolean {
  const given = journal.findLast((entry) => entry.type === "task-assigned" && entry.task.id === id);
  if (given?.type !== "task-assigned") return false;
  const { engine: rank, attempt } = given;
  const joined = journal.findLast((entry) => entry.type === "engine-joined" && entry.engine.rank === rank);
  if (joined?.type !== "engine-joined") return false;
  if (!journal.some((entry) => entry.type === "engine-left" && entry.engine === rank)) return false;
  return executions.some(
    ({ engineId, attempt: tried, seenAt }) =>
      engineId === joined.engine.id && tried === attempt && seenAt !== undefined && seenAt > since,
  );
}
