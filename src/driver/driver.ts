import { type Context, ORPHAN_GRACE } from "../domain/engine.ts";
import { describeError } from "../domain/errors.ts";
import type { Reporter, RunEnd } from "../domain/events.ts";
import type { Launcher } from "../domain/launcher.ts";
import type { TaskResult } from "../domain/result.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { within } from "../domain/time-limit.ts";
import type { TaskSource } from "../domain/source.ts";
import type { StreamItem } from "../domain/task.ts";
import type { Outcome, SchedulerCommand } from "../scheduler/commands.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import type { Closing } from "../wire/connection.ts";
import type { EngineMessage } from "../wire/messages.ts";
import type { ContextDefaults } from "./controller-handle.ts";
import { Chronicle } from "./chronicle.ts";
import { type ControlledRun, Controllers } from "./controllers.ts";
import { EngineGate, type EnginePlace, type Hello } from "./engine-gate.ts";
import type { EngineHandle } from "./engine-handle.ts";
import type { ReceptionOptions } from "./reception.ts";

/** Beyond the grace for its tasks, an engine has this long to say that they have ended. */
const OVERTIME_MS = 5_000;
/** An engine that has lost its driver has ended its tasks by then. */
const ORPHAN_MS = ORPHAN_GRACE * 1000 + OVERTIME_MS;

