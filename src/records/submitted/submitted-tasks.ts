import { LedgerRecord } from "../ledger/ledger-record.ts";

/**
 * The lines that were submitted to a run, as a task file: what is acknowledged stands here. What could not be written is refused
 * to whoever has submitted it, and does not come later.
 */
export class SubmittedTasks extends LedgerRecord {
  /** What the first write failed of that could not be done; from then on the run ends. */
  #failure: unknown;

  /** Events are no lines. */
  handle(): void {}

  /** Takes a line, without its newline; it is in the file after the next `commit`. */
  writeBytes(line: Uint8Array): void {
    this.ledger.writeBytes(line);
  }

  /** @throws LedgerError also when an earlier one could not be done. */
  override commit(): void {
    try {
      if (this.#failure === undefined) return super.commit();
    } catch (error) {
      this.#failure = error;
    }
    this.ledger.dropHeld();
    throw this.#failure;
  }

  override async close(): Promise<void> {
    await super.close();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
