import type { FailureKind } from "../../domain/watch.ts";
import type { SeriesDocument } from "../../web/api/answers.ts";

/** Kinds with the most failures first; what stands for all others comes last. */
export function kindsInOrder(kinds: readonly FailureKind[]): FailureKind[] {
  return kinds.toSorted((a, b) => Number(a.isOther) - Number(b.isOther) || b.count - a.count || a.id - b.id);
}

/** Where a kind happened: `on node07`, `on node07 and 3 other nodes`. */
export function nodesWords({ nodes }: Pick<FailureKind, "nodes">): string {
  if (nodes <= 1) return "";
  return nodes === 2 ? "and 1 other node" : `and ${nodes - 1} other nodes`;
}

/** Failures of a kind in each step; undefined when the series does not tell it apart. */
export function valuesOf(series: SeriesDocument | undefined, kind: number): readonly number[] | undefined {
  const line = series?.lines.find(({ name }) => name === String(kind));
  return line?.values.map((value) => value ?? 0);
}
