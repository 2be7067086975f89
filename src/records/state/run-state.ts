import { isSuccess } from "../../domain/ending.ts";
import type { RunEnd, RunEvent } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { GrowingList } from "../../domain/source.ts";
import { doneOf } from "../../domain/task-tally.ts";
import type { PerEngineCommand, SkippedTask, Task } from "../../domain/task.ts";
import type { ContextTally, Counts, Failure, MetBarrier, Phase } from "./counts.ts";
import { EngineRoll } from "./engine-roll.ts";
import { FailureKinds } from "./failure-kinds.ts";
import { Restarts } from "./restarts.ts";
import { TaskTable } from "./task-table.ts";

/** How many failures are kept in full, for the summary. */
export const FIRST_FAILURES = 5;

/**
 * Where a run stands: the one fold of run events. Snapshot, progress and summary read it, and so does the recovery, which makes it
 * anew from the journal. Its memory grows with engines, and with tasks only in its table: some 43 bytes each. The scheduler does not
 * rest on that table, nor does the recovery: they know for themselves who holds which task.
 */
export class RunState extends EngineRoll implements Counts {
  total: number | undefined = undefined;
  succeeded = 0;
  failed = 0;
  skipped = 0;
  skippedFailed = 0;
  /** Said by whoever begins the run: no event tells it. */
  expectedSkips = 0;
  /** What tasks can be submitted to. Said by whoever begins the run: no event tells it. */
  openList: Pick<GrowingList, "isEnded" | "ids" | "tasks"> | undefined = undefined;
  /** Which task waits for room. Said by whoever begins the run: no event tells it. */
  waitsForRoom: Counts["waitsForRoom"] = undefined;
  /** How many tasks are to come, by their source. Said by whoever begins the run: no event tells it. */
  expectedBySource: (() => number | undefined) | undefined = undefined;
  interrupted = 0;
  perEngineFailed = 0;
  barriers = 0;
  readonly failures: Failure[] = [];
  started: number | undefined = undefined;
  ended: number | undefined = undefined;
  phase: Phase = "running";
  reason: RunEnd | undefined = undefined;
  readonly contexts: ContextTally[] = [];
  /** What is known of each task. */
  readonly table = new TaskTable();
  readonly kinds = new FailureKinds();
  waitsAt: MetBarrier | undefined = undefined;
  readonly #restarts = new Restarts();
  /** Failed tasks and per-engine commands since the last barrier; of skipped tasks those that failed in their earlier run. */
  failedSinceBarrier = 0;
  /** Task id of the last barrier that was passed; -1 when there was none. */
  lastBarrier = -1;
  /** A check barrier has met failures: nothing behind it may run. */
  checkFailed = false;

  get known(): number | undefined {
    return this.total ?? this.openList?.tasks;
  }

  get expected(): number | undefined {
    return this.total ?? this.expectedBySource?.();
  }

  get takesTasks(): boolean {
    return this.openList?.isEnded === false && this.phase === "running";
  }

  get isListDone(): boolean {
    return this.openList !== undefined && this.openList.tasks === this.done;
  }

  get awaitsFirstTask(): boolean {
    return this.takesTasks && this.openList?.ids === 0;
  }

  get finished(): number {
    return this.succeeded + this.failed;
  }

  get done(): number {
    return doneOf(this);
  }

  get retrying(): number {
    return this.table.retries.waiting;
  }

  get retries(): number {
    return this.table.retries.count;
  }

  get laterSuccesses(): number {
    return this.table.retries.successes;
  }

  get restarts(): number {
    return this.#restarts.count;
  }

