import type { TaskResult } from "../../domain/result.ts";
import type { JournalEntry } from "../journal/entry.ts";
import type { StatusRecord } from "../statusfile/record.ts";
import { endingOf } from "../statusfile/return-code.ts";
import type { RunFold } from "./run-fold.ts";

/** No engine, or no slot: the status file does not say which. */
const UNKNOWN = -1;

/**
 * The journal's entries for a record that stands in the status file alone, since the journal's last lines are lost. What
 * the lines before them tell is made use of; where the lease is lost, too, there is one of no engine, which tells
 * what the task was.
 */
export function entriesOf(record: StatusRecord, fold: RunFold): JournalEntry[] {
  const { id, line, repeatIndex, command } = record;
  const time = Math.max(fold.time, record.finish);
  switch (record.kind) {
    case "task": {
      const task = { kind: "task", id, line, repeatIndex, command } as const;
      const lease = fold.leaseOf(id);
      const attempt = lease?.assignment.attempt ?? 1;
      const result = resultOf(record, attempt, lease?.engine?.rank ?? UNKNOWN);
      const finished = { type: "task-finished", time, result } as const;
      if (lease !== undefined) return [finished];
      return [{ type: "task-assigned", time, task, attempt, crashes: 0, engine: UNKNOWN }, finished];
    }
    case "skipped":
      return [{ type: "task-skipped", time, taskId: id, ending: endingOf(record.returnCode, record.pid) }];
    case "per-engine": {
      // Nothing says whether it is a start or a stop command. While a run goes on it is nearly always the former.
      const perEngine = { kind: "per-engine", when: "start", id, line, command } as const;
      return [{ type: "per-engine-finished", time, command: perEngine, result: resultOf(record, 1, UNKNOWN) }];
    }
    case "barrier":
    case "check-barrier": {
      const check = record.kind === "check-barrier";
      const barrier = { kind: "barrier", id, line, check, text: command } as const;
      const failed = check && fold.failedSinceBarrier > 0;
      return [{ type: "barrier-passed", time, barrier, since: record.start, failed }];
    }
    case "superseded":
      return [];
    default:
      return record.kind satisfies never;
  }
}

function resultOf(record: StatusRecord, attempt: number, engine: number): TaskResult {
  const { id, node, pid, returnCode, start, finish, output, error } = record;
  const ending = endingOf(returnCode, pid);
  return { taskId: id, attempt, engine, slot: UNKNOWN, node, pid, ending, start, finish, output, error };
}
