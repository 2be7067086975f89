import { INSTANCE_STATE_NAMES, instancesOf, type TemplateTally } from "../../domain/instance-state.ts";
import { countLines, countWords as wordsOf } from "./count-lines.ts";

/**
 * How many instances of each task of a workflow stand where; tasks of which the run wants nothing are left out.
 *
 * @param more tasks that are not among these.
 * @param width columns of the terminal; undefined when lines may be as long as they like.
 */
export function templateLines(
  tallies: readonly TemplateTally[],
  more: number,
  width: number | undefined,
): readonly string[] {
  const wanted = tallies.filter((tally) => instancesOf(tally) > 0 || tally.isGrowing);
  const rows = wanted.map((tally) => ({ name: tally.name, all: instancesWords(tally), counts: tally.counts }));
  return countLines(rows, INSTANCE_STATE_NAMES, more, width);
}

/** How many instances a task has: `7`, `7+` while more may come, and `?` while nobody knows of any. */
function instancesWords(tally: TemplateTally): string {
  const count = instancesOf(tally);
  if (count === 0 && tally.isGrowing) return "?";
  return `${count}${tally.isGrowing ? "+" : ""}`;
}

/** `3 done, 1 failed`. */
export function countWords({ counts }: Pick<TemplateTally, "counts">): string {
  return wordsOf(counts, INSTANCE_STATE_NAMES);
}
