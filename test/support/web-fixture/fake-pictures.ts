import {
  CELL,
  type HistogramList,
  type Metric,
  type SeriesDocument,
  type TimelineDocument,
  type TimelineTask,
} from "../../../src/web/api/answers.ts";
import { chance, engineOf, fakeTask, type FakeScale, kindOf, slotsOf, startOf } from "./fake-tasks.ts";

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A series at this many points. The last quarter of the run's first half has a gap, as if a barrier were there. */
export function fakeSeriesDocument(
  scale: FakeScale,
  metric: Metric,
  { from, to }: Span,
  points: number,
): SeriesDocument {
  const step = Math.max(1e-3, (to - from) / points);
  const slots = slotsOf(scale);
  const at = Array.from(
    { length: points },
    (_, i) => (from + i * step - scale.started) / Math.max(1, to - scale.started),
  );
  const isGap = (share: number): boolean => share > 0.42 && share < 0.47;
  const dip = (share: number, i: number, salt: number): number => (isGap(share) ? 0.04 : 0.85 + chance(i, salt) * 0.15);
  const rate = (slots / (scale.typical * 1.25)) * step;
  const line = (name: string, value: (share: number, i: number) => number | null): SeriesDocument["lines"][number] => ({
    name,
    values: at.map(value),
  });
  switch (metric) {
    case "outcomes":
      return {
        metric,
        from,
        step,
        lines: [
          line("succeeded", (share, i) => Math.round(rate * dip(share, i, 40))),
          line("failed", (share, i) =>
            Math.round((rate * scale.failing * chance(i, 41) * (share > 0.6 ? 3 : 0.4)) / 1000),
          ),
        ],
      };
    case "slots":
      return {
        metric,
        from,
        step,
        lines: [
          line("busy", (share, i) => slots * dip(share, i, 42)),
          line("available", (share) => (share < 0.02 ? slots / 2 : slots)),
        ],
      };
    case "failures":
      return {
        metric,
        from,
        step,
        lines: [
          ...scale.kinds
            .slice(0, 7)
            .map((_, kind) =>
              line(String(kind), (_share, i) => Math.floor(rate / (60 * (kind + 1)) + chance(i, 50 + kind))),
            ),
          line("other", () => 0),
        ],
      };
    case "durations":
      return {
        metric,
        from,
        step,
        lines: [
          line("p50", (share, i) => (isGap(share) ? null : scale.typical * (0.9 + chance(i, 43) * 0.2))),
          line("p95", (share, i) => (isGap(share) ? null : scale.typical * (2 + chance(i, 44) * 0.8))),
        ],
      };
    default:
      return metric satisfies never;
  }
}

export function fakeHistograms(scale: FakeScale, by: string): HistogramList {
  const bins = 40;
  const edges = Array.from({ length: bins + 1 }, (_, i) => 0.01 * 1.35 ** i);
  const group = (name: string, share: number, factor: number): HistogramList["groups"][number] => {
    const middle = Math.log(scale.typical * factor);
    const weights = edges.slice(0, bins).map((edge) => Math.exp(-((Math.log(edge * 1.16) - middle) ** 2) / 0.5));
    const sum = weights.reduce((a, b) => a + b, 0);
    const count = Math.round(scale.done * share);
    return {
      name,
      counts: weights.map((weight) => Math.round((weight / sum) * count)),
      count,
      failed: Math.round((count * scale.failing * (factor > 2 ? 4 : 1)) / 1000),
      p50: scale.typical * factor,
      p95: scale.typical * 2.3 * factor,
      longest: scale.typical * 11 * factor,
    };
  };
  if (by === "all") return { edges, groups: [group("all", 1, 1)], total: 1, truncated: false };
  const groups = scale.nodes
    .slice(0, 256)
    .map((node, i) => group(node, 1 / scale.nodes.length, i === 1 ? 2.6 : 0.9 + chance(i, 20) * 0.2));
  const [count, failed] = [sumOf(groups.map((each) => each.count)), sumOf(groups.map((each) => each.failed))];
  const told = groups.map((each) => ({
    ...each,
    others: { count: count - each.count, failed: failed - each.failed, p50: scale.typical },
  }));
  return { edges, groups: told, total: scale.nodes.length, truncated: scale.nodes.length > groups.length };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

export function fakeTimeline(scale: FakeScale, { from, to }: Span, px: number, by: "slot" | "node"): TimelineDocument {
  const slots = slotsOf(scale);
  const lanes =
    by === "node"
      ? scale.nodes.map((node) => ({ node }))
      : Array.from({ length: slots }, (_, i) => {
          const engine = Math.floor(i / scale.slotsOfNode);
          return { node: scale.nodes[engine] ?? "", engine, slot: i % scale.slotsOfNode };
        });
  const cells = new Uint8Array(lanes.length * px);
  const until = startOf(scale, scale.done);
  lanes.forEach((_, lane) => {
    for (let x = 0; x < px; x++) {
      const time = from + ((x + 0.5) / px) * (to - from);
      cells[lane * px + x] = cellAt(scale, time, by === "slot" ? lane : lane * scale.slotsOfNode, until);
    }
  });
  const middle = scale.started + (until - scale.started) * 0.45;
  const gaps = [
    { from: scale.started, to: scale.started + 1.5, why: "start" as const },
    { from: middle, to: middle + (until - scale.started) * 0.03, why: "barrier" as const },
  ];
  return {
    from,
    to,
    px,
    by,
    reconstructed: false,
    lanes,
    cells: Buffer.from(cells).toString("base64"),
    gaps,
    total: lanes.length,
    truncated: false,
  };
}

function cellAt(scale: FakeScale, time: number, slot: number, until: number): number {
  if (time < scale.started || time > until + scale.typical) return CELL.none << 4;
  const id = taskThen(scale, time, slot);
  if (id === undefined) return CELL.idle << 4;
  if (id >= scale.done) return (CELL.running << 4) | 15;
  const fill = 8 + Math.floor(chance(id, 60) * 8);
  return ((kindOf(scale, id) === undefined ? CELL.succeeded : CELL.failed) << 4) | fill;
}

function taskThen(scale: FakeScale, time: number, slot: number): number | undefined {
  const round = Math.floor((time - scale.started - 1.5) / (scale.typical * 1.25));
  const id = round * slotsOf(scale) + slot;
  return round < 0 || id >= scale.total || engineOf(scale, id) < 0 ? undefined : id;
}

export function fakeTimelineTask(scale: FakeScale, at: number, engine: number, slot: number): TimelineTask {
  const id = taskThen(scale, at, engine * scale.slotsOfNode + slot);
  return id === undefined ? {} : { task: fakeTask(scale, id) };
}
