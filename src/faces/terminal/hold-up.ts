import { engagedEngines } from "../../records/state/availability.ts";
import type { Counts } from "../../records/state/counts.ts";
import { stallsOf } from "../../records/state/stalls.ts";

/** Why nothing at all starts, in a few words for the progress line; undefined while something does, or the line tells it anyway. */
export function holdUp(counts: Counts): string | undefined {
  if (counts.phase !== "running") return undefined;
  const stalls = stallsOf(counts);
  const whys = new Set(stalls.map(({ why }) => why));
  for (const stall of stalls) if (stall.why === "barrier") return `at the barrier of line ${stall.line}`;
  if (whys.has("no-engines")) return counts.enginesJoined === 0 ? undefined : "no engine is left";
  if (whys.has("awaits-tasks")) return "waits for more tasks";
  // Of a document others wait for what runs.
  const isAwaited = counts.expected === undefined;
  if (isAwaited && stalls.some((stall) => stall.why === "no-tasks" && !stall.sourceEnded)) return "no more tasks yet";
  if (stalls.length === 0 || engagedEngines(counts).length > 0) return undefined;
  return whys.has("stopped")
    ? "all engines are stopped"
    : whys.has("task-limit")
      ? "the limit (-C) is reached"
      : undefined;
}
