import { GIVEN_UP, isSuccess, STOPPED, UNMET } from "../../domain/ending.ts";
import { retryDelay } from "../../domain/retry-delay.ts";
import type { TaskResult } from "../../domain/result.ts";
import { NO_LEAK } from "../../domain/result.ts";
import type { Assignment, PerEngineCommand, RunningTask, Task } from "../../domain/task.ts";
import type { EngineHandle } from "../pool/engine-handle.ts";
import type { PoolFact } from "../pool/facts.ts";
import type { AssignmentOutcome } from "../scheduler/commands.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Chronicle } from "./chronicle.ts";
import type { FailedTry } from "./earlier-run.ts";
import type { Feed } from "./feed.ts";

export interface SettlementOptions {
  /** Who holds what. */
  readonly scheduler: Pick<Scheduler, "heldBy" | "isOnHold" | "isEnding" | "isStopped">;
  readonly chronicle: Chronicle;
  /** Takes note of outcomes for the source. */
  readonly feed: Pick<Feed, "note" | "noteAssigned" | "noteRetrying">;
  /** Host name of the engine of this rank, also when it has gone. */
  readonly nodeOf: (rank: number) => string;
  /** The last failed tries that an earlier driver has recorded, of tasks without an outcome. */
  readonly failedTries: readonly FailedTry[];
  /** The task got its outcome from an earlier driver of this run. */
  readonly settledEarlier: (taskId: number) => boolean;
}

/** What the results of an engine come to. */
interface Settled {
  readonly outcomes: readonly AssignmentOutcome[];
  /** The first of a task that the engine was not given; what came after it does not count. */
  readonly lie: TaskResult | undefined;
}

type Loss = Pick<Extract<PoolFact, { type: "lost" }>, "engine" | "reason">;

/** A task that has been started and has no outcome: it was cut short, or has failed and is to be tried again. */
interface Unsettled {
  readonly task: Task;
  readonly result: TaskResult;
  /** Whether the task has failed by itself; otherwise something has ended it which was meant for its engine or the run. */
  readonly hasFailed: boolean;
  /** An engine has been given it since, which may never have started it. */
  isGivenAgain: boolean;
}

/** Makes facts of what engines report, and has them recorded. */
export class Settlement {
  readonly #scheduler: SettlementOptions["scheduler"];
  readonly #chronicle: Chronicle;
  readonly #feed: SettlementOptions["feed"];
  readonly #nodeOf: (rank: number) => string;
  readonly #settledEarlier: (taskId: number) => boolean;
  readonly #settledOnHold = new Set<number>();
  /** The engine that was lost last, and why. */
  #lastLoss: Loss | undefined;
  /** By task id. */
  readonly #unsettled = new Map<number, Unsettled>();

