import type { Estimate } from "../../domain/watch.ts";
import type { Counts, EngineTally } from "./counts.ts";
import { placeOf } from "./engine-roll.ts";
import { estimateEnd, type EstimateBasis, type RunningShare } from "./estimate.ts";

/**
 * When the run will have ended. @param now Unix time in seconds.
 *
 * @returns undefined when nobody can tell: nobody knows how many tasks there are, or how long they take; or no new ones are started
 * any more.
 */
export function estimateOf(counts: Counts, now: number): Estimate | undefined {
  const { total, phase, done, running, slots, trend } = counts;
  if (total === undefined || phase !== "running") return undefined;
  const waiting = Math.max(0, total - done - running);
  if (waiting + running === 0) return undefined;
  const shares = runningShares(counts, now);
  const busy = busyShare(counts, shares, now);
  const basis: EstimateBasis = { now, waiting, slots, ended: trend, running: shares, busy };
  if (counts.waitsAt === undefined || waiting === 0 || running === 0) return estimateEnd(basis);
  // What waits behind the barrier starts when all before it has ended.
  const before = estimateEnd({ ...basis, waiting: 0 });
  const behind = estimateEnd({ ...basis, running: [] });
  if (before === undefined || behind === undefined) return undefined;
  const earliest = before.earliest + behind.earliest - now;
  return { earliest, latest: before.latest + behind.latest - now, slow: before.slow };
}

function runningShares({ engines, total, running, trend }: Counts, now: number): RunningShare[] {
  const shares: RunningShare[] = [];
  for (const { taskId, start } of tasksOn(engines))
    shares.push({ place: placeOf(taskId, total), age: Math.max(0, now - start) });
  // Those that have just begun are not told at once.
  while (shares.length < running) shares.push({ place: trend.farthest, age: 0 });
  return shares;
}

function* tasksOn(engines: readonly EngineTally[]) {
  // A rank is missing where a journal lacks a line.
  for (const engine of engines) if (engine !== undefined) yield* engine.tasks.values();
}

/** What the slots' time was spent on that was not tasks: starting them, and waiting for more. */
function busyShare(counts: Counts, running: readonly RunningShare[], now: number): number {
  const offered = counts.slotSeconds(now);
  const busy = running.reduce((sum, { age }) => sum + age, counts.busySlotSeconds);
  return offered > 0 ? Math.min(1, busy / offered) : 1;
}
