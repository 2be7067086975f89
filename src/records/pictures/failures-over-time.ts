import type { SeriesDocument, SeriesLine } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { eachOutcome } from "./scan.ts";
import { type Range, stepAt, stepsOf } from "./steps.ts";

/** Kinds that have a line of their own. */
const MOST_LINES = 8;

/** How many tasks failed in each step: a line for each of the most common kinds in these steps, and one for all others. */
export async function failuresOverTime(run: PicturedRun, range: Range): Promise<SeriesDocument> {
  const steps = stepsOf(run, range);
  const { points } = steps;
  // Kinds may come while others have their turn: those count as others, behind those that are known.
  const kinds = run.kinds.length;
  const counts = new Uint32Array((kinds + 1) * points);
  const totals = new Uint32Array(kinds + 1);
  await eachOutcome(run, (outcomes) => {
    for (let i = 0; i < outcomes.size; i++) {
      const at = outcomes.failed[i] === 1 ? stepAt(steps, outcomes.end[i] ?? 0) : -1;
      if (at < 0) continue;
      const number = (outcomes.kind[i] ?? 0) - 1;
      const kind = number >= 0 && number < kinds ? number : kinds;
      counts[kind * points + at] = (counts[kind * points + at] ?? 0) + 1;
      totals[kind] = (totals[kind] ?? 0) + 1;
    }
  });
  const countsOf = (kind: number): Uint32Array => counts.subarray(kind * points, (kind + 1) * points);
  const named = [...run.kinds.keys()]
    .filter((kind) => run.kinds[kind]?.isOther === false && totals[kind] !== 0)
    .toSorted((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0) || a - b)
    .slice(0, MOST_LINES);
  const other = new Uint32Array(points);
  for (let kind = 0; kind <= kinds; kind++) {
    if (totals[kind] === 0 || named.includes(kind)) continue;
    for (const [at, count] of countsOf(kind).entries()) other[at] = (other[at] ?? 0) + count;
  }
  const lines: SeriesLine[] = named.map((kind) => ({ name: String(kind), values: [...countsOf(kind)] }));
  return {
    ...{ metric: "failures", from: steps.from, step: steps.step },
    lines: [...lines, { name: "other", values: [...other] }],
  };
}
