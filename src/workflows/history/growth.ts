import type { PastRun } from "./history.ts";
import type { GrowthRecord } from "./record.ts";

/** What a generator made in a run. */
export interface Made {
  readonly run: number;
  readonly records: readonly GrowthRecord[];
}

/**
 * What generators made, and in which run, when they succeeded, by the names of their instances: of one that stays done this still counts. One
 * that has failed, or that runs once more, makes its values anew.
 *
 * @param runs in order.
 * @param successOf number of the last run in which the generator succeeded; 0 for none: what it made last counts then, since
 *   somebody has said that it is done.
 */
export function growthByGenerator(
  runs: readonly PastRun[],
  successOf: (generator: string) => number,
): ReadonlyMap<string, Made> {
  const made = new Map<string, { readonly run: number; readonly records: GrowthRecord[] }>();
  for (const { run, growth } of runs) {
    for (const record of growth) {
      const { by } = record;
      const known = made.get(by);
      if (known?.run === run) known.records.push(record);
      else if (successOf(by) === 0 || successOf(by) >= run) made.set(by, { run, records: [record] });
    }
  }
  return made;
}
