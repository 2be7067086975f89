import { existsSync, rmSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { basename } from "node:path";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { describeError, UserError } from "../domain/errors.ts";
import type { Reporter } from "../domain/events.ts";
import type { TaskSource } from "../domain/source.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";
import { Driver, type DriverOptions, type RunOutcome } from "../driver/driver.ts";
import { LedgerError } from "../ledger/ledger-error.ts";
import { Ledger } from "../ledger/ledger.ts";
import { ContextLauncher } from "../launchers/context-launcher.ts";
import { systemClock } from "../reporters/clock.ts";
import { RunCounts } from "../reporters/counts.ts";
import { JournalReporter } from "../reporters/journal.ts";
import type { LogLevel } from "../reporters/log-lines.ts";
import type { LedgerReporter } from "../reporters/ledger-reporter.ts";
import { LogReporter } from "../reporters/log.ts";
import { Messages } from "../reporters/messages.ts";
import { PlainProgress, ProgressBar, resolveProgressMode } from "../reporters/progress.ts";
import { type RunIdentity, snapshotOf } from "../reporters/snapshot.ts";
import { StatusFileReporter } from "../reporters/status-file.ts";
import { summary } from "../reporters/summary.ts";
import { Terminal } from "../reporters/terminal.ts";
import { reachableAddresses } from "./addresses.ts";
import { ContactFile } from "./contact-file.ts";
import { dryRun } from "./dry-run.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { Options } from "./options.ts";
import { poolScript, writePoolScript } from "./pool-script.ts";
import { type Preparation, prepare } from "./prepare.ts";
import { resumeCommand } from "./resume-command.ts";
import { chooseRunFiles, type RunFiles } from "./run-files.ts";
import { RunLock } from "./run-lock.ts";
import { hasTerminal, obeySignals } from "./signals.ts";
import { makeStarters } from "./starters.ts";

/** Seconds between TERM and KILL for tasks that have to end. */
const GRACE = 10;

/** This program, as it was started. */
export interface Program {
  /** How to start it again: a file and its first arguments. */
  readonly command: readonly [string, ...string[]];
  readonly args: readonly string[];
}

/** Runs a task file. @throws UserError before anything has been run. */
export async function run(options: Options, program: Program): Promise<ExitCode> {
  const terminal = new Terminal(process.stderr);
  const say = (message: string): void => terminal.message(`disbatch: ${message}`);
  const taskFileName = options.taskFile === "-" ? "stdin" : basename(options.taskFile);
  if (options.dryRun) {
    const files = chooseRunFiles(options.prefix, taskFileName, new Date());
    return showTasks((await prepare(options, process.env, files, say)).source);
  }
  const { files, lock } = reserveFiles(options.prefix, taskFileName);
  try {
    const prepared = await prepare(options, process.env, files, say);
    return await runPrepared(options, program, { ...prepared, files, taskFileName }, terminal);
  } finally {
    lock.release();
  }
}

/** From here on no other run uses these files. */
function reserveFiles(prefix: string | undefined, taskFileName: string): { files: RunFiles; lock: RunLock } {
  for (;;) {
    const files = chooseRunFiles(prefix, taskFileName, new Date());
    try {
      return { files, lock: new RunLock(files.lock, hostname()) };
    } catch (error) {
      // Somebody else has just taken the name, and the next choice will be another.
      if (!files.automatic || !(error instanceof UserError) || error.code !== "prefix-in-use") throw error;
    }
  }
}

interface PreparedRun extends Preparation {
  readonly files: RunFiles;
  /** Base name of the task file, or `stdin`. */
  readonly taskFileName: string;
}

async function runPrepared(
  options: Options,
  program: Program,
  prepared: PreparedRun,
  terminal: Terminal,
): Promise<ExitCode> {
  const { files } = prepared;
  writePoolScript(files.util, poolScript(program.command, files.contact));
  const log = openLog(options.logfile ?? files.log, options.loglevel, terminal);
  const ledgers = openLedgers(options, prepared);
  for (const note of prepared.notes) terminal.message(`disbatch: ${note}`);
  // Loaded late, and made while the engines start: it is what takes longest.
  const credentials = import("../wire/credentials.ts").then(({ createRunCredentials }) => createRunCredentials());
  credentials.catch(() => undefined);
  const counts = new RunCounts();
  const reporters = [...ledgers, counts, log, ...terminalReporters(options, counts, terminal, files.util)];
  const contact = new ContactFile(files.contact, (message) => terminal.message(`disbatch: warning: ${message}`));
  const driver = new Driver({
    ...placesOf(options, program, prepared, terminal),
    ...{ source: prepared.source, reporters, credentials },
    ...{ jobId: files.jobId, taskFileName: prepared.taskFileName },
    onContact: (where) => contact.write(where),
    snapshot: () => snapshotOf(counts, identityOf(prepared), systemClock.now()),
    environment: prepared.environment,
    waitForEngines: options.waitForEngines,
    failFast: options.failFast,
    grace: GRACE,
    now: () => systemClock.now(),
  });
  const ignoreSignals = obeySignals(driver, hasTerminal());
  const outcome = await driver.run().finally(() => contact.remove());
  const failure = await closeReporters(reporters, outcome);
  ignoreSignals();
  for (const line of summary(counts, {
    width: process.stderr.isTTY ? terminal.width : undefined,
    statusFile: files.status,
    resumeCommand: resumeCommand(program.args, files.status),
    retryCommand: resumeCommand(program.args, files.status, "-R"),
  })) {
    terminal.message(line);
  }
  showUnwritten(ledgers, terminal);
  // What failed during the run was said when it did.
  if (failure !== undefined && failure !== outcome.error) terminal.message(`disbatch: ${describeError(failure)}`);
  const anyFailed = counts.failed + counts.skippedFailed + counts.perEngineFailed > 0;
  if (failure instanceof LedgerError || (failure !== undefined && outcome.reason === "done")) return EXIT.unfinished;
  return exitCodeOf(outcome.reason, anyFailed, options.exitCode, failure);
}

type Places = Pick<DriverOptions, "launchers" | "contextDefaults" | "host" | "addresses" | "useAddress" | "open">;

/** Where tasks are to run, now and later, and how the run is called from there. */
function placesOf(options: Options, program: Program, prepared: PreparedRun, terminal: Terminal): Places {
  const { context, workdir, files } = prepared;
  const { envResource: resources, loglevel: logLevel, tasksPerNode, cpusPerTask, useAddress } = options;
  const settings = { resources, cwd: workdir, prefix: files.prefix, logLevel };
  const starters = makeStarters({
    ...{ settings, command: program.command, ssh: options, env: process.env, callsFrom: "here" },
    say: (message) => terminal.message(`disbatch: ${message}`),
  });
  return {
    launchers: context === undefined ? [] : [new ContextLauncher(context, starters)],
    contextDefaults: {
      ...settings,
      ...(tasksPerNode === undefined ? {} : { tasksPerNode }),
      ...(cpusPerTask === undefined ? {} : { cpusPerTask }),
    },
    host: hostname(),
    addresses: reachableAddresses(networkInterfaces()),
    ...(useAddress === undefined ? {} : { useAddress }),
    open: options.startupOnly || useAddress !== undefined,
  };
}

function identityOf({ files, source }: PreparedRun): RunIdentity {
  return { jobId: files.jobId, taskFile: source.name, host: hostname(), pid: process.pid };
}

/** The status file first: it is what the user looks at. */
function openLedgers(options: Options, { files, appending }: PreparedRun): readonly LedgerReporter[] {
  const open = (path: string): Ledger => (appending && existsSync(path) ? Ledger.append(path) : Ledger.create(path));
  const driver = { node: hostname(), pid: process.pid };
  const status = new StatusFileReporter(open(files.status), driver, { header: options.statusHeader });
  try {
    return [status, new JournalReporter(open(files.journal))];
  } catch (error) {
    // Nothing has been run: nothing stays behind.
    if (!appending) rmSync(files.status, { force: true });
    throw error;
  }
}

function openLog(file: string, level: LogLevel, terminal: Terminal): LogReporter {
  const onFailure = (error: Error): void =>
    terminal.message(`disbatch: warning: the log ${file} cannot be written: ${errnoText(error)}`);
  return new LogReporter({ file, level, onFailure });
}

function terminalReporters(options: Options, counts: RunCounts, terminal: Terminal, utility: string): Reporter[] {
  const { env, stderr } = process;
  const reporters: Reporter[] = [new Messages(terminal, counts, utility)];
  const clock = systemClock;
  const mode = resolveProgressMode(options.progress, { isTTY: stderr.isTTY, term: env["TERM"] });
  const colour = stderr.isTTY && (env["NO_COLOR"] ?? "") === "";
  if (mode === "bar") reporters.push(new ProgressBar({ counts, terminal, clock, colour }));
  if (mode === "plain") reporters.push(new PlainProgress({ counts, terminal, clock }));
  return reporters;
}

/** @returns what went wrong, in the run or now. */
async function closeReporters(reporters: readonly Reporter[], outcome: RunOutcome): Promise<unknown> {
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

/** What could not be written down is shown, so that it is not lost. */
function showUnwritten(ledgers: readonly LedgerReporter[], terminal: Terminal): void {
  for (const ledger of ledgers) {
    const lines = ledger.unwritten();
    if (lines === "") continue;
    terminal.message(`disbatch: these lines could not be written to ${ledger.path}; add them to it before you resume:`);
    terminal.message(lines.trimEnd());
  }
}

/** A reader that has seen enough, such as `head`, ends it well. */
async function showTasks(source: TaskSource): Promise<ExitCode> {
  try {
    await dryRun(source, writeOut);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    if (errnoOf(error) !== "EPIPE") {
      const message = `cannot write to standard output: ${errnoText(error)}`;
      throw new UserError("output-failed", message, { exitCode: EXIT.unfinished, cause: error });
    }
  } finally {
    await source.close();
  }
  return EXIT.done;
}

function writeOut(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}