  constructor({ scheduler, chronicle, feed, nodeOf, failedTries, settledEarlier }: SettlementOptions) {
    for (const { task, result, isGivenAgain } of failedTries)
      this.#unsettled.set(task.id, { task, result, hasFailed: true, isGivenAgain });
    this.#nodeOf = nodeOf;
    this.#scheduler = scheduler;
    this.#chronicle = chronicle;
    this.#feed = feed;
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
      if (held?.attempt !== attempt || slot >= engine.mostTasks) {
        engine.refuse(`it says that task ${taskId}, attempt ${attempt}, runs in slot ${slot}, which it was not given`);
        break;
      }
      if (!engine.noteStarted(running)) continue;
      const { task } = held;
      this.#chronicle.tellNow({ type: "task-started", task, attempt, engine: engine.rank, slot, start });
    }
    this.#chronicle.commit();
  }

  /** Records every result, before anybody learns that a slot is free. */
  settle(engine: EngineHandle, results: readonly TaskResult[]): Settled {
    const outcomes = new Map<number, AssignmentOutcome>();
    let lie: TaskResult | undefined;
    for (const result of results) {
      const { taskId, ending, start, finish } = result;
      const held = this.#scheduler.heldBy(engine.rank, taskId);
      if (held === undefined || held.attempt !== result.attempt || outcomes.has(taskId)) {
        // Another driver may have heard of it, and not have lived to say so.
        if (engine.mayRepeat) {
          if (!this.#settledEarlier(taskId) && !this.#isKnownTry(result)) this.#tellSuperseded(result);
          continue;
        }
        lie = result;
        break;
      }
      const failed = !isSuccess(ending);
      const retry = failed ? this.#retryOf(held, engine, result) : undefined;
      if (retry === undefined) this.#finish(held.task, result);
      outcomes.set(taskId, { taskId, failed, elapsed: finish - start, retry });
    }
    this.#chronicle.commit();
    return { outcomes: [...outcomes.values()], lie };
  }

  #finish(task: Task, result: TaskResult): void {
    this.#chronicle.tell({ type: "task-finished", time: this.#chronicle.now(), task, result });
    this.#feed.note(task, result);
    if (this.#scheduler.isOnHold) this.#settledOnHold.add(task.id);
    if (this.#unsettled.size > 0) this.#unsettled.delete(task.id);
  }

  /**
   * Records a try that has failed, if the task is to be tried again. In a run that ends it is not, and counts as not done: a run that
   * resumes this one tries it again.
   *
   * @returns how, and when; undefined when the failure is the outcome.
   */
  #retryOf(held: Assignment, { node }: EngineHandle, result: TaskResult): AssignmentOutcome["retry"] {
    const { task, attempt, crashes } = held;
    const rules = task.terms?.retry;
    if (rules === undefined || this.#scheduler.isStopped(task.id)) return undefined;
    const failures = (held.failures ?? 0) + 1;
    const delay = retryDelay(rules, failures, result.ending);
    if (delay === undefined) return undefined;
    this.#unsettled.set(task.id, { task, result, hasFailed: true, isGivenAgain: false });
    this.#chronicle.tell({ type: "task-retrying", time: this.#chronicle.now(), task, result, failures, delay });
    this.#feed.noteRetrying(task);
    const avoid = rules.elsewhere ? node : undefined;
    const lastEnding = result.ending;
    return { assignment: { task, attempt: attempt + 1, crashes, failures, lastEnding, avoid }, delay };
  }

  /** The try is on record as one that was followed by another, or is going to be. */
  #isKnownTry({ taskId, attempt }: TaskResult): boolean {
    const last = this.#unsettled.get(taskId);
    return last?.hasFailed === true && last.result.attempt >= attempt;
  }

  /** Tasks were ended because the run is, or their engine; while the run goes on they are started again elsewhere. */
  interrupt({ rank }: EngineHandle, results: readonly TaskResult[]): void {
    for (const result of results) {
      const held = this.#scheduler.heldBy(rank, result.taskId);
      if (held?.attempt !== result.attempt) continue;
      const { task } = held;
      this.#unsettled.set(task.id, { task, result, hasFailed: false, isGivenAgain: false });
    }
  }

  /** A lease: the task is given to an engine, perhaps once more. */
  noteAssigned(assignment: Assignment, engine: number): void {
    const earlier = this.#unsettled.get(assignment.task.id);
    if (earlier !== undefined) earlier.isGivenAgain = true;
    this.tellAssigned(assignment, engine);
  }

  /** @param engine its rank. */
  tellAssigned({ task, attempt, crashes, failures }: Assignment, engine: number): void {
    const time = this.#chronicle.now();
    this.#chronicle.tell({ type: "task-assigned", time, task, attempt, crashes, failures, engine });
    this.#feed.noteAssigned(task);
  }

  /** The run is over: what was given to another engine and has no outcome has only been cut short. */
  close(): void {
    for (const earlier of this.#unsettled.values()) earlier.isGivenAgain = false;
    this.tellCutShort();
  }

  /** The run ends: tasks that wait for their next try get none. */
  dropRetries(): void {
    this.#tellInterrupted(({ hasFailed, isGivenAgain }) => hasFailed && !isGivenAgain);
  }

  /** The run ends, and what was cut short is not started again; of what was given again that is not certain yet. */
  tellCutShort(): void {
    this.#tellInterrupted(({ isGivenAgain }) => !isGivenAgain);
  }

  #tellInterrupted(isIt: (unsettled: Unsettled) => boolean): void {
    for (const unsettled of this.#unsettled.values()) {
      if (!isIt(unsettled)) continue;
      const { task, result } = unsettled;
      this.#chronicle.tellNow({ type: "task-interrupted", task, result });
      this.#unsettled.delete(task.id);
    }
    this.#chronicle.commit();
  }

  /** Records what became of a per-engine command. @returns false when it was known, or cannot be. */
  settlePerEngine(engine: EngineHandle, command: PerEngineCommand, result: TaskResult): boolean {
    if (engine.commandsRun.some((run) => isSame(run, command)) && engine.mayRepeat) return false;
    if (engine.isWelcomed && !engine.perEngine[command.when].some((known) => isSame(known, command))) {
      engine.refuse(`no such per-engine command: ${command.when} ${command.id}`);
      return false;
    }
    this.#chronicle.tellNow({ type: "per-engine-finished", command, result });
    this.#chronicle.commit();
    return true;
  }

  /** Results of an engine that has been given up. */
  supersede(results: readonly TaskResult[]): void {
    for (const result of results) this.#tellSuperseded(result);
    this.#chronicle.commit();
  }

  /** An engine is lost, perhaps through one of its tasks, which is given up for it. */
  noteLoss(loss: Loss): void {
    this.#lastLoss = loss;
  }

  /** The engine that was lost last was one too many for this task. */
  giveUp({ task, attempt, crashes }: Assignment): void {
    if (this.#lastLoss === undefined) throw new Error("no task is given up before an engine is lost");
    const { reason, engine } = this.#lastLoss;
    const { rank, node } = engine;
    const now = this.#chronicle.now();
    const died = crashes === 1 ? "an engine has died" : `${crashes} engines have died`;
    const text = `disbatch: given up: ${died} running it, the last one on ${node}: ${reason}`;
    const error = { bytes: Buffer.byteLength(text), snippet: text };
    const who = { taskId: task.id, attempt, node, engine: rank, slot: -1, pid: -1 };
    const result = { ...who, ending: GIVEN_UP, start: now, finish: now, output: NO_LEAK, error };
    this.#unsettled.delete(task.id);
    this.#chronicle.tell({ type: "task-finished", time: now, task, result });
    this.#feed.note(task, result);
  }

  /**
   * Somebody has had this task stopped: it was not started, or its engine was lost with it. One that has failed before, and was not
   * started since, has ended as it did then.
   *
   * @param engine rank of the last one that held it.
   */
  settleStopped({ task, attempt }: Assignment, engine: number): void {
    const last = this.#unsettled.get(task.id);
    if (last?.hasFailed === true && !last.isGivenAgain) return this.#finish(task, last.result);
    const now = this.#chronicle.now();
    const text = "disbatch: stopped before it was started, or with its engine";
    const error = { bytes: Buffer.byteLength(text), snippet: text };
    const who = { taskId: task.id, attempt, node: this.#nodeOf(engine), engine, slot: -1, pid: -1 };
    const result = { ...who, ending: STOPPED, start: now, finish: now, output: NO_LEAK, error };
    this.#unsettled.delete(task.id);
    this.#chronicle.tell({ type: "task-finished", time: now, task, result });
    this.#feed.note(task, result);
  }

  /**
   * No engine could ever run this task.
   *
   * @param why goes on from "it".
   */
  settleUnmet({ task, attempt, failures = 0 }: Assignment, why: string): void {
    const now = this.#chronicle.now();
    const text = failures > 0 ? `disbatch: not tried again: it ${why}` : `disbatch: not run: it ${why}`;
    const error = { bytes: Buffer.byteLength(text), snippet: text };
    const who = { taskId: task.id, attempt, node: this.#nodeOf(-1), engine: -1, slot: -1, pid: -1 };
    const result = { ...who, ending: UNMET, start: now, finish: now, output: NO_LEAK, error };
    this.#unsettled.delete(task.id);
    this.#chronicle.tell({ type: "task-finished", time: now, task, result });
    this.#feed.note(task, result);
  }

  #tellSuperseded(result: TaskResult): void {
    this.#chronicle.tellNow({ type: "task-superseded", result });
  }
}

function isSame(a: PerEngineCommand, b: PerEngineCommand): boolean {
  return a.when === b.when && a.id === b.id && a.line === b.line && a.command === b.command;
}
