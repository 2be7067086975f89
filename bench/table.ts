import { isMet, type Figure, type Goal, type Row, type RowResult } from "./row.ts";

/** The row as text for people. */
export function formatRow(row: Row, { figures, goals }: RowResult): string {
  const shown: readonly Goal[] = [...figures, ...goals];
  const width = Math.max(...shown.map(({ what }) => what.length));
  const lines = shown.map((figure) => `  ${figure.what.padEnd(width)}  ${formatFigure(figure)}${formatGoal(figure)}`);
  return [row.title, ...lines].join("\n");
}

function formatFigure({ value, unit, range }: Figure): string {
  const spread = range === undefined ? "" : `(${formatNumber(range[0])} to ${formatNumber(range[1])})`;
  return `${formatNumber(value).padStart(8)} ${unit.padEnd(8)}${spread.padEnd(18)}`;
}

function formatGoal(goal: Goal): string {
  const { atLeast, atMost } = goal;
  if (atLeast === undefined && atMost === undefined) return "";
  const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  return `  goal: ${wanted}: ${isMet(goal) ? "met" : "MISSED"}`;
}

function formatNumber(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 3);
}
