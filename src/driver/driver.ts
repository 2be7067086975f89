import { describeError } from "../domain/errors.ts";
import type { Reporter, RunEnd } from "../domain/events.ts";
import type { Launcher } from "../domain/launcher.ts";
import { LEASE_MARGIN } from "../domain/lease.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Assignment, StreamItem } from "../domain/task.ts";
import type { EarlierState, EngineReport, SchedulerCommand } from "../scheduler/commands.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import type { EngineMessage } from "../wire/messages.ts";
import { Chronicle } from "./chronicle.ts";
import type { ContextDefaults } from "./controller-handle.ts";
import { type ControlledRun, Controllers } from "./controllers.ts";
import type { EarlierRun } from "./earlier-run.ts";
import type { Hello } from "./engine-caller.ts";
import { EngineGate, type EngineGateOptions, type EnginePlace } from "./engine-gate.ts";
import type { EngineHandle } from "./engine-handle.ts";
import { Losses } from "./losses.ts";
import { type Adopted, Recruitment } from "./recruitment.ts";
import { Settlement } from "./settlement.ts";

/** Beyond the grace for its tasks, an engine has this long to say that they have ended. */
const OVERTIME_MS = 5_000;

export interface DriverOptions extends EngineGateOptions {
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
  /** Told of every event in this order. */
  readonly reporters: readonly Reporter[];
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
  /** What an earlier driver of this run has left; the reporters have been told of it. */
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
  readonly #losses: Losses;
  readonly #settlement: Settlement;
  readonly #engines = new Map<number, EngineHandle>();
  /** The outcome is known; what happens now is cleaning up, and no event any more. */
  #over = false;
  #barrierSince = 0;
  #grace: number;
  #error: unknown;
  /** What made the run drain, until that has been told. */
  #cause: string | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #holding: NodeJS.Timeout | undefined;
  #lastLoss: { readonly engine: EngineHandle; readonly reason: string } | undefined;
  #ended: ((reason: RunEnd) => void) | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#grace = options.grace;
    this.#scheduler = new Scheduler(options);
    const { reporters, now, contextDefaults, snapshot, earlier } = options;
    // A record that cannot be written ends the run, once what runs has finished.
    this.#chronicle = new Chronicle(reporters, now, (error) => this.#fail("record-failed", error));
    this.#gate = new EngineGate(options, {
      joined: (engine, hello, place) => this.#join(engine, hello, place),
      message: (engine, message) => this.#receive(engine, message),
      calledAgain: ({ rank }) => this.#apply(this.#scheduler.engineSilent(rank)),
      hungUp: (engine, closing) => {
        if (!this.#over) this.#losses.hungUp(engine, closing);
      },
      ended: (engine) => this.#losses.processEnded(engine),
      missing: (entry, reason) => {
        if (!this.#recruitment.missing(entry, reason)) this.#controllers.engineOver(entry.process.id);
      },
      controller: (socket) => this.#controllers.accept(socket),
      warning: (message) => this.#chronicle.warn(message),
    });
    this.#losses = new Losses(options.lease, this.#gate, {
      isSpare: ({ rank }) => this.#scheduler.isDoneWith(rank),
      silent: ({ rank }) => this.#apply(this.#scheduler.engineSilent(rank)),
      heard: ({ rank }) => this.#apply(this.#scheduler.engineHeard(rank)),
      lost: (engine, reason) => this.#lose(engine, reason),
      tell: (event) => this.#chronicle.tellNow(event),
    });
    const apply = (commands: readonly SchedulerCommand[]): void => this.#apply(commands);
    const shared = { gate: this.#gate, scheduler: this.#scheduler, chronicle: this.#chronicle, apply };
    this.#recruitment = new Recruitment({
      ...shared,
      ofController: (context) => this.#controllers.recover(context),
      failed: (error) => this.#fail("no-engines", error),
    });
    this.#settlement = new Settlement({ ...shared, settledEarlier: (id) => earlier?.settled(id) ?? false });
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
  }

  /** Runs everything; resolves when no engine and no task is left. Reporters are not closed. */
  async run(): Promise<RunOutcome> {
    const { source, launchers, earlier } = this.#options;
    const ended = new Promise<RunEnd>((resolve) => (this.#ended = resolve));
    const adopted = earlier === undefined ? this.#begin() : this.#takeUp(earlier);
    const listening = this.#gate.listen().catch((error: unknown) => this.#fail("no-engines", error));
    // Where others are to add the engines, they can as soon as the run says so; and engines that are there may call.
    if (launchers.length === 0 || earlier !== undefined) await listening;
    this.#apply(this.#scheduler.start(earlier === undefined ? undefined : earlierState(earlier, adopted)));
    for (const { engine } of adopted) this.#losses.watch(engine);
    if (earlier?.ending !== undefined) this.terminate(earlier.ending);
    const reason = await ended;
    this.#gate.latecomers().forEach((message) => this.#chronicle.warn(message));
    if (reason === "no-engines") this.#gate.exhausted().forEach((message) => this.#chronicle.warn(message));
    this.#over = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#holding);
    this.#losses.close();
    this.#recruitment.close();
    await source.close();
    await this.#gate.endEngines();
    await this.#controllers.close();
    this.#gate.close();
    this.#chronicle.tellNow({ type: "run-ended", reason });
    this.#chronicle.commit();
    const error = this.#chronicle.failure ?? this.#error;
    return { reason, ...(error === undefined ? {} : { error }) };
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
    const { host, pid, launchers, lease } = this.#options;
    this.#chronicle.tellNow({ type: "run-recovered", host, pid });
    const adopted = this.#recruitment.takeUp(earlier, launchers);
    for (const { engine } of adopted) this.#engines.set(engine.rank, engine);
    if (earlier.powerLost) {
      // By then every engine is back, or has ended what it had; also one whose arrival is not on record.
      this.#scheduler.hold();
      const seconds = lease + LEASE_MARGIN;
      this.#chronicle.warn(`this machine was down: nothing is started for ${seconds} s, while engines come back`);
      this.#holding = setTimeout(() => this.#apply(this.#scheduler.release()), seconds * 1000);
    }
    return adopted;
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
        for (const assignment of command.assignments) this.#tellAssigned(assignment, command.engine);
        return this.#engines.get(command.engine)?.assign(command.assignments);
      case "recall":
        return this.#engines.get(command.engine)?.send({ type: "recall" });
      case "dismiss":
        return this.#engines.get(command.engine)?.dismiss(command.within);
      case "terminate":
        return this.#engines.get(command.engine)?.send({ type: "terminate", grace: this.#grace });
      case "give-up":
        if (this.#lastLoss === undefined) return;
        return this.#settlement.giveUp(this.#lastLoss.engine, command.assignment, this.#lastLoss.reason);
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

  /** A lease: it is written down before the engine hears of it. */
  #tellAssigned(assignment: Assignment, engine: number): void {
    this.#chronicle.tell({ type: "task-assigned", time: this.#chronicle.now(), ...assignment, engine });
  }

  #stopEngine(rank: number, within = this.#options.drainTimeout): boolean {
    if (!this.#engines.has(rank)) return false;
    this.#apply(this.#scheduler.stopEngine(rank, within));
    return true;
  }

  #stopEnginesOf(label: string, within?: number): void {
    this.#chronicle.tellNow({ type: "context-stopped", label });
    for (const [rank, { context }] of this.#engines) if (context === label) this.#stopEngine(rank, within);
  }

  #receive(engine: EngineHandle, message: EngineMessage): void {
    const isNews = !("sequence" in message) || engine.receive(message.sequence);
    if (engine.state === "lost") return isNews ? this.#settlement.hearOut(message) : undefined;
    if (this.#over || engine.state === "left") return;
    this.#losses.note(engine);
    if (!isNews) return;
    switch (message.type) {
      case "hello":
      case "beat":
        // The caller has seen to it.
        return;
      case "report":
        return this.#takeBack(engine, message);
      case "ready":
        this.#noteReady(engine);
        return this.#apply(this.#scheduler.engineReady(engine.rank));
      case "results":
        return message.interrupted
          ? this.#settlement.interrupt(engine, message.results)
          : this.#settlement.settle(engine, message.results);
      case "per-engine-result":
        return this.#settlement.settlePerEngine(engine, message);
      case "returned":
        return this.#takeReturned(engine, message.taskIds);
      case "draining":
        this.#chronicle.warn(`engine ${engine.rank} on ${engine.node} is leaving: ${message.reason}`);
        return void this.#stopEngine(engine.rank);
      case "goodbye":
        return this.#bidFarewell(engine, message.reason);
      default:
        return message satisfies never;
    }
  }

  #join(engine: EngineHandle, hello: Hello, { quota, stopped }: EnginePlace): void {
    const { rank, id, context } = engine;
    this.#engines.set(rank, engine);
    const { node, pid, slots, warnings } = hello;
    for (const message of warnings) this.#chronicle.warn(message);
    this.#chronicle.tellNow({ type: "engine-joined", engine: { id, rank, node, pid, slots, context } });
    this.#controllers.engineJoined(id, rank, slots);
    this.#losses.watch(engine);
    this.#apply(this.#scheduler.engineJoined(rank, slots, quota, stopped));
  }

  /** An engine that was out of touch says where it stands. */
  #takeBack(engine: EngineHandle, report: EngineReport): void {
    engine.mayRepeat = false;
    const { rank } = engine;
    for (const { task, attempt } of report.held) {
      const held = this.#scheduler.heldBy(rank, task.id);
      if (held?.attempt === attempt) continue;
      const assignment = { task, attempt, crashes: 0 };
      if (held !== undefined || !this.#claims(rank, assignment)) {
        return engine.refuse(`it holds task ${task.id}, attempt ${attempt}, which it was not given`);
      }
      this.#tellAssigned(assignment, rank);
    }
    this.#losses.back(engine);
    if (report.ready) this.#noteReady(engine);
    this.#apply(this.#scheduler.engineBack(rank, report));
  }

  #noteReady(engine: EngineHandle): void {
    if (engine.isReady) return;
    engine.isReady = true;
    this.#chronicle.tellNow({ type: "engine-ready", engine: engine.rank });
  }

  /** It has a task that nobody knows it has; which may be so when what was written last is lost. */
  #claims(rank: number, assignment: Assignment): boolean {
    const { earlier } = this.#options;
    const { id } = assignment.task;
    if (earlier === undefined || earlier.settled(id) || !this.#scheduler.claim(rank, assignment)) return false;
    earlier.claim(id);
    return true;
  }

  #takeReturned(engine: EngineHandle, ids: readonly number[]): void {
    const taskIds = ids.filter((taskId) => this.#scheduler.heldBy(engine.rank, taskId) !== undefined);
    for (const taskId of taskIds) {
      this.#chronicle.tellNow({ type: "task-returned", taskId, engine: engine.rank });
    }
    this.#apply(this.#scheduler.returned(engine.rank, taskIds));
  }

  #bidFarewell(engine: EngineHandle, reason: string | undefined): void {
    engine.state = "left";
    engine.send({ type: "farewell" });
    engine.close();
    this.#engines.delete(engine.rank);
    this.#losses.forget(engine);
    this.#controllers.engineOver(engine.id);
    this.#chronicle.tellNow(
      reason === undefined
        ? { type: "engine-left", engine: engine.rank }
        : { type: "engine-lost", engine: engine.rank, reason },
    );
    this.#apply(this.#scheduler.engineGone(engine.rank, "left"));
  }

  #lose(engine: EngineHandle, reason: string): void {
    if (this.#over) return;
    const { rank } = engine;
    this.#engines.delete(rank);
    this.#lastLoss = { engine, reason };
    this.#chronicle.tellNow({ type: "engine-lost", engine: rank, reason });
    const isReplaced = this.#scheduler.misses(rank) && this.#recruitment.replace(engine);
    if (!isReplaced) this.#controllers.engineOver(engine.id);
    this.#apply(this.#scheduler.engineGone(rank, "lost"));
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
    this.#deadline = setTimeout(() => this.#killEngines(), this.#grace * 1000 + OVERTIME_MS);
    this.#losses.hurry(this.#engines.values());
  }

  #killEngines(): void {
    for (const engine of this.#engines.values()) void this.#killAndForget(engine);
  }

  /** Also when its host cannot be reached any more: the run has to end. */
  async #killAndForget(engine: EngineHandle): Promise<void> {
    await this.#gate.kill(engine);
    engine.refuse("it did not end its tasks in time");
  }

  #commonEnvironment(): Record<string, string> {
    const { environment, jobId, taskFileName } = this.#options;
    return { ...environment, DISBATCH_JOBID: jobId, DISBATCH_NAMETASKS: taskFileName };
  }
}

function earlierState({ engines, ...earlier }: EarlierRun, adopted: readonly Adopted[]): EarlierState {
  const places = new Map(adopted.map(({ engine, place }) => [engine.rank, place]));
  const kept = engines.flatMap(({ engine: { rank, slots }, ready, held }) => {
    const quota = places.get(rank)?.quota;
    return quota === undefined ? [] : [{ rank, slots, quota, ready, held }];
  });
  return { ...earlier, engines: kept };
}
