import { NO_LEAK } from "../domain/result.ts";
import type { Attempt, TaskDetail, TaskRow } from "../domain/watch.ts";
import type { RecordedAttempt, TaskHistory } from "../records/journal/task-history.ts";

/** The history of a task of which no journal can be read. */
export function historyOfDetail({ row, attempts }: TaskDetail): TaskHistory {
  const { id, state, line = 0, repeatIndex = -1, command, finish, ending } = row;
  const task = command === undefined ? undefined : ({ kind: "task", id, line, repeatIndex, command } as const);
  const earlier = attempts.map(earlierAttempt);
  if (state === "skipped" && ending !== undefined) {
    return { task, attempts: earlier, skipped: { time: finish ?? 0, ending } };
  }
  if (ending?.type === "unmet") {
    return { task, attempts: earlier, unmet: { time: finish ?? 0, why: row.error?.snippet ?? "not run" } };
  }
  return { task, attempts: state === "waiting" || state === "retrying" ? earlier : [...earlier, latestAttempt(row)] };
}

function earlierAttempt({ attempt, engine, node, slot, start, finish, end, ending }: Attempt): RecordedAttempt {
  const known = ending !== undefined && start !== undefined && finish !== undefined;
  const result = known ? { ending, start, finish, output: NO_LEAK, error: NO_LEAK } : undefined;
  return { attempt, engine, node, slot, start, ended: finish, end: end === "superseded" ? "lost" : end, result };
}

function latestAttempt({
  state,
  attempt,
  engine,
  node = "",
  slot,
  start,
  finish,
  ending,
  output,
  error,
}: TaskRow): RecordedAttempt {
  const at = { attempt: Math.max(1, attempt), engine, node, slot, start };
  if (ending === undefined || start === undefined || finish === undefined) return { ...at, end: "under-way" };
  const result = { ending, start, finish, output: output ?? NO_LEAK, error: error ?? NO_LEAK };
  return { ...at, end: state === "interrupted" ? "interrupted" : "finished", ended: finish, result };
}
