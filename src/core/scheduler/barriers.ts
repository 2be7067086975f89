import type { Barrier } from "../../domain/task.ts";
import type { SchedulerCommand } from "./commands.ts";

/** Decides about barriers: one is met when it is the next item and has to wait, and passed when nothing before it is left. */
export class Barriers {
  readonly #tell: (command: SchedulerCommand) => void;
  /** Whether the barrier that is next has been met. */
  #isMet = false;
  /** Tasks since the last barrier that ran, or are known from an earlier run, without success. */
  #failures = 0;

  constructor(tell: (command: SchedulerCommand) => void) {
    this.#tell = tell;
  }

  /** Goes on where an earlier driver has left the run. @param failures since the last barrier. */
  takeUp(failures: number): void {
    this.#failures = failures;
  }

  noteFailure(): void {
    this.#failures++;
  }

  /** The barrier is next, and has to wait. */
  meet(barrier: Barrier): void {
    if (!this.#isMet) this.#tell({ type: "meet-barrier", barrier });
    this.#isMet = true;
  }

  /**
   * Decides about the barrier that is next. A check fails when a task since the last barrier has failed.
   *
   * @param isClear whether all that stands before it has its outcome.
   */
  decide(barrier: Barrier, isClear: boolean): "waits" | "passed" | "failed" {
    if (!isClear) {
      this.meet(barrier);
      return "waits";
    }
    this.#isMet = false;
    const failed = barrier.check && this.#failures > 0;
    this.#failures = 0;
    this.#tell({ type: "pass-barrier", barrier, failed });
    return failed ? "failed" : "passed";
  }
}
