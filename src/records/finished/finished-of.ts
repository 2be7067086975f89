import { type Ending, isSuccess } from "../../domain/ending.ts";
import type { FinishedTask } from "../../domain/finished-task.ts";
import { formatFlags } from "../statusfile/format.ts";
import type { StatusRecord } from "../statusfile/record.ts";

/** What the status file does not tell of a task: its starts in this run, undefined for one that it skips, and what it has used. */
type MoreOfTask = Pick<FinishedTask, "attempts" | "usage">;

/** What came of a task, as its record has it. */
export function taskOf(record: StatusRecord, ending: Ending, { attempts, usage }: MoreOfTask): FinishedTask {
  const kind = record.kind === "skipped" ? "skipped" : "task";
  return finishedOf(record, kind, { succeeded: isSuccess(ending), ending, attempts, usage });
}

/** A barrier that has been passed, as programs are told. @param succeeded nothing has failed that it checks. */
export function barrierOf(record: StatusRecord, succeeded: boolean): FinishedTask {
  const kind = record.kind === "check-barrier" ? "check-barrier" : "barrier";
  return finishedOf(record, kind, { succeeded, ending: undefined, attempts: undefined, usage: undefined });
}

/** Always in the same order, which is that of their lines of JSON. */
function finishedOf(
  record: StatusRecord,
  kind: FinishedTask["kind"],
  { succeeded, ending, attempts, usage }: Pick<FinishedTask, "succeeded" | "ending" | "attempts" | "usage">,
): FinishedTask {
  const { id, line, repeatIndex, command, returnCode, node, pid, output, error } = record;
  const [start, finish] = [inMilliseconds(record.start), inMilliseconds(record.finish)];
  return {
    kind,
    id,
    line,
    repeatIndex,
    command,
    succeeded,
    ending,
    returnCode,
    node,
    pid,
    attempts,
    start,
    finish,
    elapsed: inMilliseconds(finish - start),
    output,
    error,
    usage,
    flags: formatFlags(record),
  };
}

/** As exact as the status file, so that a task is told in the same way whenever somebody asks. */
function inMilliseconds(seconds: number): number {
  return Math.round(seconds * 1e3) / 1e3;
}
