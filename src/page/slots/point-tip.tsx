import type { JSX } from "preact";
import type { TaskRow } from "../../domain/watch.ts";
import type { LiveRun } from "../api/live-run.ts";
import { ForeignText } from "../parts/foreign-text.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { formatEnding } from "../words/endings.ts";
import { formatSpan, formatTime } from "../words/times.ts";
import { type CellName, cellName, cellShare } from "./cells.ts";
import { cellAt, type Picture } from "./picture.ts";
import type { Point } from "./slots-view.ts";
import { useTaskThere } from "./task-there.ts";

const WORDS: Readonly<Record<CellName, string>> = {
  none: "not there",
  idle: "idle",
  succeeded: "tasks that succeeded",
  failed: "a task that failed",
  running: "a task that runs",
  cut: "a task that was cut short",
};

const TIP_WIDTH = 320;

/** What is under the pointer: node, slot, time, and the task there. */
export function PointTip({
  run,
  picture,
  point,
  place,
  width,
  isSpoken,
}: {
  readonly run: LiveRun;
  readonly picture: Picture;
  readonly point: Point;
  readonly place: { readonly x: number; readonly y: number };
  readonly width: number;
  readonly isSpoken: boolean;
}): JSX.Element | null {
  const lane = picture.lanes[point.lane];
  const slot =
    lane?.engine === undefined || lane.slot === undefined
      ? undefined
      : { at: point.at, engine: lane.engine, slot: lane.slot };
  const task = useTaskThere(run.id, slot);
  if (lane === undefined) return null;
  const cell = cellAt(picture, point.lane, point.at);
  const name = cellName(cell);
  const share = Math.round(cellShare(cell) * 100);
  const isWide = width >= TIP_WIDTH + 24;
  const isLeft = place.x > width - TIP_WIDTH - 16;
  const left = isWide ? Math.max(0, isLeft ? place.x - TIP_WIDTH - 16 : place.x + 16) : 0;
  return (
    <div
      class="point-tip"
      role={isSpoken ? "status" : undefined}
      style={{
        transform: `translate(${left}px, ${Math.round(place.y + 20)}px)`,
        maxWidth: `${Math.min(TIP_WIDTH, width)}px`,
      }}
    >
      <div>
        <strong>
          <ForeignText text={lane.node} />
          {lane.slot !== undefined && ` slot ${lane.slot}`}
        </strong>{" "}
        <span class="dim">{formatTime(point.at, Date.now() / 1000)}</span>
      </div>
      {typeof task === "object" ? (
        <TaskThere task={task} at={point.at} />
      ) : (
        <div class="dim">
          {WORDS[name]}
          {name !== "none" && name !== "idle" && share < 100 && `, ${share}% of the time`}
          {slot === undefined && name !== "none" && ". A click shows its slots."}
        </div>
      )}
    </div>
  );
}

function TaskThere({ task, at }: { readonly task: TaskRow; readonly at: number }): JSX.Element {
  const { id, state, start, finish, ending, command } = task;
  const took = start === undefined ? undefined : (finish ?? at) - start;
  return (
    <>
      <div>
        task {id} <StateBadge state={state} />{" "}
        {state === "failed" && ending !== undefined && <span class="tone-bad">{formatEnding(ending)}</span>}{" "}
        {took !== undefined && finish !== undefined && <span class="dim">{formatSpan(took)}</span>}
      </div>
      {command !== undefined && (
        <div class="tip-command mono">
          <ForeignText text={command.slice(0, 200)} />
        </div>
      )}
    </>
  );
}
