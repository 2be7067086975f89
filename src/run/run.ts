import type { TaskResult } from "../domain/result.ts";
import { hostname, networkInterfaces } from "node:os";
import { UserError } from "../domain/errors.ts";
import type { FinishedTask } from "../domain/finished-task.ts";
import type { RunEnd, RunObserver } from "../domain/events.ts";
import { listedTallies } from "../domain/instance-state.ts";
import { printable } from "../domain/printable.ts";
import type { WorkflowEnd } from "../domain/workflow-end.ts";
import type { RunResults } from "../domain/run-results.ts";
import { Driver } from "../core/driver/driver.ts";
import type { DriverOptions } from "../core/driver/options.ts";
import { type Ports, Reception, type ReceptionOptions } from "../core/pool/reception.ts";
import { RefusedCalls } from "../core/pool/refused-calls.ts";
import { openOwnFile } from "../files/own-file.ts";
import { SecretFile } from "../files/secret-file.ts";
import { runClock } from "../node/process/run-clock.ts";
import { ContextLauncher } from "../places/launchers/context-launcher.ts";
import type { SlurmPlace } from "../places/slurm-place.ts";
import { jobToUse, makeStarters } from "../places/starters.ts";
import type { OutputStore } from "../records/output/output-store.ts";
import { FinishedTasks } from "../records/finished/finished-tasks.ts";
import { dropUndelivered, findUndelivered } from "../records/recovery/undelivered.ts";
import { ResultsOnRecord } from "../records/state/results-on-record.ts";
import { RunState } from "../records/state/run-state.ts";
import { type RunIdentity, snapshotOf } from "../records/state/snapshot.ts";
import { TaskInquiries } from "../records/state/task-inquiries.ts";
import { WatchedRun } from "../records/state/watched-run.ts";
import { StatusText } from "../records/statusfile/status-text.ts";
import { submittedAmong } from "../tasks/sources/list-marks.ts";
import type { OpenList } from "../tasks/sources/open-list.ts";
import { TASKS_MISSING } from "../tasks/sources/recovered.ts";
import { type Contact, formatContact } from "../wire/contact.ts";
import type { RunCredentials } from "../wire/credentials.ts";
import { reachableAddresses } from "./addresses.ts";
import { sayWhatStays } from "./files/leftover.ts";
import type { RunFiles } from "./files/run-files.ts";
import { closeObservers, closeRecords, type RunOutcome, withLateError } from "./outcome.ts";
import { openOutput } from "./output.ts";
import type { PreparedRun } from "./prepared-run.ts";
import type { Program } from "./program-name.ts";
import { openRecords, type RunRecords } from "./records.ts";
import { RecoveryTraces } from "./recovery-traces.ts";
import { engineTermsOf, haltOf, type RunSettings } from "./settings.ts";
import type { ObservedRun, Surroundings } from "./surroundings.ts";

/** Seconds between TERM and KILL for tasks that have to end. */
const GRACE = 10;

/** A run that goes on, from the moment that its records are open. */
export class Run implements ObservedRun {
  /** What came of it, once its records are complete. */
  readonly outcome: Promise<RunOutcome>;
  /** Resolves when it is over: everybody has been told of the outcome, as far as possible, and its files are free. */
  readonly over: Promise<void>;
  readonly settings: RunSettings;
  readonly counts: RunState;
  readonly now: () => number;
  /** Where it stands, and what can be asked of its tasks, until it is over. */
  readonly watch: WatchedRun;
  /** Tells programs what comes of tasks. */
  readonly finished: FinishedTasks;
  readonly #statusText: StatusText;
  readonly #prepared: PreparedRun;
  readonly #surroundings: Surroundings;
  readonly #records: RunRecords;
  readonly #credentials: Promise<RunCredentials>;
  readonly #contact: SecretFile;
  readonly #traces: RecoveryTraces;
  readonly #observers: readonly RunObserver[];
  readonly #notices: readonly RunObserver[];
  /** The key-value server's; they close with it. */
  readonly #keys: readonly RunObserver[];
  readonly #output: OutputStore | undefined;
  readonly #driver: Driver;
  /** PEM, once it has been made. */
  #engineCertificate = "";

