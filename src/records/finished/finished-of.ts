import { type Ending, isSuccess } from "../../domain/ending.ts";
import type { FinishedTask } from "../../domain/finished-task.ts";
import { formatFlags } from "../statusfile/format.ts";
import type { StatusRecord } from "../statusfile/record.ts";

/** What came of a task, as its record has it. @param attempts starts in this run; undefined for a task that it skips. */
export function taskOf(record: StatusRecord, ending: Ending, attempts: number | undefined): FinishedTask {
  const kind = record.kind === "skipped" ? "skipped" : "task";
  return { ...record, kind, succeeded: isSuccess(ending), ending, attempts, ...derivedFrom(record) };
}

/** That a barrier has been passed. @param succeeded nothing has failed that it checks. */
export function barrierOf(record: StatusRecord, succeeded: boolean): FinishedTask {
  const kind = record.kind === "check-barrier" ? "check-barrier" : "barrier";
  return { ...record, kind, succeeded, ...derivedFrom(record) };
}

function derivedFrom(record: StatusRecord): Pick<FinishedTask, "elapsed" | "flags"> {
  return { elapsed: record.finish - record.start, flags: formatFlags(record) };
}
