import { useMemo } from "preact/hooks";
import { apiPath } from "../api/client.ts";
import { type LiveRun, type Pace, paceOf } from "../api/live-run.ts";
import { type Answer, useAnswer } from "../api/use-answer.ts";
import type { TimelineDocument } from "../../web/api/answers.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { timeText } from "../state/route.ts";
import { askFor, type Span } from "./viewport.ts";

/** Cells of a lane at most. */
const MOST_CELLS = 2000;
/** Seconds between looks at a run that goes on. */
const EVERY = 2;

export interface Timelines {
  /** The whole run, coarse. */
  readonly whole: Picture | undefined;
  /** What is seen of it, finer; undefined while the whole is seen. */
  readonly part: Picture | undefined;
  readonly answer: Pick<Answer<TimelineDocument>, "problem" | "again" | "isLoading">;
}

export interface Wanted {
  readonly by: "slot" | "node";
  /** Only lanes of this node. */
  readonly node: string | undefined;
  /** Undefined: the whole. */
  readonly seen: Span | undefined;
  readonly all: Span;
  /** Pixels of the screen. */
  readonly pixels: number;
  readonly palette: Uint32Array;
}

/** Timelines for what is seen: the whole run, which is there while anything else is on its way, and the part in fine. */
export function useTimelines(run: LiveRun, { by, node, seen, all, pixels, palette }: Wanted): Timelines {
  const path = pixels === 0 ? undefined : apiPath(run.id, "timeline");
  const px = Math.min(MOST_CELLS, Math.ceil(pixels / 100) * 100);
  const whole = useAnswer<TimelineDocument>(
    path,
    { px, by, node },
    paceOf(run, seen === undefined ? EVERY : EVERY * 4),
  );
  const asked = seen === undefined ? undefined : askFor(seen, all, px, MOST_CELLS);
  const part = useAnswer<TimelineDocument>(
    asked === undefined ? undefined : path,
    { from: textOf(asked?.from), to: textOf(asked?.to), px: asked?.px, by, node },
    paceOfPart(run, asked?.to ?? 0),
  );
  const pictureOfWhole = usePicture(whole.data, palette);
  const pictureOfPart = usePicture(part.data, palette);
  return {
    whole: pictureOfWhole,
    part: asked === undefined ? undefined : pictureOfPart,
    answer: asked === undefined ? whole : part,
  };
}

/** A part that has passed stays as it is, once it has been seen whole, until the run does something else. */
function paceOfPart(run: LiveRun, to: number): Pace {
  const pace = paceOf(run, EVERY);
  if (to >= run.view.now || pace.stage === undefined) return pace;
  return { every: undefined, stage: `${pace.stage}, and passed` };
}

function textOf(time: number | undefined): string | undefined {
  return time === undefined ? undefined : timeText(time);
}

function usePicture(document: TimelineDocument | undefined, palette: Uint32Array): Picture | undefined {
  return useMemo(() => (document === undefined ? undefined : pictureOf(document, palette)), [document, palette]);
}
