import { type Ending, outOfMemory, TIMED_OUT } from "../../domain/ending.ts";
import { type LimitTerms, limitText, shareText } from "../../domain/limits.ts";
import type { CommandOutcome } from "../../domain/result.ts";
import type { Assignment } from "../../domain/task.ts";
import { termsOfTry } from "../../domain/terms/terms-of-try.ts";
import type { CountedTask } from "../process/process-census.ts";
import { Deadlines } from "./deadlines.ts";
import { noted } from "./noted.ts";
import { TaskWatch, type WatchedTask } from "./task-watch.ts";

export interface TaskLimitsOptions {
  readonly engineId: string;
  readonly terms: LimitTerms;
  /** Ends the processes of one task: the signal, a grace, KILL. Resolves when nothing of it is left. */
  readonly stopTask: (task: CountedTask, graceMs: () => number, signal: NodeJS.Signals) => Promise<void>;
  /** Told of each task that is ended, and why. */
  readonly note: (message: string) => void;
}

/** Ends the tasks of an engine that reach a limit of their own. */
export class TaskLimits {
  readonly #options: TaskLimitsOptions;
  readonly #deadlines = new Deadlines<LimitedTask>((task) => this.#timeOut(task));
  readonly #watch: TaskWatch<LimitedTask>;

  constructor(options: TaskLimitsOptions) {
    this.#options = options;
    this.#watch = new TaskWatch(options.engineId, (task, used) => this.#outOfMemory(task, used));
  }

  /** What sees to the limits of a task that is about to be started in this slot; undefined for a task that has none. */
  of(assignment: Assignment, slot: number): LimitedTask | undefined {
    const { task, attempt, failures = 0 } = assignment;
    if (task.terms === undefined) return undefined;
    const { timeout, needs } = termsOfTry(task.terms, failures) ?? task.terms;
    if (timeout === undefined && needs.memory === undefined) return undefined;
    return new LimitedTask({ taskId: task.id, attempt, slot, timeout, memory: needs.memory }, this);
  }

  /** The task has a process. */
  begin(task: LimitedTask): void {
    if (task.timeout !== undefined) this.#deadlines.set(task, task.timeout * 1000);
    if (task.memory !== undefined) this.#watch.add(task);
  }

  /** The task has ended. */
  forget(task: LimitedTask): void {
    this.#deadlines.drop(task);
    this.#watch.drop(task);
  }

  close(): void {
    this.#deadlines.close();
    this.#watch.close();
  }

  #timeOut(task: LimitedTask): void {
    const { timeoutSignal, grace } = this.#options.terms;
    const why = `over its time limit of ${limitText(task.timeout ?? 0)}`;
    this.#end(task, { ending: TIMED_OUT, why, grace, signal: timeoutSignal });
  }

  /** Without a grace, in which it might take still more, from all others of the machine. */
  #outOfMemory(task: LimitedTask, used: number): void {
    this.forget(task);
    const { memory: limit = 0 } = task;
    const why = `over its memory limit: ${shareText(used, limit)}`;
    this.#end(task, { ending: outOfMemory(used, limit), why, grace: 0, signal: "SIGKILL" });
  }

  /** A task that is being ended already is only given no more time. */
  #end(task: LimitedTask, { ending, why, grace, signal }: EndAtLimit): void {
    const isEnding = task.graceMs !== undefined;
    task.graceMs = grace * 1000;
    if (isEnding) return;
    this.#options.note(`task ${task.taskId} is ended: ${why}`);
    const gone = this.#options.stopTask(task, () => task.graceMs ?? 0, signal);
    task.endedAs(ending, `ended: ${why}`, gone);
  }
}

interface EndAtLimit {
  readonly ending: Ending;
  readonly why: string;
  /** Seconds. */
  readonly grace: number;
  readonly signal: NodeJS.Signals;
}

/** A task that has a limit of its own, from its start to its end. */
export class LimitedTask implements WatchedTask {
  readonly taskId: number;
  readonly attempt: number;
  readonly slot: number;
  /** Seconds. */
  readonly timeout: number | undefined;
  readonly memory: number | undefined;
  /** -1 until it has a process. */
  group = -1;
  begunAt = 0;
  peak = 0;
  cpu = 0;
  countAfter = 0;
  /** Between the first signal and KILL, once the task is being ended. */
  graceMs: number | undefined;
  readonly #limits: TaskLimits;
  #ended: { readonly ending: Ending; readonly note: string; readonly gone: Promise<void> } | undefined;

  constructor(task: Pick<LimitedTask, "taskId" | "attempt" | "slot" | "timeout" | "memory">, limits: TaskLimits) {
    this.taskId = task.taskId;
    this.attempt = task.attempt;
    this.slot = task.slot;
    this.timeout = task.timeout;
    this.memory = task.memory;
    this.#limits = limits;
  }

  /** The task has this process, which leads a group. */
  begun(pid: number): void {
    this.group = pid;
    this.begunAt = performance.now();
    this.#limits.begin(this);
  }

  /** The task is being ended. @param gone resolves when nothing of it is left. */
  endedAs(ending: Ending, note: string, gone: Promise<void>): void {
    this.#ended = { ending, note, gone };
  }

  /** The shell of the task has ended. @param tell told what came of the task, which may be later: when nothing of it is left. */
  finish(outcome: CommandOutcome, tell: (outcome: CommandOutcome) => void): void {
    this.#limits.forget(this);
    if (this.#ended === undefined) return tell(outcome);
    const { ending, note, gone } = this.#ended;
    const told = { ...outcome, ending, error: noted(outcome.error, note) };
    void gone.catch(() => undefined).then(() => tell(told));
  }
}
