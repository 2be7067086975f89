import type { Context } from "../domain/engine.ts";
import { describeError } from "../domain/errors.ts";
import type { Reporter, RunEnd, RunEvent } from "../domain/events.ts";
import type { Launcher } from "../domain/launcher.ts";
import type { TaskResult } from "../domain/result.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { TaskSource } from "../domain/source.ts";
import type { StreamItem } from "../domain/task.ts";
import type { Outcome, SchedulerCommand } from "../scheduler/commands.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import type { Closing } from "../wire/connection.ts";
import type { EngineMessage } from "../wire/messages.ts";
import type { ContextDefaults } from "./controller-handle.ts";
import { Controllers } from "./controllers.ts";
import { EngineGate, type EnginePlace, type Hello } from "./engine-gate.ts";
import type { EngineHandle } from "./engine-handle.ts";
import type { ReceptionOptions } from "./reception.ts";

/** Beyond the grace for its tasks, an engine has this long to say that they have ended. */
const OVERTIME_MS = 5_000;

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
  readonly #gate: EngineGate;
  readonly #controllers: Controllers;
  readonly #engines = new Map<number, EngineHandle>();
  /** The outcome is known; what happens now is cleaning up, and no event any more. */
  #over = false;
  #barrierSince = 0;
  #grace: number;
  #error: unknown;
  #recordError: unknown;
  /** What made the run drain, until that has been told. */
  #cause: string | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #ended: ((reason: RunEnd) => void) | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#grace = options.grace;
    this.#scheduler = new Scheduler(options);
    this.#gate = new EngineGate(options, {
      message: (engine, message) => this.#receive(engine, message),
      closed: (engine, closing) => void this.#connectionClosed(engine, closing),
      joined: (engine, hello, place) => this.#join(engine, hello, place),
      missing: (node, reason) => this.#engineMissing(node, reason),
      controller: (socket) => this.#controllers.accept(socket),
      warning: (message) => this.#warn(message),
    });
    this.#controllers = new Controllers(
      {
        defaults: options.contextDefaults,
        snapshot: options.snapshot,
        isEnding: () => this.#over || this.#scheduler.isEnding,
        stopEngine: (rank) => this.#stopEngine(rank),
        stopEnginesOf: (label) => this.#stopEnginesOf(label),
        contextAdded: (context) => this.#tellContext(context, true),
        launch: (launcher) => this.#launch([launcher]),
        stop: () => this.#stop(),
      },
      this.#gate,
    );
  }

  /** Runs everything; resolves when no engine and no task is left. Reporters are not closed. */
  async run(): Promise<RunOutcome> {
    const { jobId, source } = this.#options;
    const ended = new Promise<RunEnd>((resolve) => (this.#ended = resolve));
    const total = source.total === undefined ? {} : { total: source.total };
    this.#emit({ type: "run-started", time: this.#now(), jobId, taskFile: source.name, ...total });
    for (const { context } of this.#options.launchers) {
      this.#gate.addContext(context);
      this.#tellContext(context, false);
    }
    this.#gate.listen().catch((error: unknown) => this.#fail("no-engines", error));
    this.#apply(this.#scheduler.start());
    const reason = await ended;
    if (reason === "no-engines") this.#gate.exhausted().forEach((message) => this.#warn(message));
    this.#over = true;
    clearTimeout(this.#deadline);
    await source.close();
    await this.#gate.endEngines();
    await this.#controllers.close();
    this.#gate.close();
    this.#emit({ type: "run-ended", time: this.#now(), reason });
    this.#commit();
    const error = this.#recordError ?? this.#error;
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
    this.#commit();
  }

  #execute(command: SchedulerCommand): void {
    switch (command.type) {
      case "pull":
        return void this.#pull(command.limit);
      case "need-engines":
        return this.#launch(this.#options.launchers);
      case "await-engines":
        return this.#emit({ type: "engines-awaited", time: this.#now() });
      case "admit":
        return this.#engines.get(command.engine)?.welcome(this.#commonEnvironment(), command.start, command.stop);
      case "assign":
        for (const { task, attempt } of command.assignments) {
          this.#emit({ type: "task-assigned", time: this.#now(), task, attempt, engine: command.engine });
        }
        return this.#engines.get(command.engine)?.assign(command.assignments);
      case "recall":
        return this.#engines.get(command.engine)?.send({ type: "recall" });
      case "dismiss":
        return this.#engines.get(command.engine)?.send({ type: "dismiss" });
      case "terminate":
        return this.#engines.get(command.engine)?.send({ type: "terminate", grace: this.#grace });
      case "skip":
        return this.#emit({ type: "task-skipped", time: this.#now(), skipped: command.skipped });
      case "meet-barrier":
        this.#barrierSince = this.#now();
        return;
      case "pass-barrier": {
        const { barrier, failed } = command;
        return this.#emit({ type: "barrier-passed", time: this.#now(), barrier, since: this.#barrierSince, failed });
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

  #tellContext(context: Context, later: boolean): void {
    this.#emit({ type: "context-added", time: this.#now(), context, later });
  }

  #stopEngine(rank: number): boolean {
    if (!this.#engines.has(rank)) return false;
    this.#apply(this.#scheduler.stopEngine(rank));
    return true;
  }

  #stopEnginesOf(label: string): void {
    this.#emit({ type: "context-stopped", time: this.#now(), label });
    for (const [rank, { context }] of this.#engines) if (context === label) this.#stopEngine(rank);
  }

  #stop(): "draining" | "terminating" {
    if (this.#scheduler.isEnding) {
      this.terminate("stopped");
      return "terminating";
    }
    this.drain("stopped");
    return "draining";
  }

  #receive(engine: EngineHandle, message: EngineMessage): void {
    if (this.#over || engine.left) return;
    switch (message.type) {
      case "hello":
        // The gate has seen to it.
        return;
      case "ready":
        this.#emit({ type: "engine-ready", time: this.#now(), engine: engine.rank });
        return this.#apply(this.#scheduler.engineReady(engine.rank));
      case "results":
        return message.interrupted ? this.#interrupted(engine, message.results) : this.#settle(engine, message.results);
      case "per-engine-result": {
        const command = engine.perEngine[message.when][message.result.taskId];
        if (command === undefined) return engine.refuse(`no such per-engine command: ${message.result.taskId}`);
        this.#emit({ type: "per-engine-finished", time: this.#now(), command, result: message.result });
        this.#commit();
        return this.#apply(this.#scheduler.perEngineSettled(message.result.returnCode !== 0));
      }
      case "returned": {
        const taskIds = message.taskIds.filter((taskId) => this.#scheduler.heldBy(engine.rank, taskId) !== undefined);
        for (const taskId of taskIds) {
          this.#emit({ type: "task-returned", time: this.#now(), taskId, engine: engine.rank });
        }
        return this.#apply(this.#scheduler.returned(engine.rank, taskIds));
      }
      case "goodbye":
        engine.left = true;
        this.#engines.delete(engine.rank);
        this.#emit(
          message.reason === undefined
            ? { type: "engine-left", time: this.#now(), engine: engine.rank }
            : { type: "engine-lost", time: this.#now(), engine: engine.rank, reason: message.reason },
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
    for (const message of warnings) this.#warn(message);
    this.#emit({ type: "engine-joined", time: this.#now(), engine: { rank, node, pid, slots, context: label } });
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
      this.#emit({ type: "task-finished", time: this.#now(), task: held.task, result });
      outcomes.set(taskId, { taskId, failed: returnCode !== 0, elapsed: finish - start });
    }
    this.#commit();
    this.#apply(this.#scheduler.settled(engine.rank, [...outcomes.values()]));
    if (lie !== undefined)
      engine.refuse(`it reports task ${lie.taskId}, attempt ${lie.attempt}, which it was not given`);
  }

  #interrupted(engine: EngineHandle, results: readonly TaskResult[]): void {
    for (const result of results) {
      const held = this.#scheduler.heldBy(engine.rank, result.taskId);
      if (held?.attempt !== result.attempt) continue;
      this.#emit({ type: "task-interrupted", time: this.#now(), task: held.task, result });
    }
    this.#commit();
  }

  async #connectionClosed(engine: EngineHandle, { refusal, failure }: Closing): Promise<void> {
    if (engine.left || this.#over) return;
    if (engine.rank === -1) {
      // Whoever hangs up without a word has found a better way to call.
      if (refusal !== undefined) this.#warn(`an engine that did not join: ${refusal}`);
      return;
    }
    engine.left = true;
    this.#engines.delete(engine.rank);
    // Its tasks may not run anywhere else while they still run there.
    const ended = await this.#gate.kill(engine);
    if (this.#over) return;
    const reason = refusal ?? ended ?? failure;
    this.#emit({ type: "engine-lost", time: this.#now(), engine: engine.rank, reason });
    this.#apply(this.#scheduler.engineGone(engine.rank));
  }

  #engineMissing(node: string, reason: string): void {
    this.#emit({ type: "engine-failed", time: this.#now(), node, reason });
    this.#apply(this.#scheduler.engineMissing());
  }

  /** Drains the run, and tells why whatever the run is doing already. */
  #fail(reason: RunEnd, error: unknown): void {
    this.#error ??= error;
    if (this.#over) return;
    this.#cause = describeError(error);
    this.drain(reason);
    if (this.#cause !== undefined) this.#warn(this.#cause);
    this.#cause = undefined;
  }

  #tellDraining(reason: RunEnd): void {
    const cause = this.#cause === undefined ? {} : { cause: this.#cause };
    this.#cause = undefined;
    this.#emit({ type: "run-draining", time: this.#now(), reason, ...cause });
  }

  /** An engine that cannot even end its tasks in time is ended itself. */
  #tellTerminating(reason: RunEnd): void {
    if (this.#deadline === undefined) this.#emit({ type: "run-terminating", time: this.#now(), reason });
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#killEngines(), this.#grace * 1000 + OVERTIME_MS);
  }

  #killEngines(): void {
    for (const engine of this.#engines.values()) void this.#gate.kill(engine);
  }

  #commonEnvironment(): Record<string, string> {
    const { environment, jobId, taskFileName } = this.#options;
    return { ...environment, DISBATCH_JOBID: jobId, DISBATCH_NAMETASKS: taskFileName };
  }

  #warn(message: string): void {
    this.#emit({ type: "warning", time: this.#now(), message });
  }

  #emit(event: RunEvent): void {
    for (const reporter of this.#options.reporters) reporter.handle(event);
  }

  /** Has every record of what happened written down. One that cannot be ends the run, once what runs has finished. */
  #commit(): void {
    for (const reporter of this.#options.reporters) {
      try {
        reporter.commit?.();
      } catch (error) {
        if (this.#recordError !== undefined) continue;
        this.#recordError = error;
        this.#fail("record-failed", error);
      }
    }
  }

  #now(): number {
    return this.#options.now();
  }
}
