/** How long tasks took, as a picture has it. Pure. */

import { marksOf, type NodeMark } from "../../domain/stand-out.ts";
import type { HistogramList } from "../../web/api/answers.ts";

export type HistogramGroup = HistogramList["groups"][number];

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Share of all tasks that took at most `to`. */
  readonly upTo: number;
}

/** Bins from the first to the last that is not empty in any of the groups. */
export function binsOf(edges: readonly number[], counts: readonly number[], range: BinRange): Bin[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  const bins: Bin[] = [];
  for (let i = 0; i < range.end; i++) {
    const count = counts[i] ?? 0;
    sum += count;
    if (i < range.first) continue;
    bins.push({ from: edges[i] ?? 0, to: edges[i + 1] ?? 0, count, upTo: total === 0 ? 0 : sum / total });
  }
  return bins;
}

export interface BinRange {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** Bins in which anything is, of any of these counts. */
export function rangeOf(all: readonly (readonly number[])[]): BinRange {
  let [first, end] = [Infinity, 0];
  for (const counts of all) {
    const from = counts.findIndex((count) => count > 0);
    if (from < 0) continue;
    first = Math.min(first, from);
    end = Math.max(end, counts.findLastIndex((count) => count > 0) + 1);
  }
  return first === Infinity ? { first: 0, end: 0 } : { first, end };
}

/** Seconds that people count in: from mark to mark three times, or ten. */
const FINE = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600, 7200, 18_000,
  36_000,
];
const COARSE = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36_000, 86_400, 864_000];

/** Marks of a logarithmic axis of seconds between two times: fine ones where only a few coarse ones lie between. */
export function spanTicks(from: number, to: number): number[] {
  const within = (marks: readonly number[]): number[] => marks.filter((each) => each >= from && each <= to);
  const coarse = within(COARSE);
  return coarse.length > 3 ? coarse : within(FINE);
}

/** What stands out about a node, as the report has it. */
export function marksOfGroup({ count, failed, p50, others }: HistogramGroup): readonly NodeMark[] {
  if (others === undefined) return [];
  return marksOf({ count, failed, median: () => p50 }, { ...others, median: () => others.p50 });
}

/** How a node stands out among the others, in words; undefined when it does not. */
export function standsOut(group: HistogramGroup): string | undefined {
  const words = marksOfGroup(group).map((mark) =>
    mark === "slow" ? slowWords(group) : `${Math.round((group.failed / group.count) * 100)}% failed`,
  );
  return words.length === 0 ? undefined : words.join(", ");
}

function slowWords({ p50, others }: HistogramGroup): string {
  const usual = others?.p50 ?? 0;
  return usual > 0 ? `${(p50 / usual).toFixed(1)} times as slow` : "slow";
}
