import type { HistogramList } from "../../web/api/answers.ts";

export interface NodeFailures {
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** How many times as often tasks fail there as on all other nodes; 1 where that tells nothing. */
  readonly factor: number;
}

/** Failures that have to be there before a node is called odd. */
const ENOUGH = 5;

/** Nodes with failures, those where tasks fail most often first. */
export function failingNodes(groups: HistogramList["groups"]): NodeFailures[] {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const failed = groups.reduce((sum, group) => sum + group.failed, 0);
  return groups
    .filter((group) => group.failed > 0)
    .map((group) => {
      const others = (failed - group.failed) / Math.max(1, count - group.count);
      const own = group.failed / Math.max(1, group.count);
      const factor = group.failed < ENOUGH || others === 0 ? 1 : own / others;
      return { name: group.name, count: group.count, failed: group.failed, factor };
    })
    .toSorted((a, b) => b.failed / b.count - a.failed / a.count || b.failed - a.failed || (a.name < b.name ? -1 : 1));
}
