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
  /**
   * Keeps from now on what the workflow grows by; and that the run has begun, unless it is one that is taken up again.
   *
   * @param path of the history.
   * @param statusFrom bytes that the status file begins with.
   * @throws UserError when the history cannot be written.
   */
  keepIn(path: string, statusFrom: number): LedgerRecord;
}
