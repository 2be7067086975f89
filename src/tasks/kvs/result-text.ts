import type { Task, TaskOutcome } from "../../domain/task.ts";
import { formatFlags } from "../../records/statusfile/format.ts";
import { outcomeRecord } from "../../records/statusfile/record-of.ts";

/**
 * What came of a task, as programs of disBatch read it: JSON with the columns of the status file, in their order. Text that is
 * not UTF-8 has U+FFFD in the place of each byte.
 */
export function resultText(task: Task, outcome: TaskOutcome): string {
  // What this run has recorded itself was no skipped task.
  const isSkipped = "alreadyRecorded" in outcome && !outcome.alreadyRecorded;
  const kind = isSkipped ? "skipped" : "task";
  const record = outcomeRecord(kind, task, task.repeatIndex, outcome);
  return JSON.stringify({
    Flags: formatFlags(record),
    TaskId: record.id,
    TaskStreamIndex: record.line,
    TaskRepIndex: record.repeatIndex,
    Host: record.node,
    PID: record.pid,
    ReturnCode: record.returnCode,
    Elapsed: record.finish - record.start,
    Start: record.start,
    End: record.finish,
    OutBytes: record.output.bytes,
    OutData: record.output.snippet.toWellFormed(),
    ErrBytes: record.error.bytes,
    ErrData: record.error.snippet.toWellFormed(),
    TaskCmd: record.command.toWellFormed(),
  });
}
