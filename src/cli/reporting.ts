import { existsSync, rmSync } from "node:fs";
import type { RunObserver, RunRecord } from "../domain/events.ts";
import { describeError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import { errnoText } from "../domain/system-error.ts";
import type { RunOutcome } from "../core/driver/driver.ts";
import { isWholeEntry } from "../records/journal/read.ts";
import { LedgerError } from "../records/ledger/ledger-error.ts";
import { Ledger } from "../records/ledger/ledger.ts";
import type { Clock } from "../faces/terminal/clock.ts";
import type { RunCounts } from "../records/state/counts.ts";
import { Journal } from "../records/journal/journal.ts";
import type { LedgerRecord } from "../records/ledger/ledger-record.ts";
import { LogFile } from "../faces/log/log-file.ts";
import { Log, RunLog } from "../faces/log/log.ts";
import { Messages } from "../faces/terminal/messages.ts";
import { PlainProgress, ProgressBar, resolveProgressMode } from "../faces/terminal/progress.ts";
import { StatusFile } from "../records/statusfile/status-file.ts";
import type { Terminal } from "../faces/terminal/terminal.ts";
import { plural } from "../faces/terminal/text.ts";
import type { DriverProcess } from "../records/statusfile/record-of.ts";
import type { Options } from "./options.ts";
import type { RunFiles } from "./run-files.ts";

/**
 * The run's records; the status file first: it is what the user looks at.
 *
 * @param appending they may be there already.
 * @param now Unix time in seconds, by the clock of the run's events.
 * @throws UserError when they cannot be made; nothing that was made stays behind.
 */
export function openLedgers(
  { statusHeader }: Pick<Options, "statusHeader">,
  files: RunFiles,
  appending: boolean,
  driver: DriverProcess,
  now: () => number,
): readonly LedgerRecord[] {
  const open = (path: string, isWhole?: (line: string) => boolean): Ledger =>
    appending && existsSync(path) ? Ledger.append(path, { isWhole }) : Ledger.create(path);
  const status = new StatusFile(open(files.status), driver, { header: statusHeader });
  try {
    return [status, new Journal(open(files.journal, isWholeEntry), now)];
  } catch (error) {
    if (!appending) rmSync(files.status, { force: true });
    throw error;
  }
}

/** The driver's log. @param fd where it is written to. */
export function makeLog(
  fd: number,
  { logfile, loglevel: logLevel, logFormat }: Pick<Options, "logfile" | "loglevel" | "logFormat">,
  files: RunFiles,
  terminal: Terminal,
): RunLog {
  const path = logfile ?? files.log;
  const file = new LogFile(fd, (error) =>
    terminal.message(`disbatch: warning: the log ${path} cannot be written: ${errnoText(error)}`),
  );
  return new RunLog(new Log(file, { logLevel, logFormat }));
}

/** What the user sees meanwhile. @param utility the program that adds engines to this run. */
export function terminalObservers(
  options: Pick<Options, "progress">,
  counts: RunCounts,
  clock: Clock,
  terminal: Terminal,
  utility: string,
): RunObserver[] {
  const { env, stderr } = process;
  const observers: RunObserver[] = [new Messages(terminal, counts, utility)];
  const mode = resolveProgressMode(options.progress, { isTTY: stderr.isTTY, term: env["TERM"] });
  const colour = stderr.isTTY && (env["NO_COLOR"] ?? "") === "";
  if (mode === "bar") observers.push(new ProgressBar({ counts, terminal, clock, colour }));
  if (mode === "plain") observers.push(new PlainProgress({ counts, terminal, clock }));
  return observers;
}

/** @returns what went wrong, in the run or now. */
export async function closeRecords(records: readonly RunRecord[], outcome: RunOutcome): Promise<unknown> {
  let failure = outcome.error;
  for (const record of records) {
    try {
      await record.close();
    } catch (error) {
      // That a record is not complete is what matters most.
      if (failure === undefined || (error instanceof LedgerError && !(failure instanceof LedgerError))) failure = error;
    }
  }
  return failure;
}

/** Has everybody who looked on finish; the run is over, so what fails now is only said. */
export async function closeObservers(observers: readonly RunObserver[], terminal: Terminal): Promise<void> {
  for (const observer of observers) {
    try {
      await observer.close?.();
    } catch (error) {
      terminal.message(`disbatch: warning: ${observer.name} has not been finished: ${describeError(error)}`);
    }
  }
}

/** A file of the run that has served its time and could not be removed is no reason to fail. @param why none: it is gone. */
export function sayWhatStays(why: string | undefined, terminal: Terminal): void {
  if (why !== undefined)
    terminal.message(`disbatch: warning: ${why}; it is not needed any more: remove it when you can`);
}

/**
 * A record that was taken away while the run wrote to it has lost what the run has done. A status file can be made anew as long
 * as the journal is there.
 */
export function sayWhatIsGone(ledgers: readonly LedgerRecord[], { prefix }: RunFiles, terminal: Terminal): void {
  const gone = ledgers.filter((ledger) => ledger.isGone);
  for (const { path } of gone) {
    terminal.message(`disbatch: warning: ${path} was removed, or replaced, while this run wrote to it`);
  }
  const [first] = gone;
  if (gone.length !== 1 || !(first instanceof StatusFile)) return;
  const how = `move away what stands there now, if anything, and use --recover ${shellWords([prefix])}`;
  terminal.message(`disbatch: to make it anew from the journal, ${how}`);
}

/**
 * What could not be written down. Lines of the status file are shown in a form that adds them when it is pasted, so that their tasks
 * are not run once more; the journal's are not, since nothing is gone on with from it when the run has ended.
 */
export function showUnwritten(ledgers: readonly LedgerRecord[], terminal: Terminal): void {
  for (const ledger of ledgers) {
    const lines = ledger.unwritten().split("\n").slice(0, -1);
    if (lines.length === 0) continue;
    if (ledger instanceof StatusFile) {
      const what = `${plural(lines.length, "line")} could not be written to ${ledger.path}`;
      terminal.message(`disbatch: ${what}; lest their tasks are run again, add them when there is room, in bash:`);
      terminal.message(`printf '%s\\n' ${shellWords(lines)} >> ${shellWords([ledger.path])}`);
    } else {
      terminal.message(
        `disbatch: ${ledger.path} lacks its last ${plural(lines.length, "line")}; resuming does not need them`,
      );
    }
  }
}
