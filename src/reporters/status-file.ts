import type { RunEvent } from "../domain/events.ts";
import { NO_LEAK, type TaskResult } from "../domain/result.ts";
import type { PerEngineCommand, PreviousOutcome, Task } from "../domain/task.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { LedgerReporter } from "./ledger-reporter.ts";
import { formatRecord } from "../statusfile/format.ts";
import { HEADER_LINE, type RecordKind, type StatusRecord } from "../statusfile/record.ts";

export interface StatusFileOptions {
  /** Name the columns in the first line of a new file. */
  readonly header: boolean;
}

/** The driver, which stands where a task's engine does in the line of a barrier. */
export interface DriverProcess {
  /** Host name. */
  readonly node: string;
  readonly pid: number;
}

/** Keeps the status file: one line for each outcome, in order of finishing. Interrupted tasks have none. */
export class StatusFileReporter extends LedgerReporter {
  readonly #driver: DriverProcess;

  constructor(ledger: Ledger, driver: DriverProcess, options: StatusFileOptions) {
    super(ledger);
    this.#driver = driver;
    if (options.header && ledger.startedEmpty) ledger.write(HEADER_LINE);
  }

  override handle(event: RunEvent): void {
    const record = recordOf(event, this.#driver);
    if (record !== undefined) this.ledger.write(formatRecord(record));
  }
}

function recordOf(event: RunEvent, driver: DriverProcess): StatusRecord | undefined {
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

function outcomeRecord(
  kind: RecordKind,
  { id, line, command }: Task | PerEngineCommand,
  repeatIndex: number,
  { node, pid, returnCode, start, finish, output, error }: TaskResult | PreviousOutcome,
): StatusRecord {
  return { kind, id, line, repeatIndex, node, pid, returnCode, start, finish, output, error, command };
}