  /** Takes note of the next event. */
  handle(event: RunEvent): void {
    this.table.handle(event);
    switch (event.type) {
      case "task-assigned":
        if (!this.table.retries.assigned(event.task.id, event.attempt))
          this.#restarts.assigned(event.task.id, event.attempt);
        return this.hold(event.engine, event.task, event.time);
      case "task-finished":
        return this.#finish(event.task, event.result, event.time);
      case "task-started":
        return this.startedOn(event);
      case "task-returned":
        this.#restarts.returned(event.taskId);
        this.letGo(event.engine, event.taskId, event.time);
        return this.vacate(event.engine, event.taskId);
      case "task-retrying":
        this.#leave(event);
        return this.table.retries.note(event.task.id, event.result.attempt, event.time + event.delay);
      case "task-interrupted":
        // A task that has failed, and waits, has left its engine before.
        if (!this.table.retries.isKnown(event.task.id, event.result.attempt)) this.#leave(event);
        this.table.retries.ended(event.task.id, false);
        this.interrupted++;
        return;
      case "task-skipped":
        return this.#skip(event.skipped);
      case "per-engine-finished":
        if (isSuccess(event.result.ending)) return;
        this.perEngineFailed++;
        return this.#fail(event.command, event.result);
      case "barrier-met":
        // A driver that takes the run up meets it again.
        if (this.waitsAt?.barrier.id !== event.barrier.id) this.waitsAt = { barrier: event.barrier, since: event.time };
        return;
      case "barrier-passed":
        this.waitsAt = undefined;
        this.barriers++;
        this.lastBarrier = event.barrier.id;
        this.checkFailed ||= event.failed;
        this.failedSinceBarrier = 0;
        return;
      case "engine-joined":
        return this.join(event.engine, event.time);
      case "engine-stopping":
        return this.stop(event.engine);
      case "engine-left":
        return this.leave(event.engine, event.reason, event.time);
      case "engine-lost":
        return this.lose(event.engine, event.reason, event.time);
      case "engine-ready":
        return this.ready(event.engine);
      case "engine-held-back":
        return this.holdBack(event.engine, event.reason);
      case "engine-silent":
        return this.silence(event.engine, event.reason);
      case "engine-back":
        return this.resume(event.engine);
      case "engine-failed":
        return this.unreachable.note(event.node, event.reason);
      case "engine-restarting":
        return this.unreachable.noteRestart(event.node);
      case "engines-awaited":
        this.awaitsEngines = true;
        return;
      case "context-added":
        this.contexts.push({ context: event.context, later: event.later, stopped: false, settled: 0 });
        return;
      case "context-stopped":
        for (const known of this.contexts) known.stopped ||= known.context.label === event.label;
        return;
      case "run-started":
        this.total = event.total;
        this.started = event.time;
        return this.#goOn();
      case "source-ended":
        this.total = event.total;
        return;
      case "run-recovered":
        return this.#goOn();
      case "run-draining":
        return this.#change("draining", event.reason);
      case "run-terminating":
        return this.#change("terminating", event.reason);
      case "run-ended":
        this.ended = event.time;
        return this.#change("ended", event.reason);
      case "task-superseded":
      case "task-stopping":
      case "note":
      case "warning":
        return;
      default:
        return event satisfies never;
    }
  }

  #change(phase: Phase, reason: RunEnd): void {
    this.phase = phase;
    this.reason = reason;
  }

  /** The run goes on, also when an earlier driver of it was about to end it. */
  #goOn(): void {
    this.phase = "running";
    this.reason = undefined;
    this.ended = undefined;
  }

  /** A task has left its engine without an outcome. */
  #leave({ task, result, time }: Extract<RunEvent, { readonly type: "task-retrying" | "task-interrupted" }>): void {
    this.#restarts.ended(task.id);
    this.noteBusy(result, this.letGo(result.engine, task.id, time));
    this.vacate(result.engine, task.id);
  }

  #finish(task: Task, result: TaskResult, time: number): void {
    const { retries } = this.table;
    // Somebody has had a task stopped that waited for its next try.
    const isHeld = !retries.isKnown(task.id, result.attempt);
    retries.ended(task.id, isSuccess(result.ending));
    this.#restarts.ended(task.id);
    const engine = this.finishedOn(result, time, isHeld);
    // A task that was given up counts for no limit: its engine is gone.
    const context = engine === undefined ? undefined : this.#contextOf(engine.engine.context);
    if (context !== undefined) context.settled++;
    const success = isSuccess(result.ending);
    this.series.settled(time, success);
    if (success) this.succeeded++;
    else {
      this.failed++;
      this.table.setKind(task.id, this.kinds.take(result, time));
      this.#fail(task, result);
    }
  }

  #contextOf(label: string): ContextTally | undefined {
    // There are few of them, and mostly one.
    for (const known of this.contexts) if (known.context.label === label) return known;
    return undefined;
  }

  #fail(command: Task | PerEngineCommand, result: TaskResult): void {
    this.failedSinceBarrier++;
    if (this.failures.length < FIRST_FAILURES) this.failures.push({ command, result });
  }

  #skip({ previous }: SkippedTask): void {
    this.skipped++;
    if (isSuccess(previous.ending)) return;
    this.skippedFailed++;
    this.failedSinceBarrier++;
  }
}
