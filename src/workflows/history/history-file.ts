import { existsSync } from "node:fs";
import { Ledger } from "../../records/ledger/ledger.ts";
import { LedgerRecord } from "../../records/ledger/ledger-record.ts";
import { HISTORY_HEADER, linesOf } from "./lines.ts";
import type { HistoryRecord } from "./record.ts";

/** Permissions: the document may be one that nobody else may read. */
const FOR_ITS_USER = 0o600;

/** Keeps the history of a workflow: `PREFIX_workflow.jsonl`. One process at a time writes it, which holds the lock of the run. */
export class HistoryFile extends LedgerRecord {
  /**
   * Makes the file, or goes on with it; a torn end is dropped.
   *
   * @throws UserError `record-unusable` when that cannot be.
   */
  static open(path: string): HistoryFile {
    const ledger = existsSync(path) ? Ledger.append(path) : Ledger.create(path, undefined, FOR_ITS_USER);
    if (ledger.startedEmpty) ledger.write(HISTORY_HEADER);
    return new HistoryFile(ledger);
  }

  /** Events are no lines: what a workflow is and what it grows by is told by its source. */
  handle(): void {}

  /** Writes a record; what rests on it may be done when this returns. @throws LedgerError when it cannot be written. */
  append(record: HistoryRecord): void {
    for (const line of linesOf(record)) this.ledger.write(line);
    this.commit();
  }
}
