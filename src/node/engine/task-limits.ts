import { type Ending, outOfMemory, TIMED_OUT } from "../../domain/ending.ts";
import { type LimitTerms, limitText, OVER_MEMORY, OVER_TIME, shareText } from "../../domain/limits.ts";
import type { Assignment } from "../../domain/task.ts";
import { termsOfTry } from "../../domain/terms/terms-of-try.ts";
import type { CountedTask } from "../process/process-census.ts";
import { Deadlines } from "./deadlines.ts";
import { TaskWatch } from "./task-watch.ts";
import { WatchedTask } from "./watched-task.ts";

export interface TaskLimitsOptions {
  readonly engineId: string;
  readonly terms: LimitTerms;
  /** Where the system tells of its processes; `/proc` where it is missing. */
  readonly processes?: string | undefined;
  /** Ends the processes of one task: the signal, a grace, KILL. Resolves when nothing of it is left. */
  readonly stopTask: (task: CountedTask, graceMs: () => number, signal: NodeJS.Signals) => Promise<void>;
  /** Sends a signal to processes of one task, to those that have a handler for it. */
  readonly warnTask: (task: CountedTask, signal: NodeJS.Signals) => void;
  /** Told of each task that is warned or ended, and why. */
  readonly note: (message: string) => void;
}

/** Ends the tasks of an engine that reach a limit of their own, and takes note of what all of them use. */
export class TaskLimits {
  readonly #options: TaskLimitsOptions;
  readonly #deadlines = new Deadlines<WatchedTask>((task) => this.#timeOut(task));
  readonly #warnings = new Deadlines<WatchedTask>((task) => this.#warn(task));
  readonly #watch: TaskWatch<WatchedTask>;

  constructor(options: TaskLimitsOptions) {
    this.#options = options;
    this.#watch = new TaskWatch(options.engineId, (task, used) => this.#outOfMemory(task, used), options.processes);
  }

  /** What sees to the limits of a task that is about to be started in this slot; undefined for a task that has none. */
  of(assignment: Assignment, slot: number): WatchedTask | undefined {
    const { task, attempt, failures = 0 } = assignment;
    if (task.terms === undefined) return undefined;
    const { timeout, needs } = termsOfTry(task.terms, failures) ?? task.terms;
    if (timeout === undefined && needs.memory === undefined) return undefined;
    return new WatchedTask({ taskId: task.id, attempt, slot, timeout, memory: needs.memory }, this);
  }

  /** Takes note of what a task uses that runs as this process and has no limits. */
  watch({ task: { id }, attempt }: Assignment, slot: number, pid: number): WatchedTask {
    const task = new WatchedTask({ taskId: id, attempt, slot, timeout: undefined, memory: undefined }, this);
    task.begun(pid);
    return task;
  }

  /** The task has a process. */
  begin(task: WatchedTask): void {
    if (task.timeout !== undefined) this.#beginTime(task, task.timeout);
    this.#watch.add(task);
  }

  #beginTime(task: WatchedTask, timeout: number): void {
    this.#deadlines.set(task, timeout * 1000);
    const { warn } = this.#options.terms;
    if (warn !== undefined && warn < timeout) this.#warnings.set(task, (timeout - warn) * 1000);
  }

  #warn(task: WatchedTask): void {
    const { warn = 0, warnSignal } = this.#options.terms;
    this.#options.note(`task ${task.taskId} is warned with ${warnSignal}: ${limitText(warn)} before its time limit`);
    this.#options.warnTask(task, warnSignal);
  }

  /** The task has ended. */
  forget(task: WatchedTask): void {
    this.#deadlines.drop(task);
    this.#warnings.drop(task);
    this.#watch.drop(task);
  }

  close(): void {
    this.#deadlines.close();
    this.#warnings.close();
    this.#watch.close();
  }

  #timeOut(task: WatchedTask): void {
    const { timeoutSignal, grace } = this.#options.terms;
    const why = `${OVER_TIME}${limitText(task.timeout ?? 0)}`;
    this.#end(task, { ending: TIMED_OUT, why, grace, signal: timeoutSignal });
  }

  /** Without a grace, in which it might take still more, from all others of the machine. */
  #outOfMemory(task: WatchedTask, used: number): void {
    this.forget(task);
    const { memory: limit = 0 } = task;
    const why = `${OVER_MEMORY}${shareText(used, limit)}`;
    this.#end(task, { ending: outOfMemory(used, limit), why, grace: 0, signal: "SIGKILL" });
  }

  /** A task that is being ended already is only given no more time. */
  #end(task: WatchedTask, { ending, why, grace, signal }: EndAtLimit): void {
    const isEnding = task.graceMs !== undefined;
    task.graceMs = grace * 1000;
    if (isEnding) return;
    this.#options.note(`task ${task.taskId} is ended: ${why}`);
    task.beforeEnd?.();
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
