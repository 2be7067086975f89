import type { DurationHistogram } from "../../domain/duration-histogram.ts";
import type {
  BarrierTally,
  DurationSummary,
  EngineView,
  Estimate,
  RunView,
  SlotTally,
  TaskTally,
} from "../../domain/watch.ts";
import { isStopping } from "./availability.ts";
import type { Counts, EngineTally } from "./counts.ts";
import { onSlots } from "./engine-roll.ts";
import { estimateOf } from "./estimate-of.ts";
import { contextStates, type RunIdentity } from "./snapshot.ts";
import { stallsOf } from "./stalls.ts";

/**
 * Where a run stands, for those who watch it.
 *
 * @param now Unix time in seconds; the time of a run that has ended stands still.
 * @param estimate of its end at a time: what takes longest, for those who look often.
 */
export function viewOf(
  counts: Counts,
  run: RunIdentity,
  now: number,
  estimate: (time: number) => Estimate | undefined = (time) => estimateOf(counts, time),
): RunView {
  const { phase, reason, started, ended, engines } = counts;
  const time = ended ?? now;
  return {
    ...run,
    started: started ?? time,
    now,
    phase,
    reason,
    ended,
    tasks: taskTally(counts),
    slots: slotTally(counts, time),
    barriers: barrierTally(counts),
    contexts: contextStates(counts),
    // A rank is missing where a journal lacks a line.
    engines: engines.flatMap((tally) => engineView(tally, counts)),
    kinds: counts.kinds.list(),
    durations: durationSummary(counts.durations),
    series: counts.series.at(time),
    estimate: estimate(time),
    stalls: stallsOf(counts),
  };
}

/** What is shown of how long tasks took. */
function durationSummary(durations: DurationHistogram): DurationSummary {
  const { count, longest } = durations;
  return { count, p50: durations.quantile(0.5), p95: durations.quantile(0.95), longest };
}

function taskTally(counts: Counts): TaskTally {
  const { succeeded, failed, skipped, skippedFailed, interrupted, retrying, retries, running, held, restarts } = counts;
  const total = counts.expected;
  return {
    ...{ total, succeeded, failed, skipped, skippedFailed, interrupted, retrying, retries },
    ...{ running, assigned: held - running, restarts },
  };
}

function slotTally(counts: Counts, time: number): SlotTally {
  return { total: counts.slots, offeredSeconds: counts.slotSeconds(time), busySeconds: counts.busySlotSeconds };
}

function barrierTally({ barriers, waitsAt }: Counts): BarrierTally {
  if (waitsAt === undefined) return { passed: barriers };
  const { barrier, since } = waitsAt;
  return { passed: barriers, waiting: { line: barrier.line, check: barrier.check, since } };
}

function engineView(tally: EngineTally, { contexts }: Counts): EngineView {
  const { engine, state, heldBack, reason, assigned, finished, failed, busySeconds, durations } = tally;
  const { rank, node, pid, context, slots } = engine;
  return {
    rank,
    node,
    pid,
    context,
    slots,
    state,
    stopping: isStopping(tally, contexts),
    heldBack,
    reason,
    running: onSlots(tally),
    assigned,
    finished,
    failed,
    busySeconds,
    durations: durationSummary(durations),
    lastHeard: undefined,
  };
}
