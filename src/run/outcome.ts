import { describeError } from "../domain/errors.ts";
import type { RunEnd, RunObserver } from "../domain/events.ts";
import type { DriverOutcome } from "../core/driver/options.ts";
import { LedgerError } from "../records/ledger/ledger-error.ts";
import type { LedgerRecord } from "../records/ledger/ledger-record.ts";
import type { RunState } from "../records/state/run-state.ts";
import { StatusFile } from "../records/statusfile/status-file.ts";
import { SubmittedTasks } from "../records/submitted/submitted-tasks.ts";

/** What came of a run. */
export interface RunOutcome {
  readonly reason: RunEnd;
  readonly counts: RunState;
  /** What was thrown when the source, a record or the start of engines failed; undefined when nothing was. */
  readonly error: unknown;
  /** The error came when the run was over already, and so no event has told of it. */
  readonly isErrorNew: boolean;
  /** The records have all that happened. */
  readonly isRecorded: boolean;
  /** The status file, then the journal, and then the lines that were submitted, or the history of the workflow. */
  readonly records: readonly RecordLeft[];
}

/** A record as a run has left it. */
export interface RecordLeft {
  readonly type: "status" | "journal" | "tasks" | "history";
  readonly path: string;
  /** Lines that could not be written. */
  readonly unwritten: readonly string[];
  /** The file was removed, or replaced, while the run wrote to it. */
  readonly isGone: boolean;
}

const HISTORY_ENDING = "_workflow.jsonl";

/** A ledger as far as its end goes. */
type ClosingLedger = Pick<LedgerRecord, "path" | "isGone" | "close" | "unwritten">;

/** What came of a run that has ended, once its records have been closed. */
export async function closeRecords(
  ledgers: readonly ClosingLedger[],
  { reason, error: earlier }: DriverOutcome,
  counts: RunState,
): Promise<RunOutcome> {
  let error = earlier;
  for (const record of ledgers) {
    try {
      await record.close();
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

/** What came of a run in which something went wrong that no event has told of. */
export function withLateError(outcome: RunOutcome, error: unknown): RunOutcome {
  return error === undefined || outcome.error !== undefined ? outcome : { ...outcome, error, isErrorNew: true };
}

/** Has everybody who looked on finish, all at once; the run is over, so what fails now is only said. */
export async function closeObservers(observers: readonly RunObserver[], say: (message: string) => void): Promise<void> {
  await Promise.all(observers.map((observer) => closeObserver(observer, say)));
}

async function closeObserver(observer: RunObserver, say: (message: string) => void): Promise<void> {
  try {
    await observer.close?.();
  } catch (error) {
    say(`warning: ${observer.name} has not been finished: ${describeError(error)}`);
  }
}

function typeOf(ledger: ClosingLedger): RecordLeft["type"] {
  if (ledger instanceof StatusFile) return "status";
  if (ledger instanceof SubmittedTasks) return "tasks";
  // The class of the history is loaded late.
  return ledger.path.endsWith(HISTORY_ENDING) ? "history" : "journal";
}

function left(ledger: ClosingLedger): RecordLeft {
  return {
    type: typeOf(ledger),
    path: ledger.path,
    unwritten: ledger.unwritten().split("\n").slice(0, -1),
    isGone: ledger.isGone,
  };
}
