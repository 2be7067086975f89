/** The numbers of a slots picture: the same cells that are drawn, added up for each lane. Pure. */

import { CELL } from "../../web/api/answers.ts";
import type { Asked, Span } from "./viewport.ts";

export interface LaneSums {
  /** Share of the time that the lane was there in which it had a task; undefined when it was not there. */
  readonly busy: number | undefined;
  /** Seconds that it was there. */
  readonly there: number;
  /** Seconds without a task. */
  readonly idle: number;
  /** Cells in which a task failed, or was cut short. */
  readonly failed: number;
  readonly cut: number;
}

/** Cells from `first` to before `end` that lie in a span, at least by their half. */
export function cellsIn(picture: Asked, { from, to }: Span): { readonly first: number; readonly end: number } {
  const width = (picture.to - picture.from) / picture.px;
  const first = Math.max(0, Math.min(picture.px, Math.round((from - picture.from) / width)));
  return { first, end: Math.max(first, Math.min(picture.px, Math.round((to - picture.from) / width))) };
}

/** Sums of one lane over the cells that are seen. */
export function laneSums(cells: Uint8Array, lane: number, picture: Asked, seen: Span): LaneSums {
  const { first, end } = cellsIn(picture, seen);
  const width = (picture.to - picture.from) / picture.px;
  let [there, full, failed, cut] = [0, 0, 0, 0];
  for (let i = lane * picture.px + first; i < lane * picture.px + end; i++) {
    const cell = cells[i] ?? 0;
    const state = cell >> 4;
    if (state === CELL.none) continue;
    there++;
    full += cell & 15;
    if (state === CELL.failed) failed++;
    if (state === CELL.cut) cut++;
  }
  const share = there === 0 ? 0 : full / 15 / there;
  return {
    busy: there === 0 ? undefined : share,
    there: there * width,
    idle: there * (1 - share) * width,
    failed,
    cut,
  };
}

/** Share of the time of all lanes in which they had a task; undefined when none was there. */
export function busyOf(sums: readonly LaneSums[]): number | undefined {
  const there = sums.reduce((all, each) => all + each.there, 0);
  const idle = sums.reduce((all, each) => all + each.idle, 0);
  return there === 0 ? undefined : 1 - idle / there;
}
