import type { Reporter, RunEvent } from "../domain/events.ts";
import { JOURNAL_HEADER } from "../journal/entry.ts";
import { formatEvent } from "../journal/format.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** Keeps the journal: every run event, as one line of JSON. */
export class JournalReporter implements Reporter {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    if (ledger.startedEmpty) ledger.write(JOURNAL_HEADER);
  }

  handle(event: RunEvent): void {
    this.#ledger.write(formatEvent(event));
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
