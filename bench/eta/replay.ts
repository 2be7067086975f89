import type { Estimate } from "../../src/domain/watch.ts";
import { DurationTrend } from "../../src/records/state/duration-trend.ts";
import { estimateEnd, type RunningShare } from "../../src/records/state/estimate.ts";
import type { Trace } from "./traces.ts";

/** When a task of a list begins and ends, in seconds from the start of the run. */
export interface Span {
  readonly task: number;
  readonly start: number;
  readonly finish: number;
}

/** What would have been said at a moment of a run, in seconds from its start, and what became true. */
export interface Verdict {
  readonly at: number;
  readonly end: number;
  readonly ours: Estimate | undefined;
  /** The end by the replayed `parallel --eta`. */
  readonly parallel: number;
}

/** Each slot takes the next task of the list when it is free. @returns by start. */
export function spansOf({ durations, slots }: Trace): readonly Span[] {
  const free = new Float64Array(slots);
  return durations.map((duration, task) => {
    let slot = 0;
    for (let i = 1; i < slots; i++) if ((free[i] ?? 0) < (free[slot] ?? 0)) slot = i;
    const start = free[slot] ?? 0;
    const finish = start + duration;
    free[slot] = finish;
    return { task, start, finish };
  });
}

/** What is said when this share of the tasks has ended. */
export function verdictAt(spans: readonly Span[], slots: number, share: number): Verdict {
  const byEnd = spans.toSorted((a, b) => a.finish - b.finish);
  const done = byEnd.slice(0, Math.ceil(spans.length * share));
  const at = done.at(-1)?.finish ?? 0;
  const end = byEnd.at(-1)?.finish ?? 0;
  return { at, end, ours: ourEstimate(spans, slots, at), parallel: parallelEta(byEnd, at) };
}

/** The estimate of disbatch at this moment, in seconds from the start of the run. */
export function ourEstimate(spans: readonly Span[], slots: number, at: number): Estimate | undefined {
  const running: RunningShare[] = [];
  const ended = new DurationTrend();
  let waiting = 0;
  for (const { task, start, finish } of spans) {
    if (finish <= at) {
      ended.add(task / spans.length, finish - start);
    } else if (start <= at) running.push({ place: task / spans.length, age: at - start });
    else waiting++;
  }
  return estimateEnd({
    ...{ now: at, waiting, slots, ended, running, busy: 1 },
  });
}

/**
 * What `parallel --eta` says (GNU parallel 20221122, observed): the seconds since the first end divided by all ends, smoothed
 * at each look with the share that is done as weight, times the tasks that are left. Times are whole seconds, and a rise of less
 * than a tenth is not shown. It looks whenever a task has ended, and once a second or more often in between.
 */
function parallelEta(byEnd: readonly Span[], at: number): number {
  const first = Math.floor(byEnd[0]?.finish ?? 0);
  let average = 0;
  let last = 0;
  let completed = 0;
  const look = (time: number): void => {
    const share = completed / byEnd.length;
    const now = (Math.floor(time) - first) / completed;
    average ||= now;
    average = (1 - share) * average + share * now;
    const left = Math.floor((byEnd.length - completed) * average);
    if (!(left * 0.9 < last && last < left)) last = left;
  };
  let time = byEnd[0]?.finish ?? 0;
  for (const { finish } of byEnd) {
    if (finish > at) break;
    if (completed > 0) for (time++; time < finish; time++) look(time);
    completed++;
    time = finish;
    look(time);
  }
  return at + last;
}
