import { type OutcomeTable, ROW } from "../../../records/outcomes/outcome-table.ts";
import type { Outcomes } from "../../../records/outcomes/outcomes.ts";
import { StepSums } from "../../../records/pictures/step-sums.ts";
import { type Steps, stepAt, stepsOf } from "../../../records/pictures/steps.ts";
import type { IdleReason } from "../report.ts";
import type { SlotTimes } from "../time-use.ts";

/** Steps of pictures along time. */
const POINTS = 160;
/** Kinds and nodes that are put side by side. */
const MOST_KINDS = 12;
const MOST_NODES = 12;

/** What pictures of a report are drawn from; their size does not grow with tasks. */
export interface ReportPictures {
  readonly steps: Steps;
  /** Tasks that ended in each step. */
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  /** Slots with a task and slots that there were, on average. */
  readonly busy: readonly number[];
  readonly available: readonly number[];
  readonly gaps: readonly PicturedGap[];
  readonly kindsByNode: KindsByNode;
}

/** A stretch of time in which slots were idle. */
export interface PicturedGap {
  readonly from: number;
  readonly to: number;
  readonly why: IdleReason;
}

/** Failures of the most common kinds on the nodes with most failures. */
interface KindsByNode {
  /** Names of nodes, and how many more have failures. */
  readonly nodes: readonly string[];
  readonly otherNodes: number;
  /** For each node, failures of the kinds in the order of the report's. */
  readonly counts: readonly (readonly number[])[];
}

/** Makes what is drawn. @returns undefined when no task has run. */
export function reportPictures(outcomes: Outcomes, times: SlotTimes): ReportPictures | undefined {
  if (times.spells.length === 0) return undefined;
  const { table } = outcomes;
  const started = Math.min(...times.spells.map(({ from }) => from));
  const until = Math.max(...times.spells.map(({ to }) => to));
  const steps = stepsOf({ started, until }, { points: POINTS });
  return {
    ...{ steps, ...outcomesIn(table, steps), ...slotsIn(table, steps, times) },
    gaps: gapsIn(steps, times),
    kindsByNode: kindsByNode(outcomes),
  };
}

function outcomesIn(table: OutcomeTable, steps: Steps): Pick<ReportPictures, "succeeded" | "failed"> {
  const succeeded = new Array<number>(steps.points).fill(0);
  const failed = new Array<number>(steps.points).fill(0);
  for (let nth = 0; nth < table.tasks; nth++) {
    const row = table.countedAt(nth);
    if (table.type(row) !== ROW.task) continue;
    // Clocks of hosts differ: what they put before the run, or behind it, is at its start or end.
    const at = stepAt(steps, Math.max(steps.from, Math.min(table.finish(row), steps.to)));
    const counts = table.returnCode(row) === 0 ? succeeded : failed;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { succeeded, failed };
}

function slotsIn(table: OutcomeTable, steps: Steps, times: SlotTimes): Pick<ReportPictures, "busy" | "available"> {
  const [busy, available] = [new StepSums(steps), new StepSums(steps)];
  for (const { from, to, slots } of times.offers) available.add(from, to, slots);
  for (let row = 0; row < table.size; row++)
    if (table.type(row) === ROW.task) busy.add(table.start(row), table.finish(row));
  const averages = (sums: StepSums): number[] => Array.from(sums.seconds(), (seconds) => seconds / steps.step);
  return { busy: averages(busy), available: averages(available) };
}

/** Gaps that are wide enough to be seen. */
function gapsIn({ from, to, step }: Steps, { idle }: SlotTimes): PicturedGap[] {
  return idle
    .flatMap(({ why, windows }) => windows.stretches().map((gap) => ({ ...gap, why })))
    .map(({ why, ...gap }) => ({ why, from: Math.max(from, gap.from), to: Math.min(to, gap.to) }))
    .filter((gap) => gap.to - gap.from >= step)
    .toSorted((a, b) => a.from - b.from);
}

function kindsByNode({ table, kinds, nodes }: Outcomes): KindsByNode {
  const ofKind = kinds.all.map(() => 0);
  const ofNode = new Map<number, number[]>();
  for (let nth = 0; nth < table.tasks; nth++) {
    const row = table.countedAt(nth);
    const kind = table.kind(row);
    if (kind < 0) continue;
    ofKind[kind] = (ofKind[kind] ?? 0) + 1;
    let counts = ofNode.get(table.node(row));
    if (counts === undefined) ofNode.set(table.node(row), (counts = []));
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const isOther = (kind: number): number => Number(kinds.all[kind]?.isOther ?? false);
  // In the order in which the report has them.
  const chosen = [...ofKind.keys()]
    .filter((kind) => ofKind[kind] !== 0)
    .toSorted((a, b) => isOther(a) - isOther(b) || (ofKind[b] ?? 0) - (ofKind[a] ?? 0))
    .slice(0, MOST_KINDS);
  const rows = [...ofNode].map(([node, counts]) => ({
    name: nodes.all[node] ?? "",
    all: counts.reduce((sum, count) => sum + count, 0),
    counts: chosen.map((kind) => counts[kind] ?? 0),
  }));
  const shown = rows.toSorted((a, b) => b.all - a.all).slice(0, MOST_NODES);
  return {
    nodes: shown.map(({ name }) => name),
    otherNodes: rows.length - shown.length,
    counts: shown.map(({ counts }) => counts),
  };
}
