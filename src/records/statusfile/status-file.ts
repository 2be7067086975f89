import type { RunEvent } from "../../domain/events.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { formatRecord } from "./format.ts";
import { HEADER_LINE } from "./record.ts";
import { type DriverProcess, recordOf } from "./record-of.ts";
import { LedgerRecord } from "../ledger/ledger-record.ts";

export interface StatusFileOptions {
  /** Whether the first line of a new file names the columns. */
  readonly header: boolean;
  /** Told where the line of a task's outcome begins in the file, in bytes. */
  readonly onOutcome?: ((taskId: number, offset: number) => void) | undefined;
}

/** Keeps the status file: one line for each outcome, in order of finishing. Interrupted tasks have none. */
export class StatusFile extends LedgerRecord {
  readonly #driver: DriverProcess;
  readonly #onOutcome: StatusFileOptions["onOutcome"];

  constructor(ledger: Ledger, driver: DriverProcess, options: StatusFileOptions) {
    super(ledger);
    this.#driver = driver;
    this.#onOutcome = options.onOutcome;
    if (options.header && ledger.startedEmpty) ledger.write(HEADER_LINE);
  }

  override handle(event: RunEvent): void {
    const record = recordOf(event, this.#driver);
    if (record === undefined) return;
    if (record.kind === "task" || record.kind === "skipped") this.#onOutcome?.(record.id, this.ledger.end);
    this.ledger.write(formatRecord(record));
  }
}
