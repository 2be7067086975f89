import type { RunEnd } from "../../domain/events.ts";
import { isGivenUp } from "../../domain/loss.ts";
import type { Assignment, StreamItem } from "../../domain/task.ts";
import type { HaltPolicy } from "../../domain/halt-policy.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import { Backlog } from "./backlog.ts";
import { BadEngines } from "./bad-engines.ts";
import { Barriers } from "./barriers.ts";
import type {
  EarlierState,
  EarlierRetry,
  EngineReport,
  Joining,
  AssignmentOutcome,
  RoomWanted,
  SchedulerCommand,
} from "./commands.ts";
import { demandOfTerms, isParticular } from "./demand.ts";
import { Dispatch } from "./dispatch.ts";
import type { EngineLoad } from "./engine-load.ts";
import { Halt } from "./halt.ts";
import { Quota } from "./quota.ts";
import { Roster } from "./roster.ts";
import { roomWanted } from "./room-wanted.ts";
import { SharedPool } from "./shared-pool.ts";
import { Suspicion } from "./suspicion.ts";
import { WaitingRetries, type WaitingRetry } from "./waiting-retries.ts";

export interface SchedulerOptions {
  /** When the run ends before all is done; missing when it does not. */
  readonly halt?: HaltPolicy | undefined;
  /** An engine is stopped on which so many tries in a row have failed while tasks succeeded elsewhere; without it, never. */
  readonly maxFailuresPerEngine?: number | undefined;
  /** When no engine is left, wait for one to be added instead of ending the run. */
  readonly waitForEngines?: boolean;
  /** Engines are started before there is a task for them, so that they are there when one comes. */
  readonly enginesAtOnce?: boolean;
  /** A task is given up when so many engines have died running it, the last one of them nothing else; without it, never. */
  readonly crashLimit?: number;
  /** Amounts of named resources that all tasks of the run share. */
  readonly runResources?: Readonly<Record<string, number>>;
}

/**
 * Decides what happens next in a run. Synchronous and pure: facts go in as method calls, commands come out; it does no
 * I/O and knows no time.
 *
 *     running ──► draining ──► leaving ──► ended        draining: nothing new starts, what runs may finish
 *        │  └────────────────────▲  ▲                    leaving: the engines run their stop commands and go
 *        └────► terminating ────────┘                    terminating: tasks are being ended
 */
export class Scheduler {
  #phase: "running" | "draining" | "leaving" | "terminating" | "ended" = "running";
  #reason: RunEnd = "done";
  readonly #waitForEngines: boolean;
  readonly #enginesAtOnce: boolean;
  readonly #crashLimit: number;
  readonly #suspicion: Suspicion;
  readonly #engines: Roster;
  readonly #backlog = new Backlog();
  readonly #barriers: Barriers;
  readonly #halt: Halt;
  readonly #badEngines: BadEngines;
  readonly #retries = new WaitingRetries();
  readonly #dispatch: Dispatch;
  /** Whether it has been said that engines are awaited. */
  #awaiting = false;
  #onHold = false;
  /** By task id: rank of the last engine that held the task, which somebody has had stopped, whatever has become of it. */
  readonly #stopped = new Map<number, number>();
  #commands: SchedulerCommand[] = [];

