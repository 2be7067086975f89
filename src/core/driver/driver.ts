import { describeError } from "../../domain/errors.ts";
import type { RunEnd } from "../../domain/events.ts";
import type { Launcher } from "../../domain/launcher.ts";
import { LEASE_MARGIN } from "../../domain/lease.ts";
import type { Snapshot } from "../../domain/snapshot.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem } from "../../domain/task.ts";
import type { SchedulerCommand } from "../scheduler/commands.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import { type Audience, Chronicle } from "./chronicle.ts";
import type { ContextDefaults } from "./controller-handle.ts";
import { type ControlledRun, Controllers } from "./controllers.ts";
import type { EarlierRun } from "./earlier-run.ts";
import { EngineGate, type EngineGateOptions } from "./engine-gate.ts";
import { Engines } from "./engines.ts";
import { type Adopted, Recruitment } from "./recruitment.ts";

/** Beyond the grace for its tasks, an engine has this long to say that they have ended. */
const OVERTIME_MS = 5_000;

export interface DriverOptions extends EngineGateOptions, Audience {
  readonly source: TaskSource;
  /** The contexts that the run begins with. */
  readonly launchers: readonly Launcher[];
  /** What contexts that are added later have to know. */
  readonly contextDefaults: ContextDefaults;
  /** Where the run stands, for those who ask. */
  readonly snapshot: () => Snapshot;
  /** What tasks get in their environment on every engine, beside what tells them who they are. */
  readonly environment: Readonly<Record<string, string>>;
  /** When no engine is left, wait for one to be added. */
  readonly waitForEngines: boolean;
  /** A task is given up when so many engines have died running it. */
  readonly crashLimit: number;
  /** How long engines may be out of touch, in seconds. */
  readonly lease: number;
  /** What still runs on an engine that somebody stops is ended after so many seconds; missing when it may take its time. */
  readonly drainTimeout?: number;
  readonly jobId: string;
  /** Name of the task file, as tasks see it. */
  readonly taskFileName: string;
  /** Host name and process id of the driver. */
  readonly host: string;
  readonly pid: number;
  readonly failFast: boolean;
  /** Seconds between TERM and KILL for tasks that are ended. */
  readonly grace: number;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** What an engine has left in writing that it could not deliver. */
  readonly undelivered?: (engineId: string) => readonly TaskResult[];
  /**
   * Why engines may hold tasks that nobody knows of, in words, when that may be so: the machine of an earlier driver has been
   * down, and what was written last may not have reached the disk. Nothing is started before they have had their lease.
   */
  readonly hold?: string;
  /** What an earlier driver of this run has left; `state` has been told of it. */
  readonly earlier?: EarlierRun;
}

export interface RunOutcome {
  readonly reason: RunEnd;
  /** What was thrown when the source, a record or the start of engines failed. */
  readonly error?: unknown;
}

