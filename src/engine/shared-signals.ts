import { constants } from "node:os";
import type { CommandOutcome } from "../domain/result.ts";

/** So long after a task the engine may hear the signal that has ended it. Milliseconds. */
const HOLD_MS = 200;

/** How a shell says that a signal has ended what it ran. */
const BY_SIGNAL = 128;

/** By these an engine is told to leave. */
export const LEAVE = ["SIGTERM", "SIGUSR1", "SIGUSR2"] as const;
const NUMBERS = LEAVE.map((name) => constants.signals[name]);
const SUSPICIOUS: ReadonlySet<number> = new Set(NUMBERS.flatMap((number) => [-number, BY_SIGNAL + number]));

/**
 * Whether a task has failed, or was ended by a signal that was meant for its engine. Where every process of an engine is
 * signalled, tasks included (Slurm does so), either may hear of it first:
 *
 * - A task that seems to have been ended by such a signal is waited with, for the engine to get it.
 * - Once the engine has got it, whatever does not end well has been interrupted.
 */
export class SharedSignals {
  #told = false;
  readonly #held = new Map<() => void, NodeJS.Timeout>();

  /** A task has ended. @param certain is called when `isInterrupted` knows: now, as a rule. */
  heard({ returnCode }: CommandOutcome, certain: () => void): void {
    if (this.#told || !SUSPICIOUS.has(returnCode)) return certain();
    const waited = (): void => {
      this.#held.delete(certain);
      certain();
    };
    this.#held.set(certain, setTimeout(waited, HOLD_MS));
  }

  /** The engine has got such a signal. */
  signalled(): void {
    this.#told = true;
    this.release();
  }

  /** Nothing is waited with any longer. */
  release(): void {
    for (const [certain, timer] of this.#held) {
      clearTimeout(timer);
      this.#held.delete(certain);
      certain();
    }
  }

  /** That a task ended like this says nothing of the task. */
  isInterrupted({ returnCode }: CommandOutcome): boolean {
    return this.#told && returnCode !== 0;
  }
}