  constructor(options: SchedulerOptions) {
    this.#halt = new Halt(options.halt);
    this.#badEngines = new BadEngines(options.maxFailuresPerEngine ?? Number.POSITIVE_INFINITY);
    this.#waitForEngines = options.waitForEngines ?? false;
    this.#enginesAtOnce = options.enginesAtOnce ?? false;
    this.#crashLimit = options.crashLimit ?? Number.POSITIVE_INFINITY;
    this.#suspicion = new Suspicion(this.#crashLimit);
    const tell = (command: SchedulerCommand): void => {
      if (command.type === "settle-unmet") this.#retries.forget([command.assignment]);
      this.#commands.push(command);
    };
    const pool = new SharedPool(options.runResources ?? {});
    this.#engines = new Roster(this.#suspicion, pool, tell);
    this.#barriers = new Barriers(tell);
    this.#dispatch = new Dispatch(
      {
        backlog: this.#backlog,
        engines: this.#engines,
        barriers: this.#barriers,
        halt: this.#halt,
        retries: this.#retries,
        suspicion: this.#suspicion,
        pool,
        tell,
      },
      {
        waitForEngines: this.#waitForEngines,
        enginesAtOnce: this.#enginesAtOnce,
        isRunning: () => this.#phase === "running",
        noteFailure: () => this.#noteFailure(),
        checkFailed: () => this.#failCheck(),
        finished: () => this.#leave(),
      },
    );
  }

  /** Begins the run, where an earlier driver has left it if there was one: its engines count as out of touch. */
  start(earlier?: EarlierState): SchedulerCommand[] {
    if (earlier !== undefined) this.#takeUp(earlier);
    return this.#decide();
  }

  /** Starts nothing until `release`: engines that are out of touch may have more than anybody knows. */
  hold(): void {
    this.#onHold = true;
  }

  get isOnHold(): boolean {
    return this.#onHold;
  }

  release(): SchedulerCommand[] {
    this.#endHold();
    return this.#decide();
  }

  /** No engine is going to say any more that it has a task which somebody has had stopped. */
  #endHold(): void {
    this.#onHold = false;
    for (const id of this.#stopped.keys()) {
      const assignment = this.#backlog.withdraw(id);
      if (assignment !== undefined) this.#giveBack(assignment);
    }
  }

  /** Whether nothing new is started any more. */
  get isEnding(): boolean {
    return this.#phase !== "running";
  }

  /** Whether what runs is being ended. */
  get isTerminating(): boolean {
    return this.#phase === "terminating";
  }

  /** Whether the run could do with another engine in place of this one, were it gone. */
  misses(rank: number): boolean {
    const engine = this.#engines.get(rank);
    return engine !== undefined && engine.state !== "dismissed" && !this.isEnding;
  }

  /** Whether the run waits only for the engines to go, and this one has nothing to go with. */
  isDoneWith(rank: number): boolean {
    return this.#phase === "leaving" && this.#engines.get(rank)?.held.size === 0;
  }

  /** The source's answer to a `pull`; no items means its end. */
  pulled(items: readonly StreamItem[]): SchedulerCommand[] {
    this.#backlog.add(items);
    return this.#decide();
  }

  /** The run has so many tasks in all. */
  noteTotal(total: number): SchedulerCommand[] {
    this.#halt.noteTotal(total);
    this.#haltIfDue();
    return this.#decide();
  }

  /** The source has no more per-engine commands; what else it has is yet to come. */
  headPulled(): SchedulerCommand[] {
    this.#backlog.hasBegun = true;
    return this.#decide();
  }

  engineJoined(rank: number, slots: number, joining: Joining = {}): SchedulerCommand[] {
    const {
      quota = new Quota(Infinity),
      unwanted = false,
      releasable = false,
      context,
      capacity,
      node,
      isReserved,
    } = joining;
    if (isReserved === true) this.#dispatch.lookAhead();
    const engine = this.#engines.join({ rank, slots, quota, releasable, context, capacity, isReserved });
    if (joining.timeLeft !== undefined) engine.timeLeft = joining.timeLeft;
    engine.node = node;
    if (unwanted || this.#phase === "leaving") this.#engines.dismiss(engine);
    if (this.#phase === "terminating") this.#engines.terminate(engine);
    return this.#decide();
  }

  /** An engine has run its start commands. */
  engineReady(rank: number): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine?.state === "joined") engine.state = "ready";
    return this.#decide();
  }

  /** The engine left or was lost; what it held has to be run elsewhere. */
  engineGone(rank: number, how: "left" | "lost" = "lost"): SchedulerCommand[] {
    const abandoned = this.#engines.remove(rank, how);
    this.#badEngines.forget(rank);
    const wasAlone = abandoned.length === 1;
    for (const next of abandoned) {
      if (this.#stopped.has(next.task.id)) this.#giveBack({ ...next, attempt: next.attempt - 1 });
      else if (how === "lost" && isGivenUp(next, wasAlone, this.#crashLimit))
        this.#giveUp({ ...next, attempt: next.attempt - 1 });
      else this.#backlog.giveBack(next);
    }
    return this.#decide();
  }

  /** The engine is out of touch, and may come back. */
  engineSilent(rank: number): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine !== undefined) engine.silent = true;
    return this.#decide();
  }

  /** An engine starts no task for now, and is given none, or it does again. */
  engineHeldBack(rank: number, heldBack: boolean): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine !== undefined) engine.heldBack = heldBack;
    return this.#decide();
  }

  /** So many seconds are left to these engines, by their ranks, until their machines are taken away. Less is left each time. */
  timeLeft(seconds: ReadonlyMap<number, number>): SchedulerCommand[] {
    for (const [rank, left] of seconds) {
      const engine = this.#engines.get(rank);
      if (engine !== undefined) engine.timeLeft = left;
    }
    const { waiting } = this.#backlog;
    if (waiting === undefined || !waiting.order.some(({ demand }) => demand.minTime > 0)) return [];
    this.#engines.changes++;
    return this.#decide();
  }

  /** An engine that was out of touch is heard of again, and nothing that was said got lost. */
  engineHeard(rank: number): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine !== undefined) engine.silent = false;
    return this.#decide();
  }

  /**
   * The engine is back. What it does not report never reached it, and goes to others; what it was told meanwhile is told
   * again.
   */
  engineBack(rank: number, report: EngineReport): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine === undefined) return this.#decide();
    const reported = new Set(report.held.map(({ task }) => task.id));
    for (const { task } of [...engine.held.values()]) {
      if (!reported.has(task.id)) this.#takeBack(engine, task.id);
    }
    this.#engines.resume(engine, report);
    for (const { task, attempt } of report.held) {
      if (this.#stopped.has(task.id)) this.#tellToStop(engine, task.id, attempt);
    }
    if (this.#phase === "terminating") this.#engines.terminate(engine);
    return this.#decide();
  }

  /**
   * Takes note that an engine that is back has this task, which is not known to be its: what was written last may be lost.
   * Nobody else can have the task, since nothing was started on hold, but for an engine that is back and says so.
   *
   * @returns false when it cannot be so.
   */
  claim(rank: number, assignment: Assignment): boolean {
    const engine = this.#engines.get(rank);
    if (!this.#onHold || engine === undefined) return false;
    const { id } = assignment.task;
    const holder = this.#engines.holderOf(id);
    if (holder !== undefined && !holder.silent) return false;
    if ((holder?.held.get(id)?.attempt ?? 0) > assignment.attempt) return false;
    // A try that has failed is told of once more.
    if ((this.#retries.of(id)?.assignment.attempt ?? 0) > assignment.attempt) return false;
    holder?.take(id, "returned");
    this.#backlog.withdraw(id);
    this.#retries.take(id);
    this.#retries.forget([assignment]);
    if (isParticular(assignment.task.terms)) this.#engines.openBooks();
    engine.give(assignment);
    if (this.#stopped.has(id)) this.#stopped.set(id, rank);
    return true;
  }

  /** Engines have been started, and will join or be given up by `engineMissing`. */
  enginesStarted(count: number): SchedulerCommand[] {
    this.#engines.expect(count);
    return this.#decide();
  }

  /** An engine that was started will not join. */
  engineMissing(): SchedulerCommand[] {
    this.#engines.missed();
    return this.#decide();
  }

  /**
   * The engine is to start nothing more and to leave; what it has not started goes to others.
   *
   * @param within what runs longer than so many seconds is ended; a later word counts more than an earlier one.
   */
  stopEngine(rank: number, within?: number): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine !== undefined) this.#engines.stop(engine, within);
    return this.#decide();
  }

  /** Whether an engine could run a task with these terms, or may join that can. */
  couldRun(terms: TaskTerms | undefined): boolean {
    return !isParticular(terms) || this.#dispatch.couldRun(demandOfTerms(terms));
  }

  /** The task that is to be started next, when it fits nowhere yet. */
  waitsForRoom(): RoomWanted | undefined {
    return this.#phase === "running" && !this.#onHold ? roomWanted(this.#backlog, this.#engines) : undefined;
  }

  /** Which attempt of the task this engine holds, and what the task is; undefined when it holds none. */
  heldBy(rank: number, taskId: number): Assignment | undefined {
    return this.#engines.get(rank)?.held.get(taskId);
  }

  /** Tasks that this engine ended, each held by it. */
  settled(rank: number, outcomes: readonly AssignmentOutcome[]): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    for (const outcome of outcomes) {
      // A try that is followed by another one does not count for the limit of a context.
      if (engine?.take(outcome.taskId, outcome.retry === undefined ? "settled" : "returned") === undefined) continue;
      engine.learn(outcome.elapsed);
      this.#badEngines.note(rank, outcome.failed);
      if (outcome.failed) this.#retireIfBad(engine);
      if (outcome.retry !== undefined) this.#awaitRetry({ ...outcome.retry, engine: rank });
      else if (outcome.failed) this.#noteFailure();
      else this.#noteSuccess();
    }
    return this.#decide();
  }

  /** The time has come for these tasks to be tried again. */
  retryDue(taskIds: readonly number[]): SchedulerCommand[] {
    for (const id of taskIds) {
      const retry = this.#retries.take(id);
      if (retry !== undefined) this.#tryAgain(retry);
    }
    return this.#decide();
  }

  /** Rank of the engine where the last try of a task has failed that waits for its next one; undefined when it does not. */
  lastEngineOf(taskId: number): number | undefined {
    return this.#retries.of(taskId)?.engine;
  }

  /** Tasks that this engine holds have ended there; what became of them is not certain yet, and their slots are free. */
  finished(rank: number, tasks: readonly Pick<AssignmentOutcome, "taskId" | "failed">[]): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    // An outcome that would end the run has to be certain before anything else is started in that slot.
    const mayEnd = this.#halt.remaining <= this.#engines.live;
    for (const { taskId, failed } of tasks) if (!mayEnd || !this.#halt.counts(failed)) engine?.finish(taskId);
    return this.#decide();
  }

  /** A per-engine command ended. */
  perEngineSettled(failed: boolean): SchedulerCommand[] {
    if (failed) this.#noteFailure();
    return this.#decide();
  }

  /** The engine's answer to `recall`: tasks that it never started. */
  returned(rank: number, taskIds: readonly number[]): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine !== undefined) {
      engine.recalled = false;
      for (const id of taskIds) this.#takeBack(engine, id);
    }
    return this.#decide();
  }

  /** Rank of the engine that holds this task. */
  holderOf(taskId: number): number | undefined {
    return this.#engines.holderOf(taskId)?.rank;
  }

  /** Whether somebody has had this task stopped, whatever has become of it. */
  isStopped(taskId: number): boolean {
    return this.#stopped.has(taskId);
  }

  /**
   * A task that an engine holds is to be ended, or not started. It is not started again, whatever becomes of the engine. A task that waits
   * for its next try has its outcome at once.
   */
  stopTask(taskId: number): SchedulerCommand[] {
    const lastEngine = this.#retries.of(taskId)?.engine;
    if (lastEngine !== undefined) {
      this.#stopped.set(taskId, lastEngine);
      const assignment = this.#retries.take(taskId)?.assignment ?? this.#backlog.withdraw(taskId);
      if (assignment === undefined) return this.#decide();
      this.#retries.forget([assignment]);
      this.#giveBack(assignment);
      return this.#decide();
    }
    const engine = this.#engines.holderOf(taskId);
    const assignment = engine?.held.get(taskId);
    if (engine === undefined || assignment === undefined) return this.#decide();
    this.#stopped.set(taskId, engine.rank);
    this.#tellToStop(engine, taskId, assignment.attempt);
    return this.#decide();
  }

  /** The engine's answer to `stop-task`: it had not started the task. */
  notStarted(rank: number, taskId: number): SchedulerCommand[] {
    const engine = this.#engines.get(rank);
    if (engine !== undefined) this.#takeBack(engine, taskId);
    return this.#decide();
  }

  /** Whether nothing new starts, before all is done. */
  get isDraining(): boolean {
    return this.#phase === "draining" || this.#phase === "terminating";
  }

  /** Starts nothing new, lets what runs finish, then ends the run for this reason. */
  drain(reason: RunEnd): SchedulerCommand[] {
    if (this.#phase === "running") this.#beginToDrain(reason);
    return this.#decide();
  }

  #beginToDrain(reason: RunEnd): void {
    this.#phase = "draining";
    this.#reason = reason;
    this.#commands.push({ type: "draining", reason });
    this.#engines.recallAll();
  }

  #failCheck(): void {
    this.#phase = "draining";
    this.#reason = "check-failed";
  }

  /** Ends running tasks, then the run. */
  terminate(reason: RunEnd): SchedulerCommand[] {
    if (this.#phase !== "ended") this.#endTasks(reason);
    return this.#decide();
  }

  #endTasks(reason: RunEnd): void {
    if (this.#phase !== "terminating") this.#reason = reason;
    this.#phase = "terminating";
    this.#commands.push({ type: "terminating", reason });
    this.#engines.terminateAll();
  }

  #takeUp(earlier: EarlierState): void {
    const { engines, returned, retries = [], stopped, failedSinceBarrier, succeeded = 0, failed = 0 } = earlier;
    for (const [id, rank] of stopped) this.#stopped.set(id, rank);
    this.#barriers.takeUp(failedSinceBarrier);
    this.#halt.takeUp(succeeded, failed);
    for (const engine of engines) this.#engines.restore(engine);
    for (const assignment of returned) this.#giveBack(assignment);
    for (const retry of retries) this.#awaitRetry(retry);
    this.#dispatch.takeUp(earlier.anySkipped, earlier.anyUnmet);
    this.#haltIfDue();
  }

  /** A task that somebody has had stopped is not tried again, whatever was decided before that. */
  #awaitRetry({ assignment, engine, delay }: EarlierRetry): void {
    const { id } = assignment.task;
    if (this.#stopped.has(id)) return this.#giveBack(assignment);
    if (delay <= 0) return this.#tryAgain({ assignment, engine });
    this.#retries.add({ assignment, engine });
    this.#commands.push({ type: "await-retry", taskId: id, delay });
  }

  #tryAgain(retry: WaitingRetry): void {
    this.#retries.noteDue(retry);
    this.#backlog.giveBack(retry.assignment);
  }

  /** The last engine that takes tasks stays, whatever happens there. */
  #retireIfBad(engine: EngineLoad): void {
    const { rank } = engine;
    const failures = this.#badEngines.tooManyOn(rank);
    if (failures === undefined || this.#phase !== "running" || engine.state === "dismissed") return;
    if (!this.#engines.hasOther(engine)) return;
    this.#badEngines.forget(rank);
    this.#commands.push({ type: "retire-engine", engine: rank, failures });
  }

  #takeBack(engine: EngineLoad, taskId: number): void {
    const assignment = engine.take(taskId, "returned");
    if (assignment !== undefined) this.#giveBack(assignment);
  }

  /** The task waits for its next start, unless somebody has had it stopped. On hold an engine may still say that it has it. */
  #giveBack(assignment: Assignment): void {
    const engine = this.#stopped.get(assignment.task.id);
    if (engine === undefined || this.#onHold) return this.#backlog.giveBack(assignment);
    this.#commands.push({ type: "settle-stopped", assignment, engine });
    this.#noteFailure();
  }

  #tellToStop({ rank }: EngineLoad, taskId: number, attempt: number): void {
    this.#commands.push({ type: "stop-task", engine: rank, taskId, attempt });
  }

  #giveUp(assignment: Assignment): void {
    this.#commands.push({ type: "give-up", assignment });
    this.#noteFailure();
  }

  #noteFailure(): void {
    this.#barriers.noteFailure();
    this.#halt.note(true);
    this.#haltIfDue();
  }

  #noteSuccess(): void {
    this.#halt.note(false);
    this.#haltIfDue();
  }

  #haltIfDue(): void {
    const due = this.#phase === "running" ? this.#halt.due : undefined;
    if (due === undefined) return;
    if (due.when === "now") this.#endTasks(due.reason);
    else this.#beginToDrain(due.reason);
  }

  #decide(): SchedulerCommand[] {
    if (this.#phase === "running" && !this.#onHold) this.#dispatch.advance();
    if (this.#phase === "running" && !this.#onHold) this.#lookForEngines();
    if (this.#phase !== "running" && this.#retries.isAny) this.#dropRetries();
    if (this.#phase === "draining" && this.#engines.live === 0) this.#leave();
    if ((this.#phase === "leaving" || this.#phase === "terminating") && this.#engines.size === 0) this.#end();
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  #dropRetries(): void {
    this.#retries.clear();
    this.#commands.push({ type: "drop-retries" });
  }

  /** Without an engine the run ends, or waits for one to be added. */
  #lookForEngines(): void {
    const stranded = this.#isStranded();
    if (stranded && this.#waitForEngines && !this.#awaiting) this.#commands.push({ type: "await-engines" });
    this.#awaiting = stranded;
    if (!stranded || this.#waitForEngines) return;
    this.#reason = "no-engines";
    this.#leave();
  }

  /** Whether there is work, or may be, and no engine to do it. */
  #isStranded(): boolean {
    if (!this.#engines.isDeserted || this.#dispatch.isFinished) return false;
    return this.#enginesAtOnce || !this.#backlog.pulling || this.#backlog.hasTask || this.#retries.isAny;
  }

  #leave(): void {
    this.#phase = "leaving";
    this.#engines.dismissAll();
  }

  #end(): void {
    this.#phase = "ended";
    if (this.#onHold) this.#endHold();
    const reason = this.#reason === "done" && this.#dispatch.anyUnmet ? "unmet-needs" : this.#reason;
    this.#commands.push({ type: "end", reason });
  }
}
