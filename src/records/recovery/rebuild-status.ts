import { randomBytes } from "node:crypto";
import { renameSync, rmSync, statSync } from "node:fs";
import type { Diagnostic } from "../../domain/errors.ts";
import { readJournal } from "../journal/read.ts";
import { Ledger } from "../ledger/ledger.ts";
import { formatRecord } from "../statusfile/format.ts";
import { HEADER_LINE } from "../statusfile/record.ts";
import { recordOf } from "../statusfile/record-of.ts";
import type { RunRecords } from "./recover-run.ts";
import { RunFold } from "./run-fold.ts";

/** What a status file is made of. */
interface Rebuilding extends Pick<RunRecords, "status" | "statusHeader" | "journal" | "driver"> {
  /** Lines of the journal that do not begin before it, in bytes, are not of interest; all are when it is left out. */
  readonly before?: number;
  /** Told of lines of the journal that are none. */
  readonly onWarning: (warning: Diagnostic) => void;
  /** Called when the file is whole, and has not got its name yet. @param size in bytes. */
  readonly whole?: (size: number) => void;
}

/** Lines that are held before they are written. */
const BATCH = 1000;

/** No status file says anything of any task. */
const NOTHING = { now: () => false, before: () => false };

/**
 * Makes a status file anew that is gone, from its journal, which may hold several runs. The lines of tasks that were skipped are
 * not among its lines: the journal does not have their outcomes, but the status files do that those runs resumed from.
 *
 * @returns how many tasks were skipped and have no line.
 * @throws UserError when the journal cannot be read or is none, LedgerError when the file cannot be written; then there is none.
 */
export async function rebuildStatusFile(what: Rebuilding): Promise<number> {
  // Nobody can know the name beforehand.
  const made = `${what.status}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  const ledger = Ledger.create(made);
  let skipped = 0;
  try {
    try {
      skipped = writeLines(what, ledger);
    } finally {
      await ledger.close();
    }
    what.whole?.(statSync(made).size);
    renameSync(made, what.status);
    return skipped;
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
}

/** @returns how many tasks were skipped and have no line. */
function writeLines({ statusHeader, journal, before, driver, onWarning }: Rebuilding, ledger: Ledger): number {
  if (statusHeader) ledger.write(HEADER_LINE);
  let fold = new RunFold(NOTHING);
  let writer = driver;
  let held = 0;
  const skipped = new Set<number>();
  const finished = new Set<number>();
  for (const entry of readJournal(journal, onWarning, { to: before ?? Infinity })) {
    if (entry.type === "run-started") fold = new RunFold(NOTHING);
    if (entry.type === "run-recovered") writer = { node: entry.host, pid: entry.pid };
    if (entry.type === "task-skipped") skipped.add(entry.taskId);
    const event = fold.take(entry);
    if (event?.type === "task-finished") finished.add(event.task.id);
    const record = event === undefined ? undefined : recordOf(event, writer);
    if (record === undefined) continue;
    ledger.write(formatRecord(record));
    if (++held % BATCH === 0) ledger.commit();
  }
  for (const id of finished) skipped.delete(id);
  return skipped.size;
}