/** Owns the run: carries the scheduler's commands out to the engines, and the engines' messages back as facts. */
export class Driver {
  readonly #options: DriverOptions;
  readonly #scheduler: Scheduler;
  readonly #chronicle: Chronicle;
  readonly #gate: EngineGate;
  readonly #controllers: Controllers;
  readonly #recruitment: Recruitment;
  readonly #engines: Engines;
  /** The outcome is known; what happens now is cleaning up, and no event any more. */
  #over = false;
  #barrierSince = 0;
  #grace: number;
  #error: unknown;
  /** What made the run drain, until that has been told. */
  #cause: string | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #holding: NodeJS.Timeout | undefined;
  #ended: ((reason: RunEnd) => void) | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#grace = options.grace;
    this.#scheduler = new Scheduler(options);
    const { now, contextDefaults, snapshot, earlier } = options;
    // A record that cannot be written ends the run, once what runs has finished.
    this.#chronicle = new Chronicle(options, now, (error) => this.#fail("record-failed", error));
    this.#gate = new EngineGate(options, {
      joined: (engine, hello, place, node) => this.#engines.join(engine, hello, place, node),
      message: (engine, message) => this.#engines.receive(engine, message),
      calledAgain: (engine) => this.#engines.calledAgain(engine),
      hungUp: (engine, closing) => this.#engines.hungUp(engine, closing),
      ended: (engine) => this.#engines.ended(engine),
      missing: (entry, reason) => this.#engines.missing(entry, reason),
      controller: (socket) => this.#controllers.accept(socket),
      warning: (message) => this.#chronicle.warn(message),
    });
    const apply = (commands: readonly SchedulerCommand[]): void => this.#apply(commands);
    const shared = { gate: this.#gate, scheduler: this.#scheduler, chronicle: this.#chronicle, apply };
    this.#recruitment = new Recruitment({
      ...shared,
      ofController: (context) => this.#controllers.recover(context),
      failed: (error) => this.#fail("no-engines", error),
    });
    const controlled: ControlledRun = {
      ...{ contextDefaults, snapshot },
      isEnding: () => this.#over || this.#scheduler.isEnding,
      stopEngine: (rank, seconds) => this.#stopEngine(rank, seconds),
      stopEnginesOf: (label, seconds) => this.#stopEnginesOf(label, seconds),
      addContext: (context) => this.#recruitment.addContext(context, true),
      launch: (launchers) => this.#recruitment.launch(launchers),
      drain: (reason) => this.drain(reason),
      terminate: (reason) => this.terminate(reason),
    };
    this.#controllers = new Controllers(controlled, this.#gate);
    this.#engines = new Engines({
      ...{ ...shared, lease: options.lease, drainTimeout: options.drainTimeout, earlier },
      ...{ recruitment: this.#recruitment, controllers: this.#controllers },
      undelivered: options.undelivered ?? (() => []),
    });
  }

  /** Runs everything; resolves when no engine and no task is left. Records and observers are not closed. */
  async run(): Promise<RunOutcome> {
    const { source, launchers, earlier } = this.#options;
    const ended = new Promise<RunEnd>((resolve) => (this.#ended = resolve));
    const adopted = earlier === undefined ? this.#begin() : this.#takeUp(earlier);
    const state = earlier === undefined ? undefined : this.#engines.takeUp(earlier, adopted);
    if (this.#options.hold !== undefined) this.#hold(this.#options.hold);
    const listening = this.#gate.listen().catch((error: unknown) => this.#fail("no-engines", error));
    // Where others are to add the engines, they can as soon as the run says so; and engines that are there may call.
    if (launchers.length === 0 || earlier !== undefined) await listening;
    this.#apply(this.#scheduler.start(state));
    this.#engines.watch(adopted);
    if (earlier?.ending !== undefined) this.terminate(earlier.ending);
    const reason = await ended;
    this.#gate.latecomers().forEach((message) => this.#chronicle.warn(message));
    if (reason === "no-engines") this.#gate.exhausted().forEach((message) => this.#chronicle.warn(message));
    this.#over = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#holding);
    this.#engines.close();
    this.#recruitment.close();
    await source.close();
    await this.#gate.endEngines();
    await this.#controllers.close();
    this.#gate.close();
    this.#chronicle.tellNow({ type: "run-ended", reason });
    this.#chronicle.commit();
    this.#chronicle.close();
    const error = this.#chronicle.failure ?? this.#error;
    return { reason, ...(error === undefined ? {} : { error }) };
  }

  /** Takes note of something that is worth a line in the log. */
  note(message: string): void {
    if (this.#over) return;
    this.#chronicle.tellNow({ type: "note", message });
    this.#chronicle.commit();
  }

  /** Nothing new starts, whoever has wanted that. */
  get isDraining(): boolean {
    return this.#scheduler.isDraining;
  }

  /** Starts nothing new; what runs may finish. */
  drain(reason: RunEnd): void {
    if (!this.#over) this.#apply(this.#scheduler.drain(reason));
  }

  /** Ends what runs. @param grace seconds between TERM and KILL; less than the usual when in a hurry. */
  terminate(reason: RunEnd, grace = this.#options.grace): void {
    this.#grace = grace;
    if (!this.#over) this.#apply(this.#scheduler.terminate(reason));
  }

  #begin(): Adopted[] {
    const { jobId, source, launchers } = this.#options;
    const total = source.total === undefined ? {} : { total: source.total };
    this.#chronicle.tellNow({ type: "run-started", jobId, taskFile: source.name, ...total });
    for (const { context } of launchers) this.#recruitment.addContext(context, false);
    return [];
  }

  /** Goes on where an earlier driver of this run has left it. */
  #takeUp(earlier: EarlierRun): Adopted[] {
    const { host, pid, launchers } = this.#options;
    this.#chronicle.tellNow({ type: "run-recovered", host, pid });
    const adopted = this.#recruitment.takeUp(earlier, launchers);
    return adopted;
  }

  /** By then every engine is back, or has ended what it had; also one whose arrival is not on record. */
  #hold(why: string): void {
    this.#scheduler.hold();
    const seconds = this.#options.lease + LEASE_MARGIN;
    this.#chronicle.warn(`${why}: nothing is started for ${seconds} s, while engines come back`);
    this.#holding = setTimeout(() => this.#apply(this.#scheduler.release()), seconds * 1000);
  }

  #apply(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) this.#execute(command);
    this.#chronicle.commit();
  }

  #execute(command: SchedulerCommand): void {
    switch (command.type) {
      case "pull":
        return void this.#pull(command.limit);
      case "need-engines":
        return this.#recruitment.launch(this.#options.launchers);
      case "await-engines":
        return this.#chronicle.tellNow({ type: "engines-awaited" });
      case "admit":
        return this.#engines.get(command.engine)?.welcome(this.#commonEnvironment(), command.start, command.stop);
      case "assign":
        return this.#engines.assign(command.engine, command.assignments);
      case "recall":
        return this.#engines.get(command.engine)?.send({ type: "recall" });
      case "dismiss":
        return this.#engines.get(command.engine)?.dismiss(command.within);
      case "terminate":
        return this.#engines.get(command.engine)?.send({ type: "terminate", grace: this.#grace });
      case "give-up":
        return this.#engines.giveUp(command.assignment);
      case "skip":
        return this.#chronicle.tellNow({ type: "task-skipped", skipped: command.skipped });
      case "meet-barrier":
        this.#barrierSince = this.#chronicle.now();
        return;
      case "pass-barrier": {
        const { barrier, failed } = command;
        return this.#chronicle.tellNow({ type: "barrier-passed", barrier, since: this.#barrierSince, failed });
      }
      case "draining":
        return this.#tellDraining(command.reason);
      case "terminating":
        return this.#tellTerminating(command.reason);
      case "end":
        return this.#ended?.(command.reason);
      default:
        return command satisfies never;
    }
  }

  async #pull(limit: number): Promise<void> {
    let items: readonly StreamItem[];
    try {
      items = await this.#options.source.next(limit);
    } catch (error) {
      return this.#fail("source-failed", error);
    }
    this.#apply(this.#scheduler.pulled(items));
  }

  #stopEngine(rank: number, within = this.#options.drainTimeout): boolean {
    if (this.#engines.get(rank) === undefined) return false;
    this.#apply(this.#scheduler.stopEngine(rank, within));
    return true;
  }

  #stopEnginesOf(label: string, within?: number): void {
    this.#chronicle.tellNow({ type: "context-stopped", label });
    for (const rank of this.#engines.ofContext(label)) this.#stopEngine(rank, within);
  }

  /** Drains the run, and tells why whatever the run is doing already. */
  #fail(reason: RunEnd, error: unknown): void {
    this.#error ??= error;
    if (this.#over) return;
    this.#cause = describeError(error);
    this.drain(reason);
    if (this.#cause !== undefined) this.#chronicle.warn(this.#cause);
    this.#cause = undefined;
  }

  #tellDraining(reason: RunEnd): void {
    const cause = this.#cause === undefined ? {} : { cause: this.#cause };
    this.#cause = undefined;
    this.#chronicle.tellNow({ type: "run-draining", reason, ...cause });
  }

  /** An engine that cannot even end its tasks in time is ended itself. */
  #tellTerminating(reason: RunEnd): void {
    if (this.#deadline === undefined) this.#chronicle.tellNow({ type: "run-terminating", reason });
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#engines.kill(), this.#grace * 1000 + OVERTIME_MS);
    this.#engines.hurry();
  }

  #commonEnvironment(): Record<string, string> {
    const { environment, jobId, taskFileName } = this.#options;
    return { ...environment, DISBATCH_JOBID: jobId, DISBATCH_NAMETASKS: taskFileName };
  }
}
