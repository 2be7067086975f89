import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { LiveRun } from "../api/live-run.ts";
import { go } from "../state/location.ts";
import { pathToTask } from "../state/route.ts";
import { FOOT, HEAD } from "./draw-slots.ts";
import { listenToGestures } from "./gestures.ts";
import { laneLayout, topFor } from "./lane-layout.ts";
import type { Picture } from "./picture.ts";
import { Settling } from "./settling.ts";
import type { SlotsColours } from "./slots-colours.ts";
import { type Point, SlotsView } from "./slots-view.ts";
import { PointTip } from "./point-tip.tsx";
import { askTask } from "./task-there.ts";
import { type Span, spanAfterKey } from "./viewport.ts";

/** Pixels of lanes in sight at most, and at least. */
const MOST_ROOM = 640;
const LEAST_ROOM = 240;

/** The slots picture with its gestures and keys. */
export function SlotsPicture({
  run,
  label,
  pictures,
  colours,
  whole,
  seen,
  width,
  side,
  isLoading,
  move,
  openNode,
}: {
  readonly run: LiveRun;
  readonly label: string;
  /** The coarse one first. */
  readonly pictures: readonly Picture[];
  readonly colours: SlotsColours;
  readonly whole: Span;
  readonly seen: Span;
  readonly width: number;
  /** Pixels of it beside the lanes, for their names. */
  readonly side: number;
  readonly isLoading: boolean;
  readonly move: (span: Span) => void;
  readonly openNode: (node: string) => void;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const view = useRef<SlotsView | undefined>(undefined);
  // The address follows, and what is seen is asked for.
  const settling = useRef<Settling<Span> | undefined>(undefined);
  const [point, setPoint] = useState<Point>();
  const [isKey, setKey] = useState(false);
  const props = useRef({ move, openNode, run, seen });
  props.current = { move, openNode, run, seen };

  const pointTo = (to: Point | undefined, byKey: boolean): void => {
    view.current?.pointTo(to);
    setPoint(to);
    setKey(byKey && to !== undefined);
  };
  const open = async ({ lane, at }: Point): Promise<void> => {
    const { current } = view;
    const where = current?.picture?.lanes[lane];
    if (where === undefined) return;
    if (where.engine === undefined || where.slot === undefined) {
      props.current.openNode(where.node);
      return;
    }
    const task = await askTask(props.current.run.id, { at, engine: where.engine, slot: where.slot }).catch(
      () => undefined,
    );
    if (task !== undefined) go(pathToTask(props.current.run.id, task.id));
  };

  // Before it is measured for the first time: of a run that has ended nothing may change later, so that there is no second time.
  useLayoutEffect(() => {
    const [element, around] = [canvas.current, scroller.current];
    if (element === null || around === null) return undefined;
    const settler = new Settling<Span>((next) => props.current.move(next));
    settling.current = settler;
    const made = new SlotsView(element, colours, (next) => settler.move(next));
    view.current = made;
    const stop = listenToGestures(element, around, made, {
      point: (place) => pointTo(place === undefined ? undefined : made.pointAt(place.x, place.y), false),
      click: (x, y) => {
        const at = made.pointAt(x, y);
        if (at !== undefined) void open(at);
      },
    });
    return () => {
      stop();
      made.close();
      settler.close();
      view.current = undefined;
    };
  }, []);
  useEffect(() => view.current?.show(pictures, colours), [pictures[0], pictures[1], colours]);
  useEffect(() => {
    // While somebody moves, the address is behind: what it says would throw them back.
    if (settling.current?.isMoving !== true) view.current?.look(whole, seen);
  }, [whole.from, whole.to, seen.from, seen.to]);
  const room = Math.max(LEAST_ROOM, Math.min(MOST_ROOM, Math.floor(innerHeight * 0.6)));
  useLayoutEffect(() => {
    // A bar to scroll by takes room from the lanes.
    const bar = scroller.current === null ? 0 : scroller.current.offsetWidth - scroller.current.clientWidth;
    view.current?.resize(width - bar, side, room);
  });

  const lanes = pictures.at(-1)?.lanes.length ?? 0;
  const layout = laneLayout(lanes, room);
  const press = (event: KeyboardEvent): void => {
    const { current } = view;
    if (current === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && point !== undefined) {
      event.preventDefault();
      void open(point);
      return;
    }
    if (event.key === "Escape" && point !== undefined) {
      pointTo(undefined, true);
      return;
    }
    const middle = (current.seen.from + current.seen.to) / 2;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = point === undefined ? 0 : point.lane + (event.key === "ArrowDown" ? 1 : -1);
      const lane = Math.max(0, Math.min(lanes - 1, next));
      const around = scroller.current;
      if (around !== null) around.scrollTop = topFor(lane, around.scrollTop, layout);
      pointTo({ lane, at: point?.at ?? middle }, true);
      return;
    }
    const next = spanAfterKey(event.key, current.seen, whole);
    if (next === undefined) return;
    event.preventDefault();
    current.go(next);
    if (point !== undefined) pointTo({ lane: point.lane, at: (next.from + next.to) / 2 }, true);
  };

  return (
    <div class="slots-picture">
      <div
        class="slots-scroll"
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-roledescription="picture of slots over time"
        aria-label={label}
        aria-describedby="slots-keys"
        style={{ height: `${HEAD + layout.height + FOOT}px` }}
        onScroll={(event) => view.current?.scroll(event.currentTarget.scrollTop)}
        onKeyDown={press}
      >
        <div style={{ height: `${HEAD + layout.all + FOOT}px` }}>
          <canvas ref={canvas} aria-hidden="true" />
        </div>
      </div>
      {isLoading && <span class="slots-loading spinner" aria-hidden="true" />}
      {point !== undefined && view.current?.picture !== undefined && (
        <PointTip
          run={run}
          picture={view.current.picture}
          point={point}
          place={view.current.placeOf(point)}
          width={width}
          isSpoken={isKey}
        />
      )}
      <p id="slots-keys" class="slots-note dim">
        Drag or ← → to move, Ctrl and wheel or + − to zoom, ↑ ↓ to go through the lanes, Enter or a click for the task,
        Home for the whole run.
      </p>
    </div>
  );
}
