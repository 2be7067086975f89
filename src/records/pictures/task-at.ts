import type { Stretches } from "./batches.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { eachStretch } from "./scan.ts";

/** A point of a timeline. */
export interface TimelinePoint {
  readonly at: number;
  readonly engine: number;
  readonly slot: number;
  /** Seconds: a task so far away is good enough where none runs then, as beside a pixel's middle. */
  readonly within?: number | undefined;
}

/** Id of the task that ran there then, of several the one that began last; or of the nearest one. Undefined where there is none. */
export async function taskAt(run: PicturedRun, point: TimelinePoint): Promise<number | undefined> {
  const { at, engine, slot, within = 0 } = point;
  let found: number | undefined;
  let nearest = within;
  let latest = -Infinity;
  const part = { from: at - within, to: at + within };
  const take = (stretches: Stretches): void => {
    for (let i = 0; i < stretches.size; i++) {
      if (stretches.engine[i] !== engine || stretches.slot[i] !== slot) continue;
      const [start, end] = [stretches.start[i] ?? 0, stretches.end[i] ?? 0];
      const away = at < start ? start - at : at <= end ? 0 : at - end;
      // What is no number is near nothing.
      if (!(away < nearest || (away === nearest && start >= latest))) continue;
      [found, nearest, latest] = [stretches.id[i], away, start];
    }
  };
  await eachStretch(run, take, part);
  return found;
}
