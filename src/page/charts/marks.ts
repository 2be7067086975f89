/** What stands in a picture beside its lines: why slots were idle, and when the run will have ended. Pure. */

import type { Estimate } from "../../domain/watch.ts";
import type { TimelineDocument } from "../../web/api/answers.ts";

export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly tone: "gap" | "eta";
}

export type Gap = TimelineDocument["gaps"][number];

const WHY: Readonly<Record<Gap["why"], string>> = { start: "start", barrier: "barrier", tail: "tail" };

/** Spans in which slots were idle, with what they are called. Those that would be narrower than `least` seconds are left out. */
export function gapMarks(gaps: readonly Gap[], least = 0): Mark[] {
  return gaps
    .filter(({ from, to }) => to - from >= least)
    .map(({ from, to, why }) => ({ from, to, label: Object.hasOwn(WHY, why) ? WHY[why] : why, tone: "gap" }));
}

/**
 * How far beyond now a picture reaches, so that it shows when the run will have ended. Undefined where that is so far away that hardly
 * anything would be left of what has been.
 */
export function etaMark({ earliest, latest }: Estimate, from: number, now: number): Mark | undefined {
  if (!(latest > now) || latest - now > (now - from) * 3) return undefined;
  return { from: Math.max(now, earliest), to: latest, label: "end expected", tone: "eta" };
}
