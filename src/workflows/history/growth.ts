import type { PastRun } from "./history.ts";
import type { GrowthRecord } from "./record.ts";

/** What earlier runs say of generators, by the names of their instances. */
export interface GeneratorsBefore {
  /** Whether the generator's template was in that run what it is now. */
  isSame(run: PastRun, generator: string): boolean;
  /** Numbers of the runs in which it has succeeded, in order. */
  doneIn(generator: string): readonly number[];
  /** It runs once more, though it has succeeded: what it made before counts no more. */
  isAnew(generator: string): boolean;
}

/** What generators have made that still counts. */
export interface KeptGrowth {
  /** In the order in which it was made. */
  readonly records: readonly GrowthRecord[];
  /** Nothing that was made since the first of `runs` has been left out: its instances have the ids that they had. */
  readonly isAll: boolean;
}

/**
 * What generators have made in earlier runs, as far as it still counts. One that has failed keeps what it has made; one that
 * has succeeded and runs once more begins anew.
 *
 * @param runs in order.
 * @param since number of a run: what was made before it does not matter for `isAll`.
 */
export function keptGrowth(runs: readonly PastRun[], before: GeneratorsBefore, since: number): KeptGrowth {
  const lastSuccess = (generator: string, until: number): number =>
    before.doneIn(generator).findLast((run) => run < until) ?? 0;
  /** By generator: what was made in this run or before does not count. */
  const droppedTo = new Map<string, number>();
  for (const { run, growth } of runs) {
    for (const by of new Set(growth.map((record) => record.by))) {
      const success = lastSuccess(by, run);
      if (success > 0) droppedTo.set(by, Math.max(droppedTo.get(by) ?? 0, run - 1));
    }
  }
  const records: GrowthRecord[] = [];
  let isAll = true;
  for (const run of runs) {
    for (const record of run.growth) {
      const counts =
        !before.isAnew(record.by) &&
        run.run > (droppedTo.get(record.by) ?? 0) &&
        before.isSame(run, record.by);
      if (counts) records.push(record);
      else if (run.run >= since) isAll = false;
    }
  }
  return { records, isAll };
}
