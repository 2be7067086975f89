import type { Counts } from "../../records/state/counts.ts";

/** A task that has run clearly longer than the others. */
export interface SlowTask {
  readonly id: number;
  readonly node: string;
  /** How long it has run. */
  readonly seconds: number;
  /** How long all but the longest twentieth of the tasks took that have ended. */
  readonly usual: number;
}

/** Fewer tasks that have ended tell little of how long tasks take. */
const FEWEST_ENDED = 10;
/** Clearly longer is so many times as long as nearly all that have ended, and so many seconds. */
const CLEARLY = { times: 3, seconds: 30 };

/** The task that has run longest, if that is clearly longer than others take. @param now Unix time in seconds. */
export function slowestTask({ engines, durations }: Counts, now: number): SlowTask | undefined {
  if (durations.count < FEWEST_ENDED) return undefined;
  const usual = durations.quantile(0.95);
  const limit = Math.max(CLEARLY.seconds, CLEARLY.times * usual);
  let slowest: SlowTask | undefined;
  for (const tally of engines) {
    // A rank is missing where a journal lacks a line.
    for (const { taskId, start } of tally?.tasks.values() ?? []) {
      const seconds = now - start;
      if (seconds < limit || (slowest !== undefined && seconds <= slowest.seconds)) continue;
      slowest = { id: taskId, node: tally.engine.node, seconds, usual };
    }
  }
  return slowest;
}
