import { LedgerRecord } from "../ledger/ledger-record.ts";

/** The lines that were submitted to a run, as a task file: what is acknowledged stands here. */
export class SubmittedTasks extends LedgerRecord {
  /** Events are no lines. */
  handle(): void {}

  /** Takes a line, without its newline; it is in the file after the next `commit`. */
  writeBytes(line: Uint8Array): void {
    this.ledger.writeBytes(line);
  }
}
