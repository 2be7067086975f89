import { isSuccess } from "../../domain/ending.ts";
import type { Context } from "../../domain/engine.ts";
import { plural } from "../../domain/plural.ts";
import { describeError } from "../../domain/errors.ts";
import type { RunEnd } from "../../domain/events.ts";
import type { Launcher } from "../../domain/launcher.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { EngineHandle } from "../pool/engine-handle.ts";
import type { PoolFact } from "../pool/facts.ts";
import { Pool } from "../pool/pool.ts";
import { Timers } from "../pool/timers.ts";
import type { SchedulerCommand } from "../scheduler/commands.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import type { Chronicle } from "./chronicle.ts";
import { Claims } from "./claims.ts";
import { Execution } from "./execution.ts";
import { Feed } from "./feed.ts";
import type { DriverOptions } from "./options.ts";
import { HeardOutput } from "./heard-output.ts";
import { OutputIntake } from "./output-intake.ts";
import { Quotas } from "./quotas.ts";
import { Replacements } from "./replacements.ts";
import { RetryClock } from "./retry-clock.ts";
import { Settlement } from "./settlement.ts";

type Fact<T extends PoolFact["type"]> = Extract<PoolFact, { type: T }>;

export interface RunLoopEvents {
  /** The outcome of the run is known. Nobody listens to what comes after. */
  ended(reason: RunEnd): void;
  /** Somebody calls to look at the run, or to add engines. */
  controller(socket: Fact<"controller">["socket"]): void;
}

/**
 * Facts go in, commands are carried out: what happens to engines becomes an event and is told to the scheduler, and what
 * that wants is done. Nobody else asks the scheduler for anything.
 */
export class RunLoop {
  readonly scheduler: Scheduler;
  readonly pool: Pool;
  readonly quotas = new Quotas();
  readonly timers = new Timers();
  readonly output: OutputIntake;
  readonly #heardOutput: HeardOutput;
  readonly #options: DriverOptions;
  readonly #events: RunLoopEvents;
  readonly #chronicle: Chronicle;
  readonly #feed: Feed;
  readonly #settlement: Settlement;
  readonly #claims: Claims;
  readonly #replacements: Replacements;
  readonly #execution: Execution;
  readonly #retryClock: RetryClock;
  /** Ranks of engines that are to leave, and of which that has been told. */
  readonly #stopping = new Set<number>();
  /** The outcome is known; what happens now is cleaning up, and no event any more. */
  isOver = false;
  /** What was thrown first when something failed. */
  error: unknown;

