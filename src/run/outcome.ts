import type { Reporter, RunEnd } from "../domain/events.ts";
import type { RunOutcome } from "../core/driver/driver.ts";
import { LedgerError } from "../records/ledger/ledger-error.ts";
import type { LedgerReporter } from "../records/ledger/ledger-reporter.ts";
import type { RunCounts } from "../records/state/counts.ts";
import { StatusFileReporter } from "../records/statusfile/status-file-reporter.ts";

/** What came of a run. */
export interface Outcome {
  readonly reason: RunEnd;
  readonly counts: RunCounts;
  /** What was thrown when the source, a record or the start of engines failed; undefined when nothing was. */
  readonly error: unknown;
  /** The error came when the run was over already, and so no event has told of it. */
  readonly isErrorNew: boolean;
  /** The records have all that happened. */
  readonly isRecorded: boolean;
  /** The status file, and then the journal. */
  readonly records: readonly RecordLeft[];
}

/** A record as a run has left it. */
export interface RecordLeft {
  readonly type: "status" | "journal";
  readonly path: string;
  /** Lines that could not be written. */
  readonly unwritten: readonly string[];
  /** The file was removed, or replaced, while the run wrote to it. */
  readonly isGone: boolean;
}

/** What came of a run that has ended, once its records and observers have been closed. */
export async function closeReporters(
  reporters: readonly Reporter[],
  { reason, error: earlier }: RunOutcome,
  counts: RunCounts,
  ledgers: readonly LedgerReporter[],
): Promise<Outcome> {
  let error = earlier;
  for (const reporter of reporters) {
    try {
      await reporter.close?.();
    } catch (failure) {
      // That a record is not complete is what matters most.
      if (error === undefined || (failure instanceof LedgerError && !(error instanceof LedgerError))) error = failure;
    }
  }
  return {
    reason,
    counts,
    error,
    isErrorNew: error !== earlier,
    isRecorded: !(error instanceof LedgerError),
    records: ledgers.map(left),
  };
}

function left(ledger: LedgerReporter): RecordLeft {
  return {
    type: ledger instanceof StatusFileReporter ? "status" : "journal",
    path: ledger.path,
    unwritten: ledger.unwritten().split("\n").slice(0, -1),
    isGone: ledger.isGone,
  };
}
