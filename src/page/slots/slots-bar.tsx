import type { JSX } from "preact";
import { isWhole, type Span, zoomAround } from "./viewport.ts";

/** What is above the slots picture: what lanes are, and how close one looks. */
export function SlotsBar({
  by,
  node,
  span,
  whole,
  move,
  choose,
}: {
  readonly by: "slot" | "node";
  readonly node: string | undefined;
  readonly span: Span;
  readonly whole: Span;
  readonly move: (span: Span) => void;
  readonly choose: (by: "slot" | "node") => void;
}): JSX.Element {
  const middle = (span.from + span.to) / 2;
  return (
    <>
      <div class="choice" role="group" aria-label="Lanes">
        <button type="button" class="small" aria-pressed={by === "node"} onClick={() => choose("node")}>
          Nodes
        </button>
        <button
          type="button"
          class="small"
          aria-pressed={by === "slot" && node === undefined}
          onClick={() => choose("slot")}
        >
          Slots
        </button>
      </div>
      <div class="choice" role="group" aria-label="Zoom">
        <button
          type="button"
          class="small"
          aria-label="Zoom in"
          onClick={() => move(zoomAround(span, whole, middle, 0.5))}
        >
          +
        </button>
        <button
          type="button"
          class="small"
          aria-label="Zoom out"
          disabled={isWhole(span, whole)}
          onClick={() => move(zoomAround(span, whole, middle, 2))}
        >
          −
        </button>
        <button type="button" class="small" disabled={isWhole(span, whole)} onClick={() => move(whole)}>
          Whole run
        </button>
      </div>
    </>
  );
}

const STATES = [
  ["succeeded", "succeeded"],
  ["failed", "failed"],
  ["running", "running"],
  ["cut", "cut short"],
  ["idle", "idle"],
  ["none", "not there"],
] as const;

/** What colours mean. */
export function SlotsLegend({ by }: { readonly by: "slot" | "node" }): JSX.Element {
  return (
    <p class="legend">
      {STATES.map(([name, words]) => (
        <span key={name} class="legend-line">
          <span class={`legend-key cell-${name}`} aria-hidden="true" />
          {words}
        </span>
      ))}
      <span class="legend-line">fuller: more of the {by === "node" ? "node's slots and time" : "time"} had a task</span>
    </p>
  );
}
