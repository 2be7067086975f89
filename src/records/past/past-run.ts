import { existsSync } from "node:fs";
import { type Diagnostic, UserError } from "../../domain/errors.ts";
import type { KnownResults } from "../../domain/run-results.ts";
import type { WatchableRun } from "../../domain/watch.ts";
import { foreignLines } from "../ledger/foreign-lines.ts";
import type { RunState } from "../state/run-state.ts";
import { type Watched, WatchedRun } from "../state/watched-run.ts";
import { type LineCount, NAME_A_STATUS_FILE, refuseOther } from "../statusfile/line-reader.ts";
import { openStatusFile } from "../statusfile/open-status-file.ts";
import { StatusText } from "../statusfile/status-text.ts";
import { foldJournal, type JournaledState } from "./fold-journal.ts";
import { addStatusFile, foldStatusFile } from "./past-fold.ts";

/** The records of a run that is over, or whose driver is dead; of several runs that went on in the same files the last. */
export interface PastRecords {
  /** Path of the status file, also of one that disBatch has written. */
  readonly status: string;
  /** Path of the journal; undefined when there is none, or it is not to be read. */
  readonly journal?: string | undefined;
  /** DISBATCH_JOBID, for where the journal does not tell it. */
  readonly jobId: string;
}

/** A run as its records tell it, which are held open. */
export interface PastRun extends WatchableRun {
  /** Where it stood at its end; without a journal there are engines, one a node, whose slots are the most tasks that ran at once. */
  readonly state: RunState;
  /** Whether the journal has been read; without it nobody knows attempts, slots, and tasks that have no outcome. */
  readonly hasJournal: boolean;
  /** What came of its tasks. */
  readonly results: KnownResults;
  /** What of the records cannot be used. */
  readonly warnings: readonly Diagnostic[];
  close(): Promise<void>;
}

/**
 * Reads the records of a run, and gives way to others every few milliseconds meanwhile.
 *
 * @throws UserError `status-file-missing`, `status-file-unreadable`, `status-file-is-directory`, `no-status-file`. A journal that
 *   cannot be used is among the warnings.
 */
export async function openPastRun(records: PastRecords): Promise<PastRun> {
  const fd = openStatusFile(records.status);
  const file = new StatusText(() => fd);
  try {
    const warnings: Diagnostic[] = [];
    const journaled = await readJournalOf(records, warnings);
    const { state, count } =
      journaled === undefined
        ? await foldStatusFile(fd, records.status)
        : { state: journaled.state, count: await addStatusFile(journaled.state, fd, records.status) };
    refuseOther(records.status, count, NAME_A_STATUS_FILE);
    warnings.push(...foreignIn(records.status, count));
    return new RunOfRecords(records, file, { state, journaled, warnings });
  } catch (error) {
    file.close();
    throw error;
  }
}

interface Read {
  readonly state: RunState;
  readonly journaled: JournaledState | undefined;
  readonly warnings: readonly Diagnostic[];
}

class RunOfRecords extends WatchedRun implements PastRun {
  readonly state: RunState;
  readonly hasJournal: boolean;
  readonly warnings: readonly Diagnostic[];
  readonly #file: StatusText;

  constructor({ jobId }: PastRecords, file: StatusText, { state, journaled, warnings }: Read) {
    const { host = "", pid = 0 } = journaled?.driver ?? {};
    const identity = { jobId: journaled?.jobId ?? jobId, taskFile: journaled?.taskFile ?? "", host, pid };
    // What nobody writes any more stands still; all lines have their places already.
    const time = state.ended ?? journaled?.time ?? 0;
    super({ state, identity, file, toldFrom: 0, now: () => time } satisfies Watched);
    this.state = state;
    this.hasJournal = journaled !== undefined;
    this.warnings = warnings;
    this.#file = file;
  }

  close(): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}

async function readJournalOf({ journal }: PastRecords, warnings: Diagnostic[]): Promise<JournaledState | undefined> {
  if (journal === undefined || !existsSync(journal)) return undefined;
  try {
    return await foldJournal(journal, (warning) => void warnings.push(warning));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message } = error;
    const place = { file: journal, line: 1, column: 1 };
    warnings.push({ code, severity: "warning", place, message: `${message}; only the status file is read` });
    return undefined;
  }
}

function foreignIn(path: string, { foreign, firstForeign }: LineCount): Diagnostic[] {
  return foreign === 0 ? [] : [foreignLines("status file", path, firstForeign, foreign)];
}
