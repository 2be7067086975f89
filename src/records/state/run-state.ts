import { isSuccess } from "../../domain/ending.ts";
import type { RunEnd, RunEvent } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { PerEngineCommand, SkippedTask, Task } from "../../domain/task.ts";
import type { ContextTally, Counts, Failure, Phase } from "./counts.ts";
import { EngineRoll } from "./engine-roll.ts";
import { TaskTable } from "./task-table.ts";

/** How many failures are kept in full, for the summary. */
export const FIRST_FAILURES = 5;

/**
 * Where a run stands: the one fold of run events. Snapshot, progress and summary read it, and so does the recovery, which makes it
 * anew from the journal. Its memory grows with engines, not with tasks. Which task is where is known by whoever needs that: by the
 * scheduler while the run goes on, and by `records/recovery/holdings.ts` after it was cut off.
 */
export class RunState extends EngineRoll implements Counts {
  total: number | undefined = undefined;
  succeeded = 0;
  failed = 0;
  skipped = 0;
  skippedFailed = 0;
  interrupted = 0;
  perEngineFailed = 0;
  barriers = 0;
  busySlotSeconds = 0;
  readonly failures: Failure[] = [];
  started: number | undefined = undefined;
  ended: number | undefined = undefined;
  phase: Phase = "running";
  reason: RunEnd | undefined = undefined;
  readonly contexts: ContextTally[] = [];
  /** What is known of each task. */
  readonly table = new TaskTable();
  /** Failed tasks and per-engine commands since the last barrier; of skipped tasks those that failed in their earlier run. */
  failedSinceBarrier = 0;
  /** Task id of the last barrier that was passed; -1 when there was none. */
  lastBarrier = -1;
  /** A check barrier has met failures: nothing behind it may run. */
  checkFailed = false;

  get finished(): number {
    return this.succeeded + this.failed;
  }

  get done(): number {
    return this.succeeded + this.failed + this.skipped;
  }

  /** Takes note of the next event. */
  handle(event: RunEvent): void {
    this.table.handle(event);
    switch (event.type) {
      case "task-assigned":
        return this.assigned(event.engine, 1);
      case "task-finished":
        return this.#finish(event.task, event.result);
      case "task-started":
        return this.startedOn(event);
      case "task-returned":
        this.assigned(event.engine, -1);
        return this.vacate(event.engine, event.taskId);
      case "task-interrupted":
        this.assigned(event.result.engine, -1);
        this.vacate(event.result.engine, event.result.taskId);
        this.#noteBusy(event.result);
        this.interrupted++;
        return;
      case "task-skipped":
        return this.#skip(event.skipped);
      case "per-engine-finished":
        if (isSuccess(event.result.ending)) return;
        this.perEngineFailed++;
        return this.#fail(event.command, event.result);
      case "barrier-passed":
        this.barriers++;
        this.lastBarrier = event.barrier.id;
        this.checkFailed ||= event.failed;
        this.failedSinceBarrier = 0;
        return;
      case "engine-joined":
        return this.join(event.engine, event.time);
      case "engine-left":
        return this.leave(event.engine, "left", event.time);
      case "engine-lost":
        return this.leave(event.engine, "lost", event.time);
      case "engine-ready":
        return this.changeState(event.engine, "starting", "ready");
      case "engine-silent":
        return this.changeState(event.engine, "ready", "silent");
      case "engine-back":
        return this.changeState(event.engine, "silent", "ready");
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
      case "run-recovered":
        return this.#goOn();
      case "run-draining":
        return this.#change("draining", event.reason);
      case "run-terminating":
        return this.#change("terminating", event.reason);
      case "run-ended":
        this.ended = event.time;
        return this.#change("ended", event.reason);
      case "engine-restarting":
      case "task-superseded":
      case "engines-awaited":
      case "engine-failed":
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

  #finish(task: Task, result: TaskResult): void {
    this.#noteBusy(result);
    const engine = this.finishedOn(result);
    // A task that was given up counts for no limit: its engine is gone.
    const context = engine === undefined ? undefined : this.#contextOf(engine.engine.context);
    if (context !== undefined) context.settled++;
    if (isSuccess(result.ending)) this.succeeded++;
    else {
      this.failed++;
      this.#fail(task, result);
    }
  }

  #contextOf(label: string): ContextTally | undefined {
    // There are few of them, and mostly one.
    for (const known of this.contexts) if (known.context.label === label) return known;
    return undefined;
  }

  #noteBusy({ start, finish }: TaskResult): void {
    this.busySlotSeconds += Math.max(0, finish - start);
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
