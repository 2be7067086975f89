import { statSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import type { EngineTerms } from "../domain/engine-terms.ts";
import { describeError, UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { Driver, type DriverOptions } from "../core/driver/driver.ts";
import { type Ports, Reception } from "../core/driver/reception.ts";
import { RefusedCalls } from "../core/driver/refused-calls.ts";
import { ContextLauncher } from "../places/launchers/context-launcher.ts";
import { LedgerError } from "../records/ledger/ledger-error.ts";
import { runClock } from "../node/process/run-clock.ts";
import { dropUndelivered, findUndelivered } from "../records/recovery/undelivered.ts";
import { clockWith } from "../faces/terminal/clock.ts";
import { RunCounts } from "../records/state/counts.ts";
import { type RunIdentity, snapshotOf } from "../records/state/snapshot.ts";
import { summary } from "../faces/terminal/summary.ts";
import type { Terminal } from "../faces/terminal/terminal.ts";
import { printable } from "../faces/terminal/text.ts";
import { type Contact, formatContact } from "../wire/contact.ts";
import type { RunCredentials } from "../wire/credentials.ts";
import { TASKS_MISSING } from "../tasks/sources/recovered.ts";
import { reachableAddresses } from "./addresses.ts";
import { attend } from "./attend.ts";
import { exitCodeOf } from "./exit-code.ts";
import { GoingOn } from "./going-on.ts";
import { LastWords } from "./last-words.ts";
import { openChosenLog, openRunLog } from "./log-files.ts";
import type { Options } from "./options.ts";
import { removeEarlierRun } from "./overwrite.ts";
import { poolScript, writePoolScript } from "./pool-script.ts";
import type { PreparedRun } from "./prepared-run.ts";
import type { Program } from "./program-name.ts";
import { bootId, formatRecovery, type Recovery } from "./recovery-file.ts";
import {
  closeObservers,
  closeRecords,
  openLedgers,
  makeLog,
  sayWhatIsGone,
  sayWhatStays,
  showUnwritten,
  terminalObservers,
} from "./reporting.ts";
import { SecretFile } from "./secret-file.ts";
import { jobToUse, makeStarters } from "./starters.ts";
import type { SlurmWarning } from "./submission.ts";

/** Seconds between TERM and KILL for tasks that have to end. */
const GRACE = 10;

/** Conducts a run from its first to its last moment. @throws UserError before anything has been run. */
export async function conduct(
  options: Options,
  program: Program,
  prepared: PreparedRun,
  terminal: Terminal,
): Promise<ExitCode> {
  const { files, earlier } = prepared;
  // It may be refused, and then nothing has been touched.
  const chosenLog = options.logfile === undefined ? undefined : openChosenLog(options.logfile);
  if (options.overwrite && !prepared.appending) removeEarlierRun(files, [options.taskFile, ...options.hostfile]);
  writePoolScript(files.util, poolScript(program.command, files.contact));
  const log = makeLog(chosenLog ?? openRunLog(files.log), options, files, terminal);
  const driverProcess = { node: hostname(), pid: process.pid };
  const counts = earlier?.counts ?? new RunCounts();
  const now = runClock({ notBefore: counts.started });
  const ledgers = openLedgers(options, files, prepared.appending, driverProcess, now);
  const sizes = { statusFrom: sizeOf(files.status), journalFrom: sizeOf(files.journal) };
  for (const note of prepared.notes) terminal.message(`disbatch: ${note}`);
  const credentials = earlier === undefined ? makeCredentials() : Promise.resolve(earlier.recovery.credentials);
  const clock = clockWith(now);
  for (const message of [...(prepared.dropped ?? []), ...ledgers.flatMap(({ dropped }) => dropped ?? [])])
    log.observe({ type: "warning", time: now(), message });
  const observers = [log, ...terminalObservers(options, counts, clock, terminal, files.util)];
  const goingOn = new GoingOn(program, prepared, options);
  const traces = new Traces(program, prepared, sizes, goingOn, terminal);
  const warn = (message: string): void => terminal.message(`disbatch: warning: ${message}`);
  const contact = new SecretFile(files.contact, (why) => {
    if (options.startupOnly) throw nobodyCanAdd(why);
    warn(`${why}: nobody can add engines to this run`);
  });
  let engineCertificate = "";
  credentials.then(({ engine }) => (engineCertificate = engine.certificate)).catch(() => undefined);
  const { useAddress } = options;
  const driver: Driver = new Driver({
    ...placesOf(options, program, prepared, terminal, (message) => driver.note(message)),
    ...{ source: prepared.source, records: ledgers, state: counts, observers },
    ...{ jobId: files.jobId, taskFileName: prepared.taskFileName, host: hostname(), pid: process.pid },
    openSwitchboard: (accept, warning) => {
      const refused = new RefusedCalls(warning);
      const own = {
        ...{ credentials, host: hostname(), addresses: reachableAddresses(networkInterfaces()) },
        ...(useAddress === undefined ? {} : { useAddress }),
        // The next one to help a run in a Slurm job is likely to be on the login node, or on one of another job.
        open: options.startupOnly || useAddress !== undefined || prepared.slurm !== undefined,
        ports: earlier?.recovery.ports ?? {},
        onPorts: (ports: Ports) => void credentials.then((made) => traces.leave(made, ports)),
        onContact: (where: Contact) => contact.write(formatContact(where)),
        onRefused: (from: string, why: string, callers: number) => refused.note(from, why, callers),
        onWarning: warning,
      };
      return new Reception(own, accept);
    },
    snapshot: () => snapshotOf(counts, identityOf(prepared), now()),
    environment: prepared.environment,
    waitForEngines: options.waitForEngines,
    ...{ lease: options.lease, crashLimit: options.crashLimit, engineRestarts: options.engineRestarts },
    ...(options.drainTimeout === undefined ? {} : { drainTimeout: options.drainTimeout }),
    failFast: options.failFast,
    grace: GRACE,
    now,
    undelivered: (engineId) =>
      findUndelivered({
        ...{ prefix: files.prefix, certificate: engineCertificate, isWanted: (id) => id === engineId },
        warning: ({ message }) => warn(printable(message)),
      }).flatMap(({ results }) => results),
    ...(prepared.hold === undefined ? {} : { hold: prepared.hold }),
    ...(earlier?.run === undefined ? {} : { earlier: earlier.run }),
  });
  const { minTimeLeft } = options;
  const warned = (warning: SlurmWarning): void => goingOn.noteWarning(warning);
  const stopAttending = attend(driver, { slurm: prepared.slurm, minTimeLeft, env: process.env, warned });
  const outcome = await driver.run().finally(() => sayWhatStays(contact.remove(), terminal));
  const failure = await closeRecords(ledgers, outcome);
  await closeObservers(observers, terminal);
  const isListShort = outcome.error instanceof UserError && outcome.error.code === TASKS_MISSING;
  await traces.remove(isListShort);
  if (outcome.reason === "done") {
    const engineIds = new Set(counts.engines.map(({ engine }) => engine.id));
    for (const why of dropUndelivered(files.prefix, engineIds)) sayWhatStays(why, terminal);
  }
  stopAttending();
  const isRecorded = !(failure instanceof LedgerError);
  for (const line of summary(counts, {
    width: process.stderr.isTTY ? terminal.width : undefined,
    statusFile: files.status,
    ...goingOn.afterEnd({ reason: outcome.reason, counts, isRecorded }),
  })) {
    terminal.message(line);
  }
  showUnwritten(ledgers, terminal);
  sayWhatIsGone(ledgers, files, terminal);
  // What failed during the run was said when it did.
  if (failure !== undefined && failure !== outcome.error) terminal.message(`disbatch: ${describeError(failure)}`);
  const anyFailed = counts.failed + counts.skippedFailed + counts.perEngineFailed > 0;
  if (failure instanceof LedgerError || (failure !== undefined && outcome.reason === "done")) return EXIT.unfinished;
  return exitCodeOf(outcome.reason, anyFailed, options.exitCode, failure);
}

/** Loaded late, and made while the engines start: it is what takes longest. */
function makeCredentials(): Promise<RunCredentials> {
  const credentials = import("../wire/credentials.ts").then(({ createRunCredentials }) => createRunCredentials());
  credentials.catch(() => undefined);
  return credentials;
}

/** What a run leaves behind while it goes on, for the case that its driver dies: a file, and somebody to speak of it. */
class Traces {
  readonly #file: SecretFile;
  readonly #recovery: Omit<Recovery, "credentials" | "ports">;
  readonly #words: string;
  readonly #terminal: Terminal;
  #lastWords: LastWords | undefined;
  #removed = false;

  constructor(
    { args }: Program,
    { files, earlier, environment, slurm }: PreparedRun,
    sizes: Pick<Recovery, "statusFrom" | "journalFrom">,
    goingOn: GoingOn,
    terminal: Terminal,
  ) {
    this.#terminal = terminal;
    this.#file = new SecretFile(files.recovery, (why) =>
      terminal.message(
        `disbatch: warning: ${why}: should the driver die, --recover will not work; then resume with -r ${files.status}`,
      ),
    );
    const here = { host: hostname(), pid: process.pid, bootId: bootId() };
    const job = slurm === undefined ? {} : { slurmJob: slurm.job.id };
    this.#recovery = earlier?.recovery ?? { args, cwd: process.cwd(), ...here, ...sizes, environment, ...job };
    this.#words = `disbatch: the driver was killed, and nothing is lost; ${goingOn.afterDeath()}`;
  }

  leave(credentials: RunCredentials, ports: Recovery["ports"]): void {
    if (this.#removed) return;
    this.#file.write(formatRecovery({ ...this.#recovery, credentials, ports }));
    // What they advise takes that file.
    if (this.#file.isWritten) this.#lastWords ??= new LastWords(this.#words);
  }

  /** @param stays the run can be recovered all the same. */
  async remove(stays: boolean): Promise<void> {
    this.#removed = true;
    if (!stays) sayWhatStays(this.#file.remove(), this.#terminal);
    await this.#lastWords?.withdraw();
  }
}

type Places = Pick<DriverOptions, "launchers" | "contextDefaults">;

/** Where tasks are to run, now and later. */
function placesOf(
  options: Options,
  { command }: Program,
  { contexts, workdir, files, slurm }: PreparedRun,
  terminal: Terminal,
  note: (message: string) => void,
): Places {
  const { tasksPerNode, cpusPerTask } = options;
  const terms = termsOf(options, workdir, files.prefix);
  const starters = makeStarters({
    ...{ terms, command, ssh: options, env: process.env, callsFrom: "here" },
    ...(slurm === undefined ? {} : { slurm: jobToUse(slurm, options, note) }),
    say: (message) => terminal.message(`disbatch: ${message}`),
  });
  return {
    launchers: contexts.map((context) => new ContextLauncher(context, starters)),
    contextDefaults: {
      terms,
      ...(tasksPerNode === undefined ? {} : { tasksPerNode }),
      ...(cpusPerTask === undefined ? {} : { cpusPerTask }),
    },
  };
}

/** What the command line says to all engines. */
function termsOf(options: Options, cwd: string, prefix: string): EngineTerms {
  return {
    resources: options.envResource,
    cwd,
    prefix,
    threadEnv: options.threadEnv,
    logLevel: options.loglevel,
    logFormat: options.logFormat,
    lease: options.lease,
    onDriverLost: options.onDriverLost,
    drainTimeout: options.drainTimeout,
  };
}

/** A run without engines of its own can do nothing. */
function nobodyCanAdd(why: string): UserError {
  const message = `${why}: nobody can add engines to this run, and it has none of its own`;
  return new UserError("contact-failed", message, { exitCode: EXIT.unfinished });
}

function identityOf({ files, source }: PreparedRun): RunIdentity {
  return { jobId: files.jobId, taskFile: source.name, host: hostname(), pid: process.pid };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
