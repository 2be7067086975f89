import type { RunEvent } from "../../domain/events.ts";
import { JOURNAL_HEADER } from "./entry.ts";
import { formatEvent } from "./format.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { LedgerRecord } from "../ledger/ledger-record.ts";

/** Keeps the journal: every run event, as one line of JSON. */
export class Journal extends LedgerRecord {
  constructor(ledger: Ledger) {
    super(ledger);
    if (ledger.startedEmpty) ledger.write(JOURNAL_HEADER);
  }

  override handle(event: RunEvent): void {
    this.ledger.write(formatEvent(event));
  }
}