export interface DriverOptions extends ReceptionOptions {
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
  /** Told of every event in this order. */
  readonly reporters: readonly Reporter[];
  readonly jobId: string;
  /** Name of the task file, as tasks see it. */
  readonly taskFileName: string;
  readonly failFast: boolean;
  /** Seconds between TERM and KILL for tasks that are ended. */
  readonly grace: number;
  /** Unix time in seconds. */
  readonly now: () => number;
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
  readonly #engines = new Map<number, EngineHandle>();
  /** The outcome is known; what happens now is cleaning up, and no event any more. */
  #over = false;
  #barrierSince = 0;
  #grace: number;
  #error: unknown;
  /** What made the run drain, until that has been told. */
  #cause: string | undefined;
  #deadline: NodeJS.Timeout | undefined;
  readonly #terminating: Promise<void>;
  #noteTerminating: () => void = () => undefined;
  #ended: ((reason: RunEnd) => void) | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#grace = options.grace;
    this.#terminating = new Promise((resolve) => (this.#noteTerminating = resolve));
    this.#scheduler = new Scheduler(options);
    const { reporters, now, contextDefaults, snapshot } = options;
    // A record that cannot be written ends the run, once what runs has finished.
    this.#chronicle = new Chronicle(reporters, now, (error) => this.#fail("record-failed", error));
    this.#gate = new EngineGate(options, {
      message: (engine, message) => this.#receive(engine, message),
      closed: (engine, closing) => void this.#connectionClosed(engine, closing),
      joined: (engine, hello, place) => this.#join(engine, hello, place),
      missing: (node, reason) => this.#engineMissing(node, reason),
      controller: (socket) => this.#controllers.accept(socket),
      warning: (message) => this.#chronicle.warn(message),
    });
    const controlled: ControlledRun = {
      ...{ contextDefaults, snapshot },
      isEnding: () => this.#over || this.#scheduler.isEnding,
      stopEngine: (rank) => this.#stopEngine(rank),
      stopEnginesOf: (label) => this.#stopEnginesOf(label),
      addContext: (context) => this.#addContext(context, true),
      dropContext: (label) => this.#dropContext(label),
      launch: (launchers) => this.#launch(launchers),
      drain: (reason) => this.drain(reason),
      terminate: (reason) => this.terminate(reason),
    };
    this.#controllers = new Controllers(controlled, this.#gate);
  }

  /** Runs everything; resolves when no engine and no task is left. Reporters are not closed. */
  async run(): Promise<RunOutcome> {
    const { jobId, source } = this.#options;
    const ended = new Promise<RunEnd>((resolve) => (this.#ended = resolve));
    const total = source.total === undefined ? {} : { total: source.total };
    this.#chronicle.tellNow({ type: "run-started", jobId, taskFile: source.name, ...total });
    for (const { context } of this.#options.launchers) this.#addContext(context, false);
    const listening = this.#gate.listen().catch((error: unknown) => this.#fail("no-engines", error));
    // Where others are to add the engines, they can as soon as the run says so.
    if (this.#options.launchers.length === 0) await listening;
    this.#apply(this.#scheduler.start());
    const reason = await ended;
    this.#gate.latecomers().forEach((message) => this.#chronicle.warn(message));
    if (reason === "no-engines") this.#gate.exhausted().forEach((message) => this.#chronicle.warn(message));
    this.#over = true;
    clearTimeout(this.#deadline);
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

  #apply(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) this.#execute(command);
    this.#chronicle.commit();
  }

  #execute(command: SchedulerCommand): void {
    switch (command.type) {
      case "pull":
        return void this.#pull(command.limit);
      case "need-engines":
        return this.#launch(this.#options.launchers);
      case "await-engines":
        return this.#chronicle.tellNow({ type: "engines-awaited" });
      case "admit":
        return this.#engines.get(command.engine)?.welcome(this.#commonEnvironment(), command.start, command.stop);
      case "assign":
        for (const { task, attempt } of command.assignments) {
          this.#chronicle.tell({
            type: "task-assigned",
            time: this.#chronicle.now(),
            task,
            attempt,
            engine: command.engine,
          });
        }
        return this.#engines.get(command.engine)?.assign(command.assignments);
      case "recall":
        return this.#engines.get(command.engine)?.send({ type: "recall" });
      case "dismiss":
        return this.#engines.get(command.engine)?.send({ type: "dismiss" });
      case "terminate":
        return this.#engines.get(command.engine)?.send({ type: "terminate", grace: this.#grace });
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

  /** Starts the engines of contexts that have been added. */
  #launch(launchers: readonly Launcher[]): void {
    const failed = (error: unknown): void => this.#fail("no-engines", error);
    try {
      const started = launchers.reduce((sum, launcher) => sum + this.#gate.launch(launcher, failed), 0);
      this.#apply(this.#scheduler.enginesStarted(started));
    } catch (error) {
      failed(error);
    }
  }

  #addContext(context: Context, later: boolean): void {
    this.#gate.addContext(context);
    this.#chronicle.tellNow({ type: "context-added", context, later });
  }

  #dropContext(label: string): void {
    this.#gate.dropContext(label);
    if (!this.#over) this.#chronicle.tellNow({ type: "context-stopped", label });
  }

  #stopEngine(rank: number): boolean {
    if (!this.#engines.has(rank)) return false;
    this.#apply(this.#scheduler.stopEngine(rank));
    return true;
  }

  #stopEnginesOf(label: string): void {
    this.#chronicle.tellNow({ type: "context-stopped", label });
    for (const [rank, { context }] of this.#engines) if (context === label) this.#stopEngine(rank);
  }

  #receive(engine: EngineHandle, message: EngineMessage): void {
    if (this.#over || engine.left) return;
    switch (message.type) {
      case "hello":
        // The gate has seen to it.
        return;
      case "ready":
        this.#chronicle.tellNow({ type: "engine-ready", engine: engine.rank });
        return this.#apply(this.#scheduler.engineReady(engine.rank));
      case "results":
        return message.interrupted ? this.#interrupted(engine, message.results) : this.#settle(engine, message.results);
      case "per-engine-result": {
        const command = engine.perEngine[message.when][message.result.taskId];
        if (command === undefined) return engine.refuse(`no such per-engine command: ${message.result.taskId}`);
        this.#chronicle.tellNow({ type: "per-engine-finished", command, result: message.result });
        this.#chronicle.commit();
        return this.#apply(this.#scheduler.perEngineSettled(message.result.returnCode !== 0));
      }
      case "returned": {
        const taskIds = message.taskIds.filter((taskId) => this.#scheduler.heldBy(engine.rank, taskId) !== undefined);
        for (const taskId of taskIds) {
          this.#chronicle.tellNow({ type: "task-returned", taskId, engine: engine.rank });
        }
        return this.#apply(this.#scheduler.returned(engine.rank, taskIds));
      }
      case "goodbye":
        engine.left = true;
        this.#engines.delete(engine.rank);
        this.#chronicle.tellNow(
          message.reason === undefined
            ? { type: "engine-left", engine: engine.rank }
            : { type: "engine-lost", engine: engine.rank, reason: message.reason },
        );
        engine.close();
        return this.#apply(this.#scheduler.engineGone(engine.rank));
      default:
        return message satisfies never;
    }
  }

  #join(engine: EngineHandle, hello: Hello, { context: { label }, quota, stopped }: EnginePlace): void {
    const { rank } = engine;
    this.#engines.set(rank, engine);
    engine.context = label;
    const { node, pid, slots, warnings } = hello;
    for (const message of warnings) this.#chronicle.warn(message);
    this.#chronicle.tellNow({ type: "engine-joined", engine: { rank, node, pid, slots, context: label } });
    this.#controllers.engineJoined(engine.id, rank, slots);
    this.#apply(this.#scheduler.engineJoined(rank, slots, quota, stopped));
  }

  /** Every result is recorded before the scheduler learns that a slot is free. */
  #settle(engine: EngineHandle, results: readonly TaskResult[]): void {
    const outcomes = new Map<number, Outcome>();
    let lie: TaskResult | undefined;
    for (const result of results) {
      const { taskId, returnCode, start, finish } = result;
      const held = this.#scheduler.heldBy(engine.rank, taskId);
      if (held === undefined || held.attempt !== result.attempt || outcomes.has(taskId)) {
        lie = result;
        break;
      }
      this.#chronicle.tell({ type: "task-finished", time: this.#chronicle.now(), task: held.task, result });
      outcomes.set(taskId, { taskId, failed: returnCode !== 0, elapsed: finish - start });
    }
    this.#chronicle.commit();
    this.#apply(this.#scheduler.settled(engine.rank, [...outcomes.values()]));
    if (lie !== undefined)
      engine.refuse(`it reports task ${lie.taskId}, attempt ${lie.attempt}, which it was not given`);
  }

  #interrupted(engine: EngineHandle, results: readonly TaskResult[]): void {
    for (const result of results) {
      const held = this.#scheduler.heldBy(engine.rank, result.taskId);
      if (held?.attempt !== result.attempt) continue;
      this.#chronicle.tellNow({ type: "task-interrupted", task: held.task, result });
    }
    this.#chronicle.commit();
  }

  async #connectionClosed(engine: EngineHandle, { refusal, failure }: Closing): Promise<void> {
    if (engine.left || this.#over) return;
    if (engine.rank === -1) {
      // Whoever hangs up without a word has found a better way to call.
      if (refusal !== undefined) this.#chronicle.warn(`an engine that did not join: ${refusal}`);
      return;
    }
    engine.left = true;
    this.#engines.delete(engine.rank);
    // Its tasks may not run anywhere else while they still run there.
    const killed = await this.#gate.kill(engine);
    if (this.#over) return;
    const reason = refusal ?? killed.reason ?? failure;
    this.#chronicle.tellNow({ type: "engine-lost", engine: engine.rank, reason });
    // One that cannot be reached ends its tasks by itself.
    if (!killed.certain) await within(ORPHAN_MS, this.#terminating);
    if (this.#over) return;
    this.#apply(this.#scheduler.engineGone(engine.rank));
  }

  #engineMissing(node: string, reason: string): void {
    this.#chronicle.tellNow({ type: "engine-failed", node, reason });
    this.#apply(this.#scheduler.engineMissing());
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
    this.#noteTerminating();
    if (this.#deadline === undefined) this.#chronicle.tellNow({ type: "run-terminating", reason });
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#killEngines(), this.#grace * 1000 + OVERTIME_MS);
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
