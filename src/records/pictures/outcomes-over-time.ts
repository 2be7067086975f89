import type { SeriesDocument } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { eachOutcome } from "./scan.ts";
import { type Range, stepAt, stepsOf } from "./steps.ts";

/** How many tasks succeeded and failed in each step. */
export async function outcomesOverTime(run: PicturedRun, range: Range): Promise<SeriesDocument> {
  const steps = stepsOf(run, range);
  const succeeded = new Uint32Array(steps.points);
  const failed = new Uint32Array(steps.points);
  await eachOutcome(run, (outcomes) => {
    for (let i = 0; i < outcomes.size; i++) {
      const at = stepAt(steps, outcomes.end[i] ?? 0);
      if (at < 0) continue;
      const counts = outcomes.failed[i] === 1 ? failed : succeeded;
      counts[at] = (counts[at] ?? 0) + 1;
    }
  });
  const lines = [
    { name: "succeeded", values: [...succeeded] },
    { name: "failed", values: [...failed] },
  ];
  return { metric: "outcomes", from: steps.from, step: steps.step, lines };
}
