import { existsSync, rmSync } from "node:fs";
import type { Reporter } from "../domain/events.ts";
import { shellWords } from "../domain/shell-words.ts";
import { errnoText } from "../domain/system-error.ts";
import type { RunOutcome } from "../core/driver/driver.ts";
import { isWholeEntry } from "../records/journal/read.ts";
import { LedgerError } from "../records/ledger/ledger-error.ts";
import { Ledger } from "../records/ledger/ledger.ts";
import type { Clock } from "../faces/terminal/clock.ts";
import type { RunCounts } from "../records/state/counts.ts";
import { JournalReporter } from "../records/journal/journal-reporter.ts";
import type { LedgerReporter } from "../records/ledger/ledger-reporter.ts";
import { LogFile } from "../faces/log/log-file.ts";
import { Log, LogReporter } from "../faces/log/log.ts";
import { Messages } from "../faces/terminal/messages.ts";
import { PlainProgress, ProgressBar, resolveProgressMode } from "../faces/terminal/progress.ts";
import { StatusFileReporter } from "../records/statusfile/status-file-reporter.ts";
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
): readonly LedgerReporter[] {
  const open = (path: string, isWhole?: (line: string) => boolean): Ledger =>
    appending && existsSync(path) ? Ledger.append(path, { isWhole }) : Ledger.create(path);
  const status = new StatusFileReporter(open(files.status), driver, { header: statusHeader });
  try {
    return [status, new JournalReporter(open(files.journal, isWholeEntry), now)];
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
): LogReporter {
  const path = logfile ?? files.log;
  const file = new LogFile(fd, (error) =>
    terminal.message(`disbatch: warning: the log ${path} cannot be written: ${errnoText(error)}`),
  );
  return new LogReporter(new Log(file, { logLevel, logFormat }));
}

/** What the user sees meanwhile. @param utility the program that adds engines to this run. */
export function terminalReporters(
  options: Pick<Options, "progress">,
  counts: RunCounts,
  clock: Clock,
  terminal: Terminal,
  utility: string,
): Reporter[] {
  const { env, stderr } = process;
  const reporters: Reporter[] = [new Messages(terminal, counts, utility)];
  const mode = resolveProgressMode(options.progress, { isTTY: stderr.isTTY, term: env["TERM"] });
  const colour = stderr.isTTY && (env["NO_COLOR"] ?? "") === "";
  if (mode === "bar") reporters.push(new ProgressBar({ counts, terminal, clock, colour }));
  if (mode === "plain") reporters.push(new PlainProgress({ counts, terminal, clock }));
  return reporters;
}

/** @returns what went wrong, in the run or now. */
export async function closeReporters(reporters: readonly Reporter[], outcome: RunOutcome): Promise<unknown> {
  let failure = outcome.error;
  for (const reporter of reporters) {
    try {
      await reporter.close?.();
    } catch (error) {
      // That a record is not complete is what matters most.
      if (failure === undefined || (error instanceof LedgerError && !(failure instanceof LedgerError))) failure = error;
    }
  }
  return failure;
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
export function sayWhatIsGone(ledgers: readonly LedgerReporter[], { prefix }: RunFiles, terminal: Terminal): void {
  const gone = ledgers.filter((ledger) => ledger.isGone);
  for (const { path } of gone) {
    terminal.message(`disbatch: warning: ${path} was removed, or replaced, while this run wrote to it`);
  }
  const [first] = gone;
  if (gone.length !== 1 || !(first instanceof StatusFileReporter)) return;
  const how = `move away what stands there now, if anything, and use --recover ${shellWords([prefix])}`;
  terminal.message(`disbatch: to make it anew from the journal, ${how}`);
}

/**
 * What could not be written down. Lines of the status file are shown in a form that adds them when it is pasted, so that their tasks
 * are not run once more; the journal's are not, since nothing is gone on with from it when the run has ended.
 */
export function showUnwritten(ledgers: readonly LedgerReporter[], terminal: Terminal): void {
  for (const ledger of ledgers) {
    const lines = ledger.unwritten().split("\n").slice(0, -1);
    if (lines.length === 0) continue;
    if (ledger instanceof StatusFileReporter) {
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
