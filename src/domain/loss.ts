/**
 * What becomes of the tasks of an engine that is gone. The scheduler goes by this while a run goes on, and the recovery goes by it
 * when it reads the journal of a run whose driver has died. So both come to the same attempts and the same suspects.
 */

import type { Assignment } from "./task.ts";

/** How an engine went that is gone. */
export interface Departure {
  /** Whether it may have died of what it ran. It has not when it left, or ended by itself because it could not reach its driver. */
  readonly crashed: boolean;
  /** Whether its start commands were done; no task was started before. */
  readonly wasReady: boolean;
}

/**
 * How a task that the engine held is started next: as the next attempt, since whatever the engine held may have been started. For the
 * same reason any of it may be why the engine died. Results that it was gathering are lost, so nobody knows how far it had come.
 *
 * @param hasEnded the task is known to have ended there, though it is not settled; so the engine did not die of it. The journal does
 *   not tell that, and the recovery suspects such a task, too.
 */
export function afterDeparture(held: Assignment, { crashed, wasReady }: Departure, hasEnded = false): Assignment {
  const { task, attempt, crashes, failures, lastEnding, avoid } = held;
  const suspected = crashed && wasReady && !hasEnded ? crashes + 1 : crashes;
  return { task, attempt: attempt + 1, crashes: suspected, failures, lastEnding, avoid };
}

/** Whether the engine that held this task, or another one that held it before, has died: the task may be why. */
export function isSuspect({ crashes }: Assignment): boolean {
  return crashes > 0;
}

/**
 * Whether the task is given up, now that an engine has crashed. The recovery never needs to ask: a task that was given up has its
 * outcome in the journal, in the same write as the loss of the engine.
 *
 * @param next how it would be started next.
 * @param wasAlone the engine held nothing else; what was beside others may be innocent, whatever its crashes.
 * @param crashLimit so many engines may die running a task; `Infinity` when none is ever given up.
 */
export function isGivenUp({ crashes }: Assignment, wasAlone: boolean, crashLimit: number): boolean {
  return wasAlone && crashes >= crashLimit;
}
