import type { Assignment } from "../../domain/task.ts";

/** Whether an engine that held this task has died: the task may be why. */
export function isSuspect({ crashes }: Assignment): boolean {
  return crashes > 0;
}

/**
 * How far apart suspects run, so that the blame falls on the guilty one. Each crash narrows the circle by about the same
 * factor: with a limit of three, 64 suspects of one crash run eight at a time, and eight suspects of two crashes run alone.
 * One at a time from the beginning would take the time of 64 tasks after each accident.
 */
export class Suspicion {
  readonly #limit: number;

  /** @param limit so many engines may die running a task; `Infinity` when none is ever given up. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Whether another crash would be the last of a task with so many. Such a task runs on an engine that holds nothing else,
   * which tells for certain.
   */
  runsAlone(crashes: number): boolean {
    return crashes > 0 && crashes >= this.#limit - 1;
  }

  /** How many suspects with so many crashes an engine of so many slots may hold at a time. */
  atATime(slots: number, crashes: number): number {
    if (this.#limit === Number.POSITIVE_INFINITY) return slots;
    const left = Math.max(0, this.#limit - 1 - crashes);
    return Math.max(1, Math.round(slots ** (left / Math.max(1, this.#limit - 1))));
  }

  /**
   * Whether a task is not run again, now that its engine has died.
   *
   * @param wasAlone the engine held nothing else; what was beside others may be innocent, whatever its crashes.
   */
  isProven({ crashes }: Assignment, wasAlone: boolean): boolean {
    return wasAlone && crashes >= this.#limit;
  }
}
