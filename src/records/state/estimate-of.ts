import { waitingOf } from "../../domain/task-tally.ts";
import type { Estimate } from "../../domain/watch.ts";
import type { Counts, EngineTally } from "./counts.ts";
import { engagedEngines } from "./availability.ts";
import { isPresent, onSlots, placeOf } from "./engine-roll.ts";
import { estimateEnd, type EstimateBasis, type RunningShare } from "./estimate.ts";

/**
 * When the run will have ended. @param now Unix time in seconds.
 *
 * @returns undefined when nobody can tell: nobody knows how many tasks there are, or how long they take; or no new ones are started
 * any more.
 */
export function estimateOf(counts: Counts, now: number): Estimate | undefined {
  const { phase, running, trend } = counts;
  const notTried = waitingOf({ ...tallyOf(counts), total: counts.expected });
  if (notTried === undefined || phase !== "running") return undefined;
  const left = notTried + counts.retrying;
  // What an earlier run has settled is passed over in no time.
  const waiting = Math.max(0, left - Math.max(0, counts.expectedSkips - counts.skipped));
  if (waiting + running === 0) return undefined;
  const engaged = engagedEngines(counts);
  const others = counts.engines.filter((tally) => tally !== undefined && isPresent(tally) && !engaged.includes(tally));
  const shares = runningShares(counts, engaged, now);
  const lasting = runningShares(counts, others, now);
  const busy = busyShare(counts, [...shares, ...lasting], now);
  const slots = engaged.reduce((sum, { engine }) => sum + engine.slots, 0);
  const estimate = endOf({ now, waiting, slots, ended: trend, running: shares, busy }, counts);
  if (lasting.length === 0 || estimate === undefined) return estimate;
  // What runs on engines that start nothing more takes nobody's slot, and has to end as well.
  const last = estimateEnd({ now, waiting: 0, slots: 0, ended: trend, running: lasting, busy });
  return last === undefined ? undefined : later(estimate, last);
}

/** What is waited for is told by these. */
function tallyOf({ succeeded, failed, skipped, interrupted, running, retrying }: Counts) {
  return { succeeded, failed, skipped, interrupted, running, retrying };
}

function endOf(basis: EstimateBasis, { waitsAt }: Counts): Estimate | undefined {
  const { now, waiting } = basis;
  const isAnyRunning = [...basis.running].length > 0;
  if (waitsAt === undefined || waiting === 0 || !isAnyRunning) return estimateEnd(basis);
  // What waits behind the barrier starts when all before it has ended.
  const before = estimateEnd({ ...basis, waiting: 0 });
  const behind = estimateEnd({ ...basis, running: [] });
  if (before === undefined || behind === undefined) return undefined;
  const earliest = before.earliest + behind.earliest - now;
  return { earliest, latest: before.latest + behind.latest - now, slow: before.slow };
}

function later(one: Estimate, other: Estimate): Estimate {
  return {
    earliest: Math.max(one.earliest, other.earliest),
    latest: Math.max(one.latest, other.latest),
    slow: one.slow + other.slow,
  };
}

function runningShares({ total, trend }: Counts, engines: readonly EngineTally[], now: number): RunningShare[] {
  return engines.flatMap((tally) => {
    const shares = [...tally.tasks.values()].map(({ taskId, start }) => {
      return { place: placeOf(taskId, total), age: Math.max(0, now - start) };
    });
    // Those that have just begun are not told at once.
    while (shares.length < onSlots(tally)) shares.push({ place: trend.farthest, age: 0 });
    return shares;
  });
}

/** What the slots' time was spent on that was not tasks: starting them, and waiting for more. */
function busyShare(counts: Counts, running: readonly RunningShare[], now: number): number {
  const offered = counts.slotSeconds(now);
  const busy = running.reduce((sum, { age }) => sum + age, counts.busySlotSeconds);
  return offered > 0 ? Math.min(1, busy / offered) : 1;
}
