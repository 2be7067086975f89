import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { apiPath } from "../api/client.ts";
import { type LiveRun, paceOf } from "../api/live-run.ts";
import { useAnswer } from "../api/use-answer.ts";
import { stepsPath } from "../charts/steps-path.ts";
import type { SeriesDocument } from "../../web/api/answers.ts";
import { isWhole, lengthOf, pan, type Span } from "./viewport.ts";

/** Seconds between two looks at a run that goes on. */
const EVERY = 8;

/** The whole run in a strip, busy slots of those that were there, and which part of it is seen. The part can be dragged. */
export function Overview({
  run,
  whole,
  seen,
  side,
  move,
}: {
  readonly run: LiveRun;
  readonly whole: Span;
  readonly seen: Span;
  /** Pixels that it begins from the left, so that it lies below the lanes. */
  readonly side: number;
  readonly move: (span: Span) => void;
}): JSX.Element {
  const path = apiPath(run.id, "series");
  const { data } = useAnswer<SeriesDocument>(path, { metric: "slots", points: 300 }, paceOf(run, EVERY));
  const strip = useRef<HTMLDivElement>(null);
  const values = (name: string): number[] =>
    data?.lines.find((line) => line.name === name)?.values.map((value) => value ?? 0) ?? [];
  const [busy, available] = [values("busy"), values("available")];
  const most = Math.max(1, ...available, ...busy);
  const percent = (at: number): number =>
    Math.max(0, Math.min(100, ((at - whole.from) / Math.max(1e-9, lengthOf(whole))) * 100));
  const [left, right] = [percent(seen.from), percent(seen.to)];

  const put = (event: PointerEvent): void => {
    if (event.buttons !== 1 || strip.current === null || isWhole(seen, whole)) return;
    const box = strip.current.getBoundingClientRect();
    const at = whole.from + ((event.clientX - box.left) / box.width) * lengthOf(whole);
    move(pan(seen, whole, at - (seen.from + seen.to) / 2));
  };

  return (
    <div
      class="overview"
      style={{ marginLeft: `${side}px` }}
      ref={strip}
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        put(event);
      }}
      onPointerMove={put}
    >
      <svg viewBox="0 0 600 32" preserveAspectRatio="none">
        <path class="available" d={stepsPath(available, 600, 32, most)} />
        <path class="busy" d={stepsPath(busy, 600, 32, most)} />
      </svg>
      {!isWhole(seen, whole) && (
        <>
          <span class="veil" style={{ left: 0, width: `${left}%` }} />
          <span class="veil" style={{ left: `${right}%`, right: 0 }} />
          <span class="part" style={{ left: `${left}%`, width: `max(3px, ${right - left}%)` }} />
        </>
      )}
    </div>
  );
}
