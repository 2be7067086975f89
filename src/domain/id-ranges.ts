import type { IdRange } from "./run-results.ts";

/** The same ids in ranges that are in order, and neither overlap nor touch. */
export function tidyRanges(ranges: readonly IdRange[]): IdRange[] {
  const tidy: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = tidy.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else tidy.push({ from, to });
  }
  return tidy;
}

/** How many ids there are. @param ranges as `tidyRanges` makes them. */
export function sizeOf(ranges: readonly IdRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

/** Whether the id is in one of them. @param ranges as `tidyRanges` makes them. */
export function wantsId(ranges: readonly IdRange[], id: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.to ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return (ranges[low]?.from ?? Number.POSITIVE_INFINITY) <= id;
}

/** Ids in words, as they are typed: `3, 10-20`. */
export function rangeWords(ranges: readonly IdRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}
