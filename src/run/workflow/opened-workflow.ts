import type { WorkflowEnd } from "../../domain/workflow-end.ts";
import type { LedgerRecord } from "../../records/ledger/ledger-record.ts";

/** The document of a run, opened: what the run knows of it beside its tasks. */
export interface OpenedWorkflow {
  /** Earlier runs of the prefix are gone on with, in their files. */
  readonly goesOn: boolean;
  /** What has come of it; asked when the run is over. */
  end(): WorkflowEnd;
  /** Opens its history, or makes it. @param path of it. @throws UserError when that cannot be. */
  openHistory(path: string): LedgerRecord;
  /**
   * The run has its other records: it has begun, unless it is one that is taken up again. What it grows by is kept from now on.
   *
   * @param statusFrom bytes that the status file begins with.
   * @throws LedgerError
   */
  begun(statusFrom: number): void;
  /** Its run is over: what its tasks were putting in place comes there or back, and nothing of that stays beside it. */
  settle(): Promise<void>;
}