  constructor(options: DriverOptions, chronicle: Chronicle, events: RunLoopEvents) {
    const { earlier } = options;
    this.#options = options;
    for (const { engine, stopping } of earlier?.engines ?? []) if (stopping) this.#stopping.add(engine.rank);
    this.#chronicle = chronicle;
    this.#events = events;
    const scheduler = new Scheduler({ ...options, enginesAtOnce: options.list?.isEnded === false });
    this.scheduler = scheduler;
    const isTotalKnown = options.source.total !== undefined;
    this.#feed = new Feed(options.source, {
      pulled: (items) => {
        if (items.length === 0 && !isTotalKnown) this.#noteSourceEnd();
        this.apply(scheduler.pulled(items));
      },
      headGiven: () => this.apply(scheduler.headPulled()),
      failed: (error) => this.fail("source-failed", error),
    });
    this.#heardOutput = new HeardOutput(scheduler, this.#feed);
    this.#retryClock = new RetryClock({
      now: options.now,
      timers: this.timers,
      due: (taskIds) => this.apply(scheduler.retryDue(taskIds)),
    });
    const settledEarlier = (taskId: number): boolean => earlier?.settled(taskId) ?? false;
    this.#settlement = new Settlement({
      scheduler,
      chronicle,
      feed: this.#feed,
      failedTries: earlier?.failedTries ?? [],
      nodeOf: (rank) => options.snapshot().engines.find((engine) => engine.rank === rank)?.node ?? options.host,
      settledEarlier,
    });
    this.#claims = new Claims({
      scheduler,
      earlier,
      hasSettled: (taskId) => this.#settlement.hasSettled(taskId),
      wholeTask: (task) => options.source.taskOf?.(task.id) ?? task,
      claimed: (rank, assignment) => this.#settlement.tellAssigned(assignment, rank),
    });
    this.pool = new Pool(options, {
      hear: (fact) => this.#hear(fact),
      isSpare: ({ rank }) => scheduler.isDoneWith(rank),
    });
    const { pool, timers } = this;
    this.#replacements = new Replacements({
      scheduler,
      chronicle,
      pool,
      timers,
      expected: () => this.apply(scheduler.enginesStarted(1)),
      missed: () => this.apply(scheduler.engineMissing()),
    });
    this.output = new OutputIntake(options.output, () => pool.engines);
    this.#execution = new Execution(
      {
        options,
        chronicle,
        pool,
        settlement: this.#settlement,
        feed: this.#feed,
        timers,
        retryClock: this.#retryClock,
      },
      {
        retire: (engine, failures) => this.#retire(engine, failures),
        launch: (launchers) => this.launch(launchers),
        ended: (reason) => events.ended(reason),
      },
    );
  }

  /** Nothing new is started any more. */
  get isEnding(): boolean {
    return this.isOver || this.scheduler.isEnding;
  }

  /** Carries out what the scheduler wants, in order, and has written down what happened. */
  apply(commands: readonly SchedulerCommand[]): void {
    for (const command of commands) this.#execution.execute(command);
    this.#chronicle.commit();
    this.#feed.tell();
  }

  /** The engine starts nothing more and leaves. @param reason its own, when nobody has told it to. */
  stopEngine(rank: number, within: number | undefined, reason?: string): void {
    const isNews = !this.#stopping.has(rank);
    this.#stopping.add(rank);
    if (isNews) this.#chronicle.tellNow({ type: "engine-stopping", engine: rank, reason });
    this.apply(this.scheduler.stopEngine(rank, within));
  }

  /** Tells the scheduler how many tasks the run has, if that is known and matters. */
  noteTotal(): void {
    if (this.#options.halt?.isPercent !== true) return;
    const total = totalOf(this.#options.source);
    if (total !== undefined) this.apply(this.scheduler.noteTotal(total));
  }

  /** Starts nothing new; what runs may finish. */
  drain(reason: RunEnd): void {
    if (!this.isOver) this.apply(this.scheduler.drain(reason));
  }

  /** Ends what runs. @param grace seconds between TERM and KILL. */
  terminate(reason: RunEnd, grace: number): void {
    this.#execution.grace = grace;
    if (!this.isOver) this.apply(this.scheduler.terminate(reason));
  }

  /** Drains the run, and tells why whatever the run is doing already. */
  fail(reason: RunEnd, error: unknown): void {
    if (reason === "record-failed") this.#feed.hush();
    this.error ??= error;
    if (this.isOver) return;
    this.#execution.cause = describeError(error);
    this.drain(reason);
    if (this.#execution.cause !== undefined) this.#chronicle.warn(this.#execution.cause);
    this.#execution.cause = undefined;
  }

  /** A context becomes part of the run. @param later it was brought by a controller. */
  noteContext(context: Context, later: boolean): void {
    this.quotas.add(context);
    this.#chronicle.tellNow({ type: "context-added", context, later });
  }

  /** Starts the engines of contexts that have been added. */
  launch(launchers: readonly Launcher[]): void {
    let started: number;
    try {
      started = this.pool.launch(launchers);
    } catch (error) {
      return this.fail("no-engines", error);
    }
    this.apply(this.scheduler.enginesStarted(started));
  }

  /** The run is over: what was cut short and given again has only been cut short, and nobody is lost any more. */
  rest(): void {
    this.isOver = true;
    this.#settlement.close();
    this.pool.rest();
    this.timers.clear();
  }

  #hear(fact: PoolFact): void {
    const { scheduler } = this;
    switch (fact.type) {
      case "joined":
        return this.#noteJoined(fact);
      case "missing":
        return this.#noteMissing(fact);
      case "out-of-touch":
        return this.apply(scheduler.engineSilent(fact.engine.rank));
      case "silent": {
        const { engine, reason } = fact;
        this.#chronicle.tellNow({ type: "engine-silent", engine: engine.rank, reason });
        return this.apply(scheduler.engineSilent(engine.rank));
      }
      case "heard":
        this.#chronicle.tellNow({ type: "engine-back", engine: fact.engine.rank });
        return this.apply(scheduler.engineHeard(fact.engine.rank));
      case "reported":
        return this.#takeBack(fact);
      case "repeating":
        return this.#claims.note(fact.engine.rank, fact.tasks);
      case "ready":
        this.#noteReady(fact.engine);
        return this.apply(scheduler.engineReady(fact.engine.rank));
      case "warned":
        this.#chronicle.warn(`engine ${fact.engine.rank} on ${fact.engine.node}: ${fact.message}`);
        return this.#chronicle.commit();
      case "started":
        return this.#settlement.noteStarted(fact.engine, fact.tasks);
      case "finished":
        return this.apply(scheduler.finished(fact.engine.rank, fact.tasks));
      case "results":
        return this.#settle(fact);
      case "output":
        return this.output.take(fact.engine, fact.message);
      case "printed":
        return this.#heardOutput.take(fact.engine, fact.message);
      case "interrupted":
        return this.#noteInterrupted(fact);
      case "too-late":
        return this.#settlement.supersede(fact.results);
      case "per-engine-result": {
        const { engine, command, result } = fact;
        if (!this.#settlement.settlePerEngine(engine, command, result)) return;
        return this.apply(scheduler.perEngineSettled(!isSuccess(result.ending)));
      }
      case "returned":
        return this.#takeReturned(fact);
      case "not-started":
        return this.#noteNotStarted(fact);
      case "held-back":
        return this.#noteHeldBack(fact.engine, fact.reason);
      case "leaving":
        this.#tellLeaving(fact);
        return this.stopEngine(fact.engine.rank, this.#options.drainTimeout, fact.reason);
      case "left":
        return this.#noteLeft(fact);
      case "lost":
        return this.#noteLost(fact);
      case "restart-due":
        return this.#replacements.begin(fact.start);
      case "cannot-be-called":
        return this.fail("no-engines", fact.error);
      case "controller":
        return this.#events.controller(fact.socket);
      case "looked":
        this.#noteTimeLeft();
        // A start is worth a record once its task has run for long enough.
        return this.#chronicle.commit();
      case "warning":
        return this.#chronicle.warn(fact.message);
      default:
        return fact satisfies never;
    }
  }

  #noteSourceEnd(): void {
    const { total } = this.#options.source;
    if (total !== undefined && !this.isOver) this.#chronicle.tellNow({ type: "source-ended", total });
    this.noteTotal();
  }

  /** Nothing is started in place of an engine that is stopped. */
  #retire(rank: number, failures: number): void {
    const node = this.pool.engine(rank)?.node ?? "";
    const what = `its last ${plural(failures, "task")} failed, while tasks succeeded elsewhere`;
    this.#chronicle.warn(`engine ${rank} on ${node} is stopped: ${what}`);
    this.stopEngine(rank, this.#options.drainTimeout);
  }

  #noteJoined({ engine, hello, place, unwanted }: Fact<"joined">): void {
    const { rank, id, context } = engine;
    const { node, pid, slots, capacity, warnings } = hello;
    for (const message of warnings) this.#chronicle.warn(message);
    this.#chronicle.tellNow({ type: "engine-joined", engine: { id, rank, node, pid, slots, context, capacity } });
    this.output.greet(engine);
    const { releasable = false } = place;
    const { secondsLeft: timeLeft } = engine;
    const isReserved = this.quotas.isReserved(context);
    const quota = this.quotas.of(context);
    const joining = { timeLeft, quota, unwanted, releasable, context, isReserved, capacity, node };
    this.apply(this.scheduler.engineJoined(rank, slots, joining));
  }

  #noteMissing({ process, reason, again }: Fact<"missing">): void {
    this.#chronicle.tellNow({ type: "engine-failed", node: process.node, reason });
    // Where one has joined before it may go better another time.
    const isReplaced = again && this.#replacements.tryAgain(process);
    this.apply(this.scheduler.engineMissing());
    if (!isReplaced) this.pool.forget(process);
  }

  /** An engine that was out of touch says where it stands. */
  #takeBack({ engine, report }: Fact<"reported">): void {
    const { rank } = engine;
    const lie = this.#claims.firstFalse(rank, report.held);
    if (lie !== undefined) {
      return engine.refuse(`it holds task ${lie.task.id}, attempt ${lie.attempt}, which it was not given`);
    }
    // If it still is, it says so next.
    if (engine.isHeldBack) this.#noteHeldBack(engine, undefined);
    if (this.pool.takeBack(engine)) this.#chronicle.tellNow({ type: "engine-back", engine: rank });
    if (report.ready) this.#noteReady(engine);
    this.output.greet(engine);
    this.apply(this.scheduler.engineBack(rank, report));
  }

  /** @param reason why the engine starts no task for now; undefined when it does again. */
  #noteHeldBack(engine: EngineHandle, reason: string | undefined): void {
    const isHeldBack = reason !== undefined;
    if (engine.isHeldBack === isHeldBack) return;
    engine.isHeldBack = isHeldBack;
    this.#chronicle.tellNow({ type: "engine-held-back", engine: engine.rank, reason });
    this.apply(this.scheduler.engineHeldBack(engine.rank, isHeldBack));
  }

  #noteTimeLeft(): void {
    const left = this.pool.timeLeft();
    if (left.size > 0) this.apply(this.scheduler.timeLeft(left));
  }

  #noteReady(engine: EngineHandle): void {
    if (engine.isReady) return;
    engine.isReady = true;
    this.#chronicle.tellNow({ type: "engine-ready", engine: engine.rank });
  }

  /** Every result is recorded, and the source has heard of it, before the scheduler learns that a slot is free. */
  #settle({ engine, results }: Pick<Fact<"results">, "engine" | "results">): void {
    const { outcomes, lie } = this.#settlement.settle(engine, results);
    for (const { taskId } of outcomes) this.#heardOutput.forget(taskId);
    this.#feed.tell();
    this.apply(this.scheduler.settled(engine.rank, outcomes));
    // What a source expects may have changed with that.
    if (this.#options.source.expected !== undefined) this.noteTotal();
    if (lie === undefined) return;
    engine.refuse(`it reports task ${lie.taskId}, attempt ${lie.attempt}, which it was not given`);
  }

  #takeReturned({ engine: { rank }, taskIds }: Fact<"returned">): void {
    const held = taskIds.filter((taskId) => this.scheduler.heldBy(rank, taskId) !== undefined);
    for (const taskId of held) this.#tellReturned(rank, taskId);
    this.apply(this.scheduler.returned(rank, held));
  }

  #noteNotStarted({ engine: { rank }, taskId }: Fact<"not-started">): void {
    if (this.scheduler.heldBy(rank, taskId) === undefined) return;
    this.#tellReturned(rank, taskId);
    this.apply(this.scheduler.notStarted(rank, taskId));
  }

  /** A task that is stopped waits for nothing: it has its outcome in a moment. */
  #tellReturned(engine: number, taskId: number): void {
    if (this.scheduler.isStopped(taskId) && !this.scheduler.isOnHold) return;
    this.#chronicle.tellNow({ type: "task-returned", taskId, engine });
  }

  /** What somebody wanted to be stopped has its outcome, whoever it was that ended it. */
  #noteInterrupted({ engine, results }: Fact<"interrupted">): void {
    const { scheduler } = this;
    const stopped = results.filter(
      ({ taskId, attempt }) =>
        scheduler.isStopped(taskId) && scheduler.heldBy(engine.rank, taskId)?.attempt === attempt,
    );
    if (stopped.length > 0) this.#settle({ engine, results: stopped });
    this.#settlement.interrupt(engine, results);
    // Whoever calls an engine away may be about to end the run as well.
    if (scheduler.isEnding) this.#settlement.tellCutShort();
  }

  /** Where all are to go as it is, one that goes by itself is nothing to be told of. */
  #tellLeaving({ engine: { rank, node }, reason }: Fact<"leaving">): void {
    const message = `engine ${rank} on ${node} is leaving: ${reason}`;
    if (this.scheduler.isEnding) this.#chronicle.tellNow({ type: "note", message });
    else this.#chronicle.warn(message);
  }

  #noteLeft({ engine, reason }: Fact<"left">): void {
    const { rank } = engine;
    this.output.forget(engine);
    const why = reason === undefined ? {} : { reason };
    this.#chronicle.tellNow({ type: "engine-left", engine: rank, ...why });
    // What an earlier driver has told it to do does not count any more, unless somebody wanted it.
    if (engine.isAdopted && reason === undefined && !this.#stopping.has(rank))
      this.#replacements.replace(engine, false);
    else this.pool.forget(engine);
    if (engine.isCalledAway) this.#replacements.linger(engine);
    this.apply(this.scheduler.engineGone(rank, "left"));
  }

  #noteLost(loss: Fact<"lost">): void {
    const { engine, reason, crashed } = loss;
    const { rank } = engine;
    // It may have left results that it could not deliver.
    const left = this.#options.undelivered?.(engine.id) ?? [];
    const results = left.filter(({ taskId, attempt }) => this.scheduler.heldBy(rank, taskId)?.attempt === attempt);
    if (results.length > 0) this.#settle({ engine, results });
    this.#settlement.noteLoss(loss);
    this.#chronicle.tellNow({ type: "engine-lost", engine: rank, reason, crashed });
    this.#replacements.replace(engine, crashed);
    this.apply(this.scheduler.engineGone(rank, crashed ? "lost" : "left"));
  }
}

/** Tasks in all; of a source that only says how many it expects, once nothing can grow any more. */
function totalOf(source: TaskSource): number | undefined {
  if (source.total !== undefined || source.expected === undefined) return source.total;
  const templates = source.tally?.();
  return templates?.some(({ isGrowing }) => isGrowing) === true ? undefined : source.expected;
}
