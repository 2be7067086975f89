import { existsSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { errnoText } from "../domain/system-error.ts";
import { LogFile } from "../faces/log/log-file.ts";
import { openChosenLog, openRunLog } from "../faces/log/log-files.ts";
import { Log, RunLog } from "../faces/log/log.ts";
import { Journal } from "../records/journal/journal.ts";
import { isWholeEntry } from "../records/journal/read.ts";
import type { LedgerRecord } from "../records/ledger/ledger-record.ts";
import { Ledger } from "../records/ledger/ledger.ts";
import { StatusFile } from "../records/statusfile/status-file.ts";
import { SubmittedTasks } from "../records/submitted/submitted-tasks.ts";
import type { OpenList } from "../tasks/sources/open-list.ts";
import { removeEarlierRun } from "./files/overwrite.ts";
import { type Begun, poolScript, writePoolScript } from "./files/pool-script.ts";
import type { RunFiles } from "./files/run-files.ts";
import type { OpenedWorkflow } from "./workflow/opened-workflow.ts";
import { type RunSettings, valueFiles } from "./settings.ts";

/** What a run writes while it goes on. */
export interface RunRecords {
  /** The status file, then the journal, and then the lines that are submitted, or the history of the workflow. */
  readonly ledgers: readonly LedgerRecord[];
  readonly log: RunLog;
  /** Sizes that the status file and the journal begin with, in bytes. */
  readonly statusFrom: number;
  readonly journalFrom: number;
}

export interface RecordsOptions {
  /** How this program is started. */
  readonly command: readonly string[];
  /** How the run was begun. */
  readonly begun: Begun;
  /** The files may be there already. */
  readonly appending: boolean;
  /** Where the run's tasks are submitted to: its lines are kept. */
  readonly list: OpenList | undefined;
  /** The document that its tasks come from. */
  readonly workflow: OpenedWorkflow | undefined;
  /** Unix time in seconds, by the clock of the run's events. */
  readonly now: () => number;
  /** Told where the line of a task's outcome begins in the status file, in bytes. */
  readonly onOutcome: (taskId: number, offset: number) => void;
  /** Told in one line when the log cannot be written any more. */
  readonly warn: (message: string) => void;
}

/**
 * Opens the files that a run writes while it goes on, and makes its dbUtil.sh; with `overwrite` those of an earlier run give way.
 *
 * @throws UserError when one cannot be made.
 */
export function openRecords(
  settings: RunSettings,
  files: RunFiles,
  { command, begun, appending, list, workflow, now, onOutcome, warn }: RecordsOptions,
): RunRecords {
  const { logfile, loglevel: logLevel, logFormat, overwrite, taskFile, hostfile } = settings;
  // It may be refused, and then nothing has been touched.
  const chosenLog = logfile === undefined ? undefined : openChosenLog(logfile);
  const document = taskFile ?? settings.workflow?.file;
  const read = [...(document === undefined ? [] : [document]), ...valueFiles(settings), ...hostfile];
  if (overwrite && !appending) removeEarlierRun(files, read);
  writePoolScript(files.util, poolScript(command, files.contact, begun));
  const file = new LogFile(chosenLog ?? openRunLog(files.log), (error) =>
    warn(`the log ${logfile ?? files.log} cannot be written: ${errnoText(error)}`),
  );
  const log = new RunLog(new Log(file, { logLevel, logFormat }));
  const ledgers = openLedgers(settings, files, { appending, list, workflow, now, onOutcome });
  return { ledgers, log, statusFrom: sizeOf(files.status), journalFrom: sizeOf(files.journal) };
}

/**
 * The run's ledgers; the status file first: it is what the user looks at.
 *
 * @throws UserError when they cannot be made; nothing that was made stays behind.
 */
function openLedgers(
  { statusHeader }: Pick<RunSettings, "statusHeader">,
  files: RunFiles,
  options: Pick<RecordsOptions, "appending" | "list" | "workflow" | "now" | "onOutcome">,
): readonly LedgerRecord[] {
  const { appending, list, workflow, now, onOutcome } = options;
  const open = (path: string, isWhole?: (line: string) => boolean): Ledger =>
    appending && existsSync(path) ? Ledger.append(path, { isWhole }) : Ledger.create(path);
  const driver = { node: hostname(), pid: process.pid };
  // First of all: whatever else is there then is this document's.
  const history = workflow?.openHistory(files.workflow);
  const status = new StatusFile(open(files.status), driver, { header: statusHeader, onOutcome });
  const made = [files.status];
  try {
    const journal = new Journal(open(files.journal, isWholeEntry), now);
    made.push(files.journal);
    workflow?.begun(sizeOf(files.status));
    if (history !== undefined) return [status, journal, history];
    if (list === undefined) return [status, journal];
    const tasks = new SubmittedTasks(open(files.tasks));
    list.keepIn(tasks);
    return [status, journal, tasks];
  } catch (error) {
    if (!appending) for (const path of made) rmSync(path, { force: true });
    throw error;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