  /**
   * Begins it.
   *
   * @param free called when nothing is done any more with its files.
   * @throws UserError when its files cannot be made; then nothing has been run.
   */
  constructor(settings: RunSettings, prepared: PreparedRun, surroundings: Surroundings, free: () => void) {
    const { files, earlier, appending } = prepared;
    const { program, say } = surroundings;
    this.settings = settings;
    this.#prepared = prepared;
    this.#surroundings = surroundings;
    this.counts = earlier?.state ?? new RunState();
    this.counts.expectedSkips = prepared.skips ?? 0;
    this.counts.expectedBySource = () => prepared.source.expected;
    this.counts.openList = prepared.list;
    this.now = runClock({ notBefore: this.counts.started });
    this.#records = openRecords(settings, files, {
      list: prepared.list,
      workflow: prepared.workflow,
      command: program.command,
      begun: { args: program.args, cwd: process.cwd() },
      appending,
      now: this.now,
      onOutcome: (id, offset) => this.counts.table.placeLine(id, offset),
      warn: (message) => this.#warn(message),
    });
    this.finished = new FinishedTasks(this.#records.ledgers, { node: hostname(), pid: process.pid });
    this.#statusText = new StatusText(() => openOwnFile(files.status, "others"));
    this.watch = new WatchedRun({
      state: this.counts,
      identity: this.#identity(),
      tally: () => prepared.source.tally?.(),
      now: this.now,
      file: this.#statusText,
      toldFrom: this.#records.statusFrom,
    });
    for (const note of prepared.notes) say(note);
    this.#credentials = earlier === undefined ? makeCredentials() : Promise.resolve(earlier.recovery.credentials);
    this.#credentials.then(({ engine }) => (this.#engineCertificate = engine.certificate)).catch(() => undefined);
    this.#contact = new SecretFile(files.contact, (why) => this.#noteUnwrittenContact(why));
    this.#traces = new RecoveryTraces(prepared, this.#records, surroundings, settings.name, () => this.#recoverable());
    const { ledgers } = this.#records;
    for (const message of [...(prepared.dropped ?? []), ...ledgers.flatMap(({ dropped }) => dropped ?? [])])
      this.noteWarning(message);
    this.#observers = surroundings.observers(this);
    this.#notices = surroundings.notices?.(this) ?? [];
    this.#keys = this.#serveKeys();
    this.#output = openOutput(settings, {
      path: files.output,
      goesOn: earlier !== undefined,
      warn: (message) => this.#driver.warn(message),
      now: this.now,
    });
    this.#driver = new Driver(this.#driverOptions());
    this.counts.waitsForRoom = () => this.#driver.waitsForRoom();
    const release = (): void => {
      this.#statusText.close();
      free();
    };
    this.outcome = this.#toItsEnd().catch((error: unknown) => {
      release();
      throw error;
    });
    void prepared.kvs?.takeTasks();
    this.over = this.outcome.then(() => this.#takeLeave().finally(release));
    // Whoever waits for the outcome is told that there is none.
    this.over.catch(() => undefined);
  }

  get program(): Program {
    return this.#surroundings.program;
  }

  get files(): RunFiles {
    return this.#prepared.files;
  }

  /** What more tasks can be submitted to, if there is any such list. That of a task server is fed by the server alone. */
  get list(): OpenList | undefined {
    return this.#prepared.programs === undefined ? this.#prepared.list : undefined;
  }

  get slurm(): SlurmPlace | undefined {
    return this.#prepared.slurm;
  }

  get isStream(): boolean {
    return this.#prepared.isStream;
  }

  get skips(): number | undefined {
    return this.#prepared.skips;
  }

  /** What has come of its document; undefined for a task file. */
  get workflowEnd(): WorkflowEnd | undefined {
    return this.#prepared.workflow?.end();
  }

  get keepsFailures(): boolean {
    return this.#output?.hasFailures === true;
  }

  /** What came of tasks and barriers that have finished, also when the run is over; those are missing whose lines cannot be read. */
  async recall(ids: readonly number[]): Promise<ReadonlyMap<number, FinishedTask>> {
    const file = new StatusText(() => openOwnFile(this.files.status, "others"));
    try {
      const tasks = new TaskInquiries(this.counts, file, this.#records.statusFrom);
      return await new ResultsOnRecord(this.counts, file, tasks).finished(ids);
    } finally {
      file.close();
    }
  }

  note(message: string): void {
    this.#records.log.observe({ type: "note", time: this.now(), message });
  }

  noteWarning(message: string): void {
    this.#records.log.observe({ type: "warning", time: this.now(), message });
  }

  /** Whether nothing new starts, whoever has wanted that. */
  get isDraining(): boolean {
    return this.#driver.isDraining;
  }

  /** Starts nothing new; what runs may finish. */
  drain(reason: RunEnd): void {
    this.#driver.drain(reason);
    if (this.counts.phase === "ended") this.#prepared.kvs?.hurry();
  }

  /** Ends what runs. @param grace seconds between TERM and KILL; less than the usual when in a hurry. */
  terminate(reason: RunEnd, grace?: number): void {
    this.#driver.terminate(reason, grace);
    if (this.counts.phase === "ended") this.#prepared.kvs?.hurry();
  }

  async #toItsEnd(): Promise<RunOutcome> {
    const { say } = this.#surroundings;
    const ended = await this.#driver.run().finally(() => sayWhatStays(this.#contact.remove(), say));
    await this.#prepared.workflow?.settle();
    const late = await this.#prepared.kvs?.close(ended.reason === "done");
    const outcome = withLateError(await closeRecords(this.#records.ledgers, ended, this.counts), late);
    await this.#output?.close();
    await closeObservers(this.#observers, say);
    const isListShort = ended.error instanceof UserError && ended.error.code === TASKS_MISSING;
    sayWhatStays(await this.#traces.remove(isListShort), say);
    if (ended.reason === "done") {
      const engineIds = new Set(this.counts.engines.map(({ engine }) => engine.id));
      for (const why of dropUndelivered(this.files.prefix, engineIds)) sayWhatStays(why, say);
    }
    return outcome;
  }

  async #takeLeave(): Promise<void> {
    const { say } = this.#surroundings;
    await closeObservers(this.#notices, say);
    await closeObservers([this.#records.log], say);
  }

  #driverOptions(): DriverOptions {
    const { source, taskFileName, environment, hold, earlier, files } = this.#prepared;
    const { waitForEngines, lease, crashLimit, runResources, engineRestarts, drainTimeout } = this.settings;
    return {
      ...this.#places(),
      source,
      records: [...this.#records.ledgers, this.finished],
      state: this.counts,
      observers: [this.#records.log, ...this.#observers, ...this.#notices, ...this.#keys],
      jobId: files.jobId,
      taskFileName,
      host: hostname(),
      pid: process.pid,
      openSwitchboard: (accept, warning) => new Reception(this.#receptionOptions(warning), accept),
      snapshot: () => snapshotOf(this.counts, this.#tallied(), this.now()),
      watch: this.watch,
      results: this.#results(),
      output: this.#output,
      list: this.list,
      environment,
      waitForEngines,
      lease,
      crashLimit,
      runResources,
      engineRestarts,
      drainTimeout,
      halt: haltOf(this.settings),
      maxFailuresPerEngine: this.settings.maxFailuresPerEngine,
      grace: GRACE,
      now: this.now,
      undelivered: (engineId) => this.#leftBy(engineId),
      hold,
      earlier: earlier?.run,
    };
  }

  /** Results that an engine has left; what tasks have printed there is kept. */
  #leftBy(engineId: string): TaskResult[] {
    const left = findUndelivered({
      prefix: this.files.prefix,
      certificate: this.#engineCertificate,
      isWanted: (id) => id === engineId,
      warning: ({ message }) => this.#warn(printable(message)),
    });
    for (const block of left.flatMap(({ output }) => output)) this.#output?.keep(block, () => undefined);
    return left.flatMap(({ results }) => [...results]);
  }

  /** For whoever waits for tasks from elsewhere. */
  #results(): RunResults {
    const { results } = this.watch;
    const { idsEnd } = this.#prepared;
    return {
      get idsEnd() {
        return idsEnd?.();
      },
      get knownEnd() {
        return results.knownEnd;
      },
      isFinished: (id) => results.isFinished(id),
      finished: (ids) => results.finished(ids),
      listen: (listener) => this.finished.listen(listener),
    };
  }

  #serveKeys(): readonly RunObserver[] {
    const { kvs, programs, kept, earlier } = this.#prepared;
    if (kvs === undefined) return [];
    this.#traces.leaveKvs(kvs.state);
    return kvs.serve({
      counts: this.counts,
      now: this.now,
      source: programs,
      kept: kept === undefined ? [] : submittedAmong(kept.bytes),
      passed: earlier?.passed ?? [],
      ready: this.#credentials,
      fail: (error) => this.#driver.failSource(error),
      note: (message) => this.note(message),
      noteWarning: (message) => this.noteWarning(message),
      leave: (state) => this.#traces.leaveKvs(state),
    });
  }

  #receptionOptions(warning: (message: string) => void): ReceptionOptions {
    const { slurm, earlier } = this.#prepared;
    const { useAddress, startupOnly } = this.settings;
    const refused = new RefusedCalls(warning);
    return {
      credentials: this.#credentials,
      host: hostname(),
      addresses: reachableAddresses(networkInterfaces()),
      useAddress,
      // The next one to help a run in a Slurm job is likely to be on the login node, or on one of another job.
      open: startupOnly || useAddress !== undefined || slurm !== undefined,
      ports: earlier?.recovery.ports ?? {},
      onPorts: (ports: Ports) => void this.#credentials.then((made) => this.#traces.leave(made, ports)),
      onContact: (where: Contact) => this.#contact.write(formatContact(where)),
      onRefused: (from, why, callers) => refused.note(from, why, callers),
      onWarning: warning,
    };
  }

  /** Where tasks are to run, now and later. */
  #places(): Pick<DriverOptions, "launchers" | "contextDefaults"> {
    const { contexts, workdir, files, slurm } = this.#prepared;
    const { tasksPerNode, cpusPerTask } = this.settings;
    const { program, env, say } = this.#surroundings;
    const terms = engineTermsOf(this.settings, workdir, files.prefix);
    const starters = makeStarters({
      terms,
      command: program.command,
      version: program.version,
      ssh: this.settings,
      env,
      callsFrom: "here",
      slurm: slurm && jobToUse(slurm, this.settings, (message) => this.#driver.note(message)),
      say,
    });
    return {
      launchers: contexts.map((context) => new ContextLauncher(context, starters)),
      contextDefaults: { terms, tasksPerNode, cpusPerTask },
    };
  }

  #identity(): RunIdentity {
    const { files, source } = this.#prepared;
    return { jobId: files.jobId, taskFile: source.name, host: hostname(), pid: process.pid };
  }

  #tallied(): RunIdentity {
    const tallies = this.#prepared.source.tally?.();
    return tallies === undefined ? this.#identity() : { ...this.#identity(), templates: listedTallies(tallies) };
  }

  #recoverable(): () => Promise<void> {
    return this.#surroundings.recoverable?.(this) ?? (() => Promise.resolve());
  }

  #noteUnwrittenContact(why: string): void {
    if (!this.settings.startupOnly) return this.#warn(`${why}: nobody can add engines to this run`);
    // A run without engines of its own can do nothing.
    const message = `${why}: nobody can add engines to this run, and it has none of its own`;
    throw new UserError("contact-failed", message);
  }

  #warn(message: string): void {
    this.#surroundings.say(`warning: ${message}`);
  }
}

/** Loaded late, and made while the engines start: it is what takes longest. */
function makeCredentials(): Promise<RunCredentials> {
  const credentials = import("../wire/credentials.ts").then(({ createRunCredentials }) => createRunCredentials());
  credentials.catch(() => undefined);
  return credentials;
}
