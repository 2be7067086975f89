import { countIn, instancesOf, type TemplateTally } from "../domain/instance-state.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type ListedRun, listedRun } from "../run/listed-run.ts";
import { recordedTallies } from "./workflow-records.ts";

/** Where a run stands, by its files alone; that of a document by its instances. */
export async function listedByInstances(files: RunFiles): Promise<ListedRun> {
  const listed = listedRun(files);
  const tallies = await recordedTallies(files);
  return tallies === undefined ? listed : withTallies(listed, tallies);
}

/**
 * A run of a document with the numbers of its instances. Lines of the status file are too many: an instance may have another TaskID in
 * each run, and those that the document has no more are in it, too.
 */
export function withTallies(listed: ListedRun, tallies: readonly TemplateTally[]): ListedRun {
  const failed = countIn(tallies, "failed", "killed");
  const isGrowing = tallies.some((tally) => tally.isGrowing);
  const all = tallies.reduce((sum, tally) => sum + instancesOf(tally), 0);
  return {
    ...listed,
    done: countIn(tallies, "done", "reused") + failed,
    failed,
    blocked: countIn(tallies, "blocked"),
    total: isGrowing ? undefined : all - countIn(tallies, "skipped"),
  };
}
