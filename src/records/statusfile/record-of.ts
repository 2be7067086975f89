import type { RunEvent } from "../../domain/events.ts";
import { NO_LEAK, type TaskResult } from "../../domain/result.ts";
import { type PerEngineCommand, type PreviousOutcome, type Task, titleOf } from "../../domain/task.ts";
import type { RecordKind, StatusRecord } from "./record.ts";
import { returnCodeOf } from "./return-code.ts";

/** The driver, which stands where a task's engine does in the line of a barrier. */
export interface DriverProcess {
  /** Host name. */
  readonly node: string;
  readonly pid: number;
}

/** The record of a run event; undefined for one that has none. Interrupted tasks have none. */
export function recordOf(event: RunEvent, driver: DriverProcess): StatusRecord | undefined {
  switch (event.type) {
    case "task-finished":
      return outcomeRecord("task", event.task, event.task.repeatIndex, event.result);
    case "task-skipped": {
      const { previous, task } = event.skipped;
      return previous.alreadyRecorded ? undefined : outcomeRecord("skipped", task, task.repeatIndex, previous);
    }
    case "per-engine-finished":
      return outcomeRecord("per-engine", event.command, -1, event.result);
    case "barrier-passed": {
      const { id, line, check, text } = event.barrier;
      return {
        kind: check ? "check-barrier" : "barrier",
        id,
        line,
        repeatIndex: -1,
        node: driver.node,
        pid: driver.pid,
        returnCode: 0,
        start: event.since,
        finish: event.time,
        output: NO_LEAK,
        error: NO_LEAK,
        command: text,
      };
    }
    default:
      return undefined;
  }
}

/** The record of how a command ended. */
export function outcomeRecord(
  kind: RecordKind,
  what: Task | PerEngineCommand,
  repeatIndex: number,
  { node, pid, ending, start, finish, output, error }: TaskResult | PreviousOutcome,
): StatusRecord {
  const { id, line } = what;
  const command = titleOf(what);
  const returnCode = returnCodeOf(ending);
  return { kind, id, line, repeatIndex, node, pid, returnCode, start, finish, output, error, command };
}
