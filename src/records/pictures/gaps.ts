import type { TimelineGap } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";
import type { Steps } from "./steps.ts";
import { type Stretch, Windows } from "./windows.ts";

/** When tasks were started in a run, at first and at last; `Infinity` and `-Infinity` where none was. */
export interface Starts {
  readonly first: number;
  readonly last: number;
}

/**
 * When slots were idle for a reason that is known: before the first task began, while a barrier waited, and when nothing was left to start.
 * Gaps do not overlap, and are no shorter than a pixel, so that there are no more of them than pixels.
 */
export function gapsIn(run: PicturedRun, { first, last }: Starts, steps: Steps): TimelineGap[] {
  const waiting = run.barriers.map(({ since, passed }) => ({ from: since, to: passed }));
  const start = [{ from: run.started, to: Math.min(first, run.until) }];
  // What goes on may start something yet.
  const tail = run.hasEnded && last >= run.started ? [{ from: last, to: run.until }] : [];
  const barriers = new Windows(waiting);
  const labelled = (stretches: readonly Stretch[], why: TimelineGap["why"]): TimelineGap[] =>
    shown(stretches, steps).map((stretch) => ({ ...stretch, why }));
  const begun = barriers.leftOf(start);
  const gaps = [
    ...labelled(begun, "start"),
    ...labelled(barriers.stretches(), "barrier"),
    ...labelled(new Windows([...waiting, ...begun]).leftOf(tail), "tail"),
  ];
  return gaps.toSorted((a, b) => a.from - b.from);
}

/** Stretches as far as they can be seen. */
function shown(stretches: readonly Stretch[], { from, to, step }: Steps): Stretch[] {
  return stretches
    .map((stretch) => ({ from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }))
    .filter((stretch) => stretch.to - stretch.from >= step);
}
