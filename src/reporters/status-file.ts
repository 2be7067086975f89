import type { Reporter, RunEvent } from "../domain/events.ts";
import { NO_LEAK, type TaskResult } from "../domain/result.ts";
import type { PreviousOutcome } from "../domain/task.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { formatRecord } from "../statusfile/format.ts";
import { HEADER_LINE, type StatusRecord } from "../statusfile/record.ts";

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
export class StatusFileReporter implements Reporter {
  readonly #ledger: Ledger;
  readonly #driver: DriverProcess;

  constructor(ledger: Ledger, driver: DriverProcess, options: StatusFileOptions) {
    this.#ledger = ledger;
    this.#driver = driver;
    if (options.header && ledger.startedEmpty) ledger.write(HEADER_LINE);
  }

  handle(event: RunEvent): void {
    const record = recordOf(event, this.#driver);
    if (record !== undefined) this.#ledger.write(formatRecord(record));
  }

  /** @throws LedgerError when something could not be written. */
  commit(): void {
    this.#ledger.commit();
  }

  /** @throws LedgerError when something could not be written, or not be brought to the disk. */
  close(): Promise<void> {
    return this.#ledger.close();
  }

  get path(): string {
    return this.#ledger.path;
  }

  /** The lines that are not in the file. */
  unwritten(): string {
    return this.#ledger.unwritten();
  }
}

function recordOf(event: RunEvent, driver: DriverProcess): StatusRecord | undefined {
  switch (event.type) {
    case "task-finished": {
      const { id, line, repeatIndex, command } = event.task;
      return { kind: "task", id, line, repeatIndex, command, ...outcomeOf(event.result) };
    }
    case "task-skipped": {
      const { previous, task } = event.skipped;
      if (previous.alreadyRecorded) return undefined;
      const { id, line, repeatIndex, command } = task;
      return { kind: "skipped", id, line, repeatIndex, command, ...outcomeOf(previous) };
    }
    case "per-engine-finished": {
      const { id, line, command } = event.command;
      return { kind: "per-engine", id, line, repeatIndex: -1, command, ...outcomeOf(event.result) };
    }
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

type Outcome = Pick<StatusRecord, "node" | "pid" | "returnCode" | "start" | "finish" | "output" | "error">;

function outcomeOf({ node, pid, returnCode, start, finish, output, error }: TaskResult | PreviousOutcome): Outcome {
  return { node, pid, returnCode, start, finish, output, error };
}
