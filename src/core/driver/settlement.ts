import { GIVEN_UP, isSuccess } from "../../domain/ending.ts";
import type { TaskResult } from "../../domain/result.ts";
import { NO_LEAK } from "../../domain/result.ts";
import type { Assignment, PerEngineCommand, RunningTask, Task } from "../../domain/task.ts";
import type { Outcome, SchedulerCommand } from "../scheduler/commands.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { EngineMessage } from "../../wire/messages.ts";
import type { Chronicle } from "./chronicle.ts";
import type { EngineHandle } from "./engine-handle.ts";

export interface SettlementOptions {
  readonly scheduler: Scheduler;
  readonly chronicle: Chronicle;
  readonly apply: (commands: readonly SchedulerCommand[]) => void;
  /** The task got its outcome from an earlier driver of this run. */
  readonly settledEarlier: (taskId: number) => boolean;
}

/** A task that something has ended which was meant for its engine or the run. */
interface CutShort {
  readonly task: Task;
  readonly result: TaskResult;
  /** Another engine has been given it, which may never have started it. */
  isGivenAgain: boolean;
}

type PerEngineResult = Extract<EngineMessage, { type: "per-engine-result" }>;

/** Makes facts of what engines report. */
export class Settlement {
  readonly #scheduler: Scheduler;
  readonly #chronicle: Chronicle;
  readonly #apply: (commands: readonly SchedulerCommand[]) => void;
  readonly #settledEarlier: (taskId: number) => boolean;
  readonly #settledOnHold = new Set<number>();
  /** By task id: tasks that were cut short and have had no outcome since. */
  readonly #cutShort = new Map<number, CutShort>();

  constructor({ scheduler, chronicle, apply, settledEarlier }: SettlementOptions) {
    this.#scheduler = scheduler;
    this.#chronicle = chronicle;
    this.#apply = apply;
    this.#settledEarlier = settledEarlier;
  }

  /** The task has an outcome that was not there yet when this driver took the run up. Known while the run is on hold. */
  hasSettled(taskId: number): boolean {
    return this.#settledOnHold.has(taskId);
  }

  /** Tasks run, each in its slot; what has been said before is no event. */
  noteStarted(engine: EngineHandle, tasks: readonly RunningTask[]): void {
    // Where it stands comes first.
    if (engine.mayRepeat) return;
    for (const running of tasks) {
      const { taskId, attempt, slot, start } = running;
      const held = this.#scheduler.heldBy(engine.rank, taskId);
      if (held?.attempt !== attempt || slot >= engine.slots) {
        engine.refuse(`it says that task ${taskId}, attempt ${attempt}, runs in slot ${slot}, which it was not given`);
        break;
      }
      if (!engine.noteStarted(running)) continue;
      const { task } = held;
      this.#chronicle.tellNow({ type: "task-started", task, attempt, engine: engine.rank, slot, start });
    }
    this.#chronicle.commit();
  }

  /** Every result is recorded before the scheduler learns that a slot is free. */
  settle(engine: EngineHandle, results: readonly TaskResult[]): void {
    const outcomes = new Map<number, Outcome>();
    let lie: TaskResult | undefined;
    for (const result of results) {
      const { taskId, ending, start, finish } = result;
      const held = this.#scheduler.heldBy(engine.rank, taskId);
      if (held === undefined || held.attempt !== result.attempt || outcomes.has(taskId)) {
        // Another driver may have heard of it, and not have lived to say so.
        if (engine.mayRepeat) {
          if (!this.#settledEarlier(taskId)) this.#supersede(result);
          continue;
        }
        lie = result;
        break;
      }
      this.#chronicle.tell({ type: "task-finished", time: this.#chronicle.now(), task: held.task, result });
      if (this.#scheduler.isOnHold) this.#settledOnHold.add(taskId);
      if (this.#cutShort.size > 0) this.#cutShort.delete(taskId);
      outcomes.set(taskId, { taskId, failed: !isSuccess(ending), elapsed: finish - start });
    }
    this.#chronicle.commit();
    this.#apply(this.#scheduler.settled(engine.rank, [...outcomes.values()]));
    if (lie !== undefined)
      engine.refuse(`it reports task ${lie.taskId}, attempt ${lie.attempt}, which it was not given`);
  }

  /** Tasks were ended because the run is, or their engine; while the run goes on they are started again elsewhere. */
  interrupt(engine: EngineHandle, results: readonly TaskResult[]): void {
    for (const result of results) {
      const held = this.#scheduler.heldBy(engine.rank, result.taskId);
      if (held?.attempt !== result.attempt) continue;
      this.#cutShort.set(held.task.id, { task: held.task, result, isGivenAgain: false });
    }
    // Whoever calls an engine away may be about to end the run as well.
    if (this.#scheduler.isEnding) this.tellCutShort();
  }

  /** The task is given to an engine, perhaps once more. */
  noteAssigned(taskId: number): void {
    const earlier = this.#cutShort.get(taskId);
    if (earlier !== undefined) earlier.isGivenAgain = true;
  }

  /** The run is over: what was given to another engine and has no outcome has only been cut short. */
  close(): void {
    for (const earlier of this.#cutShort.values()) earlier.isGivenAgain = false;
    this.tellCutShort();
  }

  /** The run ends, and what was cut short is not started again; of what was given again that is not certain yet. */
  tellCutShort(): void {
    for (const { task, result, isGivenAgain } of this.#cutShort.values()) {
      if (isGivenAgain) continue;
      this.#chronicle.tellNow({ type: "task-interrupted", task, result });
      this.#cutShort.delete(task.id);
    }
    this.#chronicle.commit();
  }

  settlePerEngine(engine: EngineHandle, { command, result }: PerEngineResult): void {
    if (engine.commandsRun.some((run) => isSame(run, command)) && engine.mayRepeat) return;
    if (engine.isWelcomed && !engine.perEngine[command.when].some((known) => isSame(known, command))) {
      return engine.refuse(`no such per-engine command: ${command.when} ${command.id}`);
    }
    this.#chronicle.tellNow({ type: "per-engine-finished", command, result });
    this.#chronicle.commit();
    this.#apply(this.#scheduler.perEngineSettled(!isSuccess(result.ending)));
  }

  /** What an engine says that has been given up. */
  hearOut(message: EngineMessage): void {
    if (message.type !== "results" || message.interrupted) return;
    for (const result of message.results) this.#supersede(result);
    this.#chronicle.commit();
  }

  /** @param why the last of its engines has died. */
  giveUp({ rank, node }: EngineHandle, { task, attempt, crashes }: Assignment, why: string): void {
    const now = this.#chronicle.now();
    const died = crashes === 1 ? "an engine has died" : `${crashes} engines have died`;
    const text = `disbatch: given up: ${died} running it, the last one on ${node}: ${why}`;
    const error = { bytes: Buffer.byteLength(text), snippet: text };
    const who = { taskId: task.id, attempt, node, engine: rank, slot: -1, pid: -1 };
    const result = { ...who, ending: GIVEN_UP, start: now, finish: now, output: NO_LEAK, error };
    this.#cutShort.delete(task.id);
    this.#chronicle.tell({ type: "task-finished", time: now, task, result });
  }

  #supersede(result: TaskResult): void {
    this.#chronicle.tellNow({ type: "task-superseded", result });
  }
}

function isSame(a: PerEngineCommand, b: PerEngineCommand): boolean {
  return a.when === b.when && a.id === b.id && a.line === b.line && a.command === b.command;
}
