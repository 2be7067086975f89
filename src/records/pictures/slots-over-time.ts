import type { SeriesDocument } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { presences } from "./presences.ts";
import { eachStretch } from "./scan.ts";
import { StepSums } from "./step-sums.ts";
import { type Range, stepsOf } from "./steps.ts";

/** Slots that had a task, and slots that there were, on average in each step. */
export async function slotsOverTime(run: PicturedRun, range: Range): Promise<SeriesDocument> {
  const steps = stepsOf(run, range);
  const [busy, available, lasted] = [new StepSums(steps), new StepSums(steps), new StepSums(steps)];
  lasted.add(run.started, run.until);
  for (const { from, to, engine } of presences(run)) available.add(from, to, engine.slots);
  await eachStretch(run, ({ size, start, end }) => {
    for (let i = 0; i < size; i++) busy.add(start[i] ?? 0, end[i] ?? 0);
  });
  const seconds = lasted.seconds();
  const averages = (sums: StepSums): (number | null)[] =>
    Array.from(sums.seconds(), (sum, i) => average(sum, seconds[i] ?? 0));
  const lines = [
    { name: "busy", values: averages(busy) },
    { name: "available", values: averages(available) },
  ];
  return { metric: "slots", from: steps.from, step: steps.step, lines };
}

/** Four digits behind the point: sums of times have no more. */
function average(sum: number, seconds: number): number | null {
  return seconds > 0 ? Math.round((sum / seconds) * 10_000) / 10_000 : null;
}
