import type { TemplateTally } from "../../domain/instance-state.ts";
import type { LedgerRecord } from "../../records/ledger/ledger-record.ts";

/** The document of a run, opened: what the run knows of it beside its tasks. */
export interface OpenedWorkflow {
  /** Earlier runs of the prefix are gone on with, in their files. */
  readonly goesOn: boolean;
  /** How many instances of each template stand where. */
  tally(): readonly TemplateTally[];
  /** Whether failures of the template's instances are the user's to know of, and no more. */
  isAllowedToFail(template: string): boolean;
  /** Opens its history, or makes it. @param path of it. @throws UserError when that cannot be. */
  openHistory(path: string): LedgerRecord;
  /**
   * The run has its other records: it has begun, unless it is one that is taken up again. What it grows by is kept from now on.
   *
   * @param statusFrom bytes that the status file begins with.
   * @throws LedgerError
   */
  begun(statusFrom: number): void;
}
