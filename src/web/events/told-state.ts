import type { RunView, WatchLink } from "../../domain/watch.ts";
import { changeBetween } from "../../domain/view-changes.ts";

/** What readers of events know of a run. */
export interface ToldState {
  readonly view: RunView;
  readonly link: WatchLink;
  readonly warnings: readonly string[];
}

/** Something to tell readers: the name of the event, and what goes with it. */
export interface RunEvent {
  readonly name: "snapshot" | "resync" | "delta" | "phase" | "warning" | "end";
  readonly data: unknown;
}

/** Whether the run has ended and its records are whole: nothing is told any more, unless it is taken up again. */
export function isOver({ link }: ToldState): boolean {
  return link.state === "over";
}

/** Whether two states that are over are the end of one run: another may have begun and ended under its prefix. */
export function isSameEnd(one: ToldState, other: ToldState): boolean {
  return isOver(one) && isOver(other) && one.view.started === other.view.started && one.view.ended === other.view.ended;
}

/** What makes those who know one state know the other; empty when only the clock has gone on. The last one completes it. */
export function eventsBetween(before: ToldState, after: ToldState): RunEvent[] {
  const events: RunEvent[] = [];
  const { phase, reason } = after.view;
  if (phase !== before.view.phase || reason !== before.view.reason || !isSameLink(before.link, after.link))
    events.push({ name: "phase", data: { phase, reason, link: after.link } });
  for (const text of after.warnings)
    if (!before.warnings.includes(text)) events.push({ name: "warning", data: { text } });
  if (isOver(after)) {
    // The whole view is told once more, so that nothing that was missed stays missing.
    if (!isSameEnd(before, after)) events.push({ name: "end", data: { view: after.view } });
    return events;
  }
  const change = changeBetween(before.view, after.view);
  if (change !== undefined) events.push({ name: "delta", data: change });
  return events;
}

function isSameLink(one: WatchLink, other: WatchLink): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
