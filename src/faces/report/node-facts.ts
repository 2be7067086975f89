import { DurationHistogram } from "../../domain/duration-histogram.ts";
import { marksOf } from "../../domain/stand-out.ts";
import type { DurationSummary } from "../../domain/watch.ts";
import { type OutcomeTable, ROW } from "../../records/outcomes/outcome-table.ts";
import type { OutcomeFile } from "../../records/outcomes/outcomes.ts";
import type { ReportedNode } from "./report.ts";

/** Nodes that are told apart; no fleet has more, and a file may say anything. */
const MOST_NODES = 4096;
class NodeFold {
  readonly durations = new DurationHistogram();
  failed = 0;
}

/** What each node did, and which of them stand out: those first, then those with most failures. */
export function nodeFacts(
  table: OutcomeTable,
  names: readonly string[],
  files: readonly Pick<OutcomeFile, "story">[],
): ReportedNode[] {
  const folds: NodeFold[] = [];
  const fleet = new NodeFold();
  for (let row = 0; row < table.size; row++) {
    if (table.type(row) !== ROW.task) continue;
    const fold = (folds[Math.min(table.node(row), MOST_NODES)] ??= new NodeFold());
    const failed = table.returnCode(row) === 0 ? 0 : 1;
    const seconds = table.duration(row);
    fold.durations.add(seconds);
    fleet.durations.add(seconds);
    fold.failed += failed;
    fleet.failed += failed;
  }
  const lost = lostEngines(files);
  const nodes = [...folds.entries()].flatMap(([number, fold]: [number, NodeFold | undefined]) => {
    if (fold === undefined) return [];
    const name = number === MOST_NODES ? "other nodes" : (names[number] ?? "");
    return [describe(name, fold, fleet, lost === undefined ? undefined : (lost.get(name) ?? 0))];
  });
  return nodes.toSorted((a, b) => b.marks.length - a.marks.length || b.failed - a.failed || b.busy - a.busy);
}

function describe(name: string, fold: NodeFold, fleet: NodeFold, lost: number | undefined): ReportedNode {
  const { count, total } = fold.durations;
  const others = fleet.durations.without(fold.durations);
  const marks = marksOf(
    { count, failed: fold.failed, median: () => fold.durations.quantile(0.5) },
    { count: others.count, failed: fleet.failed - fold.failed, median: () => others.quantile(0.5) },
  );
  return { name, tasks: count, failed: fold.failed, busy: total, durations: summaryOf(fold.durations), marks, lost };
}

/** How long tasks took. */
export function summaryOf(durations: DurationHistogram): DurationSummary {
  const { count, longest } = durations;
  return { count, p50: durations.quantile(0.5), p95: durations.quantile(0.95), longest };
}

/** How many engines each node has lost; undefined when no journal tells. */
function lostEngines(files: readonly Pick<OutcomeFile, "story">[]): Map<string, number> | undefined {
  const stories = files.flatMap(({ story }) => story ?? []);
  if (stories.length === 0) return undefined;
  const lost = new Map<string, number>();
  for (const { node } of stories.flatMap(({ engines }) => engines.filter((engine) => engine.lost)))
    lost.set(node, (lost.get(node) ?? 0) + 1);
  return lost;
}
