import type { SeriesDocument } from "./documents.ts";
import { binQuantile, DURATION_BINS, durationBin } from "./duration-bins.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { eachOutcome } from "./scan.ts";
import { type Range, stepAt, stepsOf } from "./steps.ts";

/** How long tasks took that ended in each step: what half of them did not exceed, and what 95 of 100 did not. */
export async function durationsOverTime(run: PicturedRun, range: Range): Promise<SeriesDocument> {
  const steps = stepsOf(run, range);
  const counts = new Uint32Array(steps.points * DURATION_BINS);
  const longest = new Float32Array(steps.points).fill(-1);
  await eachOutcome(run, ({ size, end, ran, duration }) => {
    for (let i = 0; i < size; i++) {
      const at = ran[i] === 1 ? stepAt(steps, end[i] ?? 0) : -1;
      if (at < 0) continue;
      const seconds = duration[i] ?? 0;
      const place = at * DURATION_BINS + durationBin(seconds);
      counts[place] = (counts[place] ?? 0) + 1;
      if (seconds > (longest[at] ?? 0)) longest[at] = seconds;
    }
  });
  const quantiles = (share: number): (number | null)[] =>
    Array.from(longest, (most, at) => {
      if (most < 0) return null;
      return rounded(binQuantile(counts.subarray(at * DURATION_BINS, (at + 1) * DURATION_BINS), share, most));
    });
  const lines = [
    { name: "p50", values: quantiles(0.5) },
    { name: "p95", values: quantiles(0.95) },
  ];
  return { metric: "durations", from: steps.from, step: steps.step, lines };
}

/** Four significant digits: a bin is wider. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(4));
}
