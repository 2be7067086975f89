import type { Ending } from "../../domain/ending.ts";
import type { CommandOutcome, TaskUsage } from "../../domain/result.ts";
import type { CountedTask } from "../process/process-census.ts";
import { noted } from "./noted.ts";

/** Who sees to a task while it runs. */
interface Overseer {
  /** The task has a process. */
  begin(task: WatchedTask): void;
  /** The task has ended. */
  forget(task: WatchedTask): void;
}

/** A task that has limits of its own or has run for a while: what it may use, and what it does use. */
export class WatchedTask implements CountedTask {
  readonly taskId: number;
  readonly attempt: number;
  readonly slot: number;
  /** Seconds that it may run. */
  readonly timeout: number | undefined;
  /** Bytes that it may hold. */
  readonly memory: number | undefined;
  /** -1 until it has a process. */
  group = -1;
  /** When it is looked at again, on the clock of `performance.now`. */
  lookAt = 0;
  /** The most memory that it has been found to hold. Bytes. */
  peak = 0;
  /** Processor time that its processes have been found to have used. Seconds. */
  cpu = 0;
  /** Shared memory is not counted again before this time, on the clock of `performance.now`. */
  countAfter = 0;
  /** Between the first signal and KILL, once the task is being ended. */
  graceMs: number | undefined;
  /** Called before the task is ended at a limit: it fails then, however it exits. */
  beforeEnd: (() => void) | undefined;
  readonly #overseer: Overseer;
  #ended: { readonly ending: Ending; readonly note: string; readonly gone: Promise<void> } | undefined;

  constructor(task: Pick<WatchedTask, "taskId" | "attempt" | "slot" | "timeout" | "memory">, overseer: Overseer) {
    this.taskId = task.taskId;
    this.attempt = task.attempt;
    this.slot = task.slot;
    this.timeout = task.timeout;
    this.memory = task.memory;
    this.#overseer = overseer;
  }

  /** The task has this process, which leads a group. */
  begun(pid: number): void {
    this.group = pid;
    this.#overseer.begin(this);
  }

  /** The task is being ended. @param gone resolves when nothing of it is left. */
  endedAs(ending: Ending, note: string, gone: Promise<void>): void {
    this.#ended = { ending, note, gone };
  }

  /** The shell of the task has ended. @param tell told what came of the task, which may be later: when nothing of it is left. */
  finish(outcome: CommandOutcome, tell: (outcome: CommandOutcome) => void): void {
    this.#overseer.forget(this);
    const usage = this.#usage(outcome.usage);
    if (this.#ended === undefined) return tell({ ...outcome, usage });
    const { ending, note, gone } = this.#ended;
    const told = { ...outcome, ending, error: noted(outcome.error, note), usage };
    void gone.catch(() => undefined).then(() => tell(told));
  }

  /** What the system says of the task at its end leaves out what nobody has waited for, and what it had together. */
  #usage(atEnd: TaskUsage | undefined): TaskUsage | undefined {
    if (this.cpu === 0 && this.peak === 0) return atEnd;
    const peak = Math.max(this.peak, atEnd?.peak ?? 0);
    return { cpu: Math.max(this.cpu, atEnd?.cpu ?? 0), peak: peak === 0 ? undefined : peak };
  }
}
