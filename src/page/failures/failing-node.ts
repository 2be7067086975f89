import { type HistogramGroup, marksOfGroup } from "../charts/histogram-data.ts";

export interface NodeFailures {
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** What is odd about it against all other nodes; empty where nothing is. */
  readonly odd: string;
}

/** Nodes with failures, those where tasks fail most often first. */
export function failingNodes(groups: readonly HistogramGroup[]): NodeFailures[] {
  return groups
    .filter((group) => group.failed > 0)
    .map((group) => ({ name: group.name, count: group.count, failed: group.failed, odd: oddWords(group) }))
    .toSorted((a, b) => b.failed / b.count - a.failed / a.count || b.failed - a.failed || (a.name < b.name ? -1 : 1));
}

function oddWords(group: HistogramGroup): string {
  const { count, failed, others } = group;
  if (others === undefined || !marksOfGroup(group).includes("failing")) return "";
  if (others.failed === 0) return "nowhere else";
  return `${(failed / count / (others.failed / others.count)).toFixed(1)} times as often as on others`;
}
