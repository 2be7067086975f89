import { CellPainter } from "./cell-painter.ts";
import type { TimelineDocument } from "./documents.ts";
import { gapsIn } from "./gaps.ts";
import { lanesOf } from "./lanes.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { eachStretch } from "./scan.ts";
import { stepsOf } from "./steps.ts";

/** Cells of a lane, and of an answer. */
const MOST_PIXELS = 4096;
const MOST_CELLS = 2 ** 20;

/** What part of a run is wanted as lanes. */
export interface TimelineRange {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Cells of each lane. */
  readonly px?: number | undefined;
  readonly by: "slot" | "node";
  /** Only the lanes of this node. */
  readonly node?: string | undefined;
}

/** What ran on slots or nodes, as a picture of so many pixels. */
export async function timeline(run: PicturedRun, { from, to, px, by, node }: TimelineRange): Promise<TimelineDocument> {
  const asked = stepsOf(run, { from, to, points: px }, MOST_PIXELS);
  const lanes = lanesOf(run, { by, node, from: asked.from, to: asked.to });
  const most = Math.floor(MOST_CELLS / Math.max(1, lanes.lanes.length));
  const steps = stepsOf(run, { from: asked.from, to: asked.to, points: Math.min(asked.points, most) }, MOST_PIXELS);
  const painter = new CellPainter(lanes.lanes.length, lanes.offers, steps);
  const { index } = lanes;
  const starts = await eachStretch(
    run,
    ({ size, start: begins, end: ends, cell, engine, slot, node: at }) => {
      for (let i = 0; i < size; i++) {
        const start = begins[i] ?? 0;
        const end = ends[i] ?? 0;
        if (end < steps.from || start > steps.to) continue;
        const lane = index.laneOf(engine[i] ?? -1, slot[i] ?? -1, at[i] ?? 0);
        if (lane >= 0) painter.paint(lane, start, end, cell[i] ?? 0);
      }
    },
    steps,
  );
  return {
    ...{ from: steps.from, to: steps.to, px: steps.points, by, reconstructed: run.reconstructed },
    ...{ total: lanes.total, truncated: lanes.lanes.length < lanes.total, lanes: lanes.lanes },
    cells: Buffer.from(painter.cells()).toString("base64"),
    gaps: gapsIn(run, starts, steps),
  };
}
