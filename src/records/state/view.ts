import type { RunView } from "../../domain/watch.ts";
import type { Counts } from "./counts.ts";
import { type RunIdentity, snapshotOf } from "./snapshot.ts";

export function viewOf(counts: Counts, run: RunIdentity, now: number): RunView {
  const snapshot = snapshotOf(counts, run, now);
  const { succeeded, failed, skipped, skippedFailed, interrupted, running, total } = counts;
  return {
    ...snapshot,
    ended: counts.ended,
    tasks: { total, succeeded, failed, skipped, skippedFailed, interrupted, running, assigned: 0, restarts: 0 },
    slots: { total: counts.slots, offeredSeconds: counts.slotSeconds(now), busySeconds: counts.busySlotSeconds },
    barriers: { passed: counts.barriers },
    engines: [],
    kinds: [],
    durations: { count: 0, p50: 0, p95: 0, longest: 0 },
    series: [],
    stalls: [],
  };
}
