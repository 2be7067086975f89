/** Where boxes of a graph stand and how edges go between them, in pixels. Pure. */

import type { GraphDocument } from "../../web/api/answers.ts";

export const BOX_WIDTH = 192;
export const BOX_HEIGHT = 60;
const ACROSS = 72;
const DOWN = 20;
const MARGIN = 16;

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  /** The `d` of an SVG path. */
  readonly path: string;
}

export interface GraphLayout {
  readonly places: ReadonlyMap<string, Place>;
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
}

/** Columns from left to right, their rows at the same heights; edges from the right of a box to the left of another. */
export function graphLayout({ boxes, edges }: Pick<GraphDocument, "boxes" | "edges">): GraphLayout {
  const places = new Map<string, Place>();
  for (const { id, column, row } of boxes) {
    places.set(id, { x: MARGIN + column * (BOX_WIDTH + ACROSS), y: MARGIN + row * (BOX_HEIGHT + DOWN) });
  }
  const rows = boxes.reduce((most, { row }) => Math.max(most, row + 1), 1);
  const last = boxes.reduce((most, { column }) => Math.max(most, column), 0);
  return {
    places,
    edges: edges.flatMap(({ from, to }) => {
      const [start, end] = [places.get(from), places.get(to)];
      return start === undefined || end === undefined ? [] : [{ from, to, path: edgePath(start, end) }];
    }),
    width: 2 * MARGIN + last * (BOX_WIDTH + ACROSS) + BOX_WIDTH,
    height: 2 * MARGIN + rows * (BOX_HEIGHT + DOWN) - DOWN,
  };
}

/** A curve that leaves and arrives level. One that skips columns bends in the first gap and the last, and is level between them. */
function edgePath(start: Place, end: Place): string {
  const [x1, y1] = [start.x + BOX_WIDTH, start.y + BOX_HEIGHT / 2];
  const [x2, y2] = [end.x, end.y + BOX_HEIGHT / 2];
  const half = ACROSS / 2;
  if (x2 - x1 <= ACROSS + 1) return `M${x1} ${y1}C${x1 + half} ${y1} ${x2 - half} ${y2} ${x2} ${y2}`;
  // Between two rows, where no box stands.
  const lane = Math.max(start.y, end.y) - DOWN / 2;
  const [left, right] = [x1 + ACROSS, x2 - ACROSS];
  return `M${x1} ${y1}C${x1 + half} ${y1} ${left - half} ${lane} ${left} ${lane}H${right}C${right + half} ${lane} ${x2 - half} ${y2} ${x2} ${y2}`;
}

/** A zoom that lets the whole graph be seen, as long as names can be read. */
export function fitting({ width }: Pick<GraphLayout, "width">, room: number): number {
  return Math.max(0.6, Math.min(1, room / Math.max(1, width)));
}
