/** How tasks are ended that reach a limit of their own, and how they are warned before. */
export interface LimitTerms {
  /** Sent first to a task that is over its time limit. */
  readonly timeoutSignal: NodeJS.Signals;
  /** Seconds between that and KILL. */
  readonly grace: number;
  /** Seconds before a task is ended when it is warned; undefined when it is not. */
  readonly warn?: number | undefined;
  readonly warnSignal: NodeJS.Signals;
}

/** What holds where the user has said nothing: 10 seconds of grace, as for all tasks that are ended. */
export const LIMITS: LimitTerms = { timeoutSignal: "SIGTERM", grace: 10, warn: undefined, warnSignal: "SIGUSR1" };

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
] as const;

/** A time limit as people set it, in the largest unit that tells it exactly: `2 h`, `90 s`. @param seconds of it. */
export function limitText(seconds: number): string {
  const [scale, unit] = UNITS.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, "s"];
  return `${seconds / scale} ${unit}`;
}
