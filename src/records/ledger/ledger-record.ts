import type { RunEvent, RunRecord } from "../../domain/events.ts";
import type { Ledger } from "./ledger.ts";

/** A record that is a ledger: a line for each event that concerns it. */
export abstract class LedgerRecord implements RunRecord {
  protected readonly ledger: Ledger;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  abstract handle(event: RunEvent): void;

  /** @throws LedgerError when something could not be written. */
  commit(): void {
    this.ledger.commit();
  }

  /** @throws LedgerError when something could not be written, or not be brought to the disk. */
  close(): Promise<void> {
    return this.ledger.close();
  }

  get path(): string {
    return this.ledger.path;
  }

  /** Says what was dropped from the end of the file when it was opened. */
  get dropped(): string | undefined {
    return this.ledger.dropped;
  }

  /** Whether somebody had removed the file, or put another in its place, by the time it was closed. */
  get isGone(): boolean {
    return this.ledger.isGone;
  }

  /** The lines that are not in the file. */
  unwritten(): string {
    return this.ledger.unwritten();
  }
}
