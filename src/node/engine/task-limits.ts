import { type Ending, TIMED_OUT } from "../../domain/ending.ts";
import { type LimitTerms, limitText } from "../../domain/limits.ts";
import type { CommandOutcome } from "../../domain/result.ts";
import type { Assignment } from "../../domain/task.ts";
import { termsOfTry } from "../../domain/terms/terms-of-try.ts";
import { Deadlines } from "./deadlines.ts";
import { noted } from "./noted.ts";

/** Which processes are a task's: those of this group, and what else has come of it. */
export interface TaskProcesses {
  readonly group: number;
  readonly taskId: number;
  readonly attempt: number;
  readonly slot: number;
}

export interface TaskLimitsOptions {
  readonly terms: LimitTerms;
  /** Ends the processes of one task: the signal, a grace, KILL. Resolves when nothing of it is left. */
  readonly stopTask: (task: TaskProcesses, graceMs: () => number, signal: NodeJS.Signals) => Promise<void>;
  /** Told of each task that is ended, and why. */
  readonly note: (message: string) => void;
}

/** Ends the tasks of an engine that reach a limit of their own. */
export class TaskLimits {
  readonly #options: TaskLimitsOptions;
  readonly #deadlines = new Deadlines<LimitedTask>((task) => this.#timeOut(task));

  constructor(options: TaskLimitsOptions) {
    this.#options = options;
  }

  /** What sees to the limits of a task that is about to be started in this slot; undefined for a task that has none. */
  of(assignment: Assignment, slot: number): LimitedTask | undefined {
    const { task, attempt, failures = 0 } = assignment;
    const timeout = termsOfTry(task.terms, failures)?.timeout;
    if (timeout === undefined) return undefined;
    return new LimitedTask({ taskId: task.id, attempt, slot, timeout }, this);
  }

  /** The task has a process. */
  begin(task: LimitedTask): void {
    this.#deadlines.set(task, task.timeout * 1000);
  }

  /** The task has ended. */
  forget(task: LimitedTask): void {
    this.#deadlines.drop(task);
  }

  close(): void {
    this.#deadlines.close();
  }

  #timeOut(task: LimitedTask): void {
    const { timeoutSignal, grace } = this.#options.terms;
    this.#end(task, TIMED_OUT, `over its time limit of ${limitText(task.timeout)}`, grace, timeoutSignal);
  }

  #end(task: LimitedTask, ending: Ending, why: string, grace: number, signal: NodeJS.Signals): void {
    this.#options.note(`task ${task.taskId} is ended: ${why}`);
    task.endedAs(
      ending,
      `ended: ${why}`,
      this.#options.stopTask(task, () => grace * 1000, signal),
    );
  }
}

/** A task that has a limit of its own, from its start to its end. */
export class LimitedTask implements TaskProcesses {
  readonly taskId: number;
  readonly attempt: number;
  readonly slot: number;
  /** Seconds. */
  readonly timeout: number;
  /** -1 until it has a process. */
  group = -1;
  readonly #limits: TaskLimits;
  #ended: { readonly ending: Ending; readonly note: string; readonly gone: Promise<void> } | undefined;

  constructor(
    { taskId, attempt, slot, timeout }: Pick<LimitedTask, "taskId" | "attempt" | "slot" | "timeout">,
    limits: TaskLimits,
  ) {
    this.taskId = taskId;
    this.attempt = attempt;
    this.slot = slot;
    this.timeout = timeout;
    this.#limits = limits;
  }

  /** The task has this process, which leads a group. */
  begun(pid: number): void {
    this.group = pid;
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
