/** What the run's user ought to know before anything else: that it has ended, that nobody answers, why nothing moves. */

import type { RunEnd } from "../../domain/events.ts";
import type { RunView, Stall } from "../../domain/watch.ts";
import { plural } from "../../domain/plural.ts";
import { someOf } from "../../domain/some-of.ts";
import { endReason, endWords } from "../terminal/end-reason.ts";
import { type Line, span } from "./line.ts";
import { type MonitorState, runNow } from "./state.ts";
import { formatAge, formatCount } from "./words.ts";

/** Nodes and groups of hosts that are named. */
const NAMED = 3;
/** Stalls that have a line of their own. */
const MOST_STALLS = 2;

/** Lines about that, as many as there is need for. */
export function troubleLines(state: MonitorState): Line[] {
  const { view, link } = state;
  if (view.phase === "ended" || link.state === "over") return [[span(` ${endingWords(view)}`, endStyle(view))]];
  const lost: Line[] =
    link.state === "lost"
      ? [
          [
            span(
              ` nobody answers: ${link.why}; tried again, and what is shown is ${formatAge(state.clock - state.received)} old`,
              "bad",
            ),
          ],
        ]
      : [];
  const stalls = view.stalls
    .slice(0, MOST_STALLS)
    .map((stall): Line => [span(` ${stallWords(stall, runNow(state), view.reason)}`, "warn")]);
  return [...lost, ...stalls];
}

/** How the run ended: `the run has ended, 12 failed in 3 kinds`. */
export function endingWords({ reason, tasks, kinds }: RunView): string {
  const failed = tasks.failed > 0 ? `, ${formatCount(tasks.failed)} failed in ${plural(kinds.length, "kind")}` : "";
  return `the run ${endWords(reason)}${failed}`;
}

function endStyle({ reason, tasks }: RunView): "good" | "warn" {
  return (reason === undefined || reason === "done") && tasks.failed === 0 ? "good" : "warn";
}

/**
 * Why nothing moves, in one line.
 *
 * @param now Unix time in seconds.
 * @param reason why the run is ending, if it is.
 */
export function stallWords(stall: Stall, now: number, reason: RunEnd | undefined): string {
  switch (stall.why) {
    case "barrier": {
      const where = stall.nodes.length > 0 ? ` on ${someOf(stall.nodes, NAMED)}` : "";
      return `waits at the barrier in line ${stall.line} for ${formatAge(now - stall.since)}: ${plural(stall.running, "task")} before it still run${stall.running === 1 ? "s" : ""}${where}`;
    }
    case "no-engines":
      return stall.awaited ? "no engine is in the run: it goes on when one is added" : "no engine is in the run";
    case "starting":
      return `${plural(stall.engines, "engine")} ${stall.engines === 1 ? "is" : "are"} not ready yet`;
    case "ending":
      return `nothing new starts (${reason === undefined ? stall.phase : endReason(reason)}): ${plural(stall.running, "task")} still run${stall.running === 1 ? "s" : ""}`;
    case "unreachable":
      return `${someOf(stall.nodes, NAMED)} cannot be reached: ${stall.reason}`;
    case "task-limit":
      return `no more tasks for ${someOf(stall.contexts, NAMED)}: its limit is reached`;
    case "stopped":
      return stoppedWords(stall);
    case "no-tasks":
      return stall.sourceEnded
        ? "all tasks have been given out: the last ones run"
        : "the source has no more tasks yet";
    default:
      return stall satisfies never;
  }
}

function stoppedWords({ contexts, engines, running }: Extract<Stall, { why: "stopped" }>): string {
  const all = [...contexts, ...engines.map((rank) => `engine ${rank}`)];
  const rest = running === 0 ? "" : `: ${plural(running, "task")} still run${running === 1 ? "s" : ""}`;
  return `nothing new starts on ${someOf(all, NAMED)} (stopped)${rest}`;
}
