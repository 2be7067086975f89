/** What the run's user ought to know before anything else: that it has ended, that nobody answers, why nothing moves. */

import type { RunView, Stall, WatchLink } from "../../domain/watch.ts";
import type { RunEnd } from "../../domain/events.ts";
import { plural } from "../../domain/plural.ts";
import { someOf } from "../../domain/some-of.ts";
import { wrap } from "../../domain/wrap.ts";
import { columnsOf } from "../terminal/text.ts";
import { commandLines } from "./command-lines.ts";
import { type Line, span, type Style } from "./line.ts";
import { clean } from "./width.ts";
import { endReason, endWords } from "../terminal/end-reason.ts";
import { isLost, type MonitorState, runNow } from "./state.ts";
import { formatAge, formatCount, formatTime } from "./words.ts";

/** Nodes and groups of hosts that are named. */
const NAMED = 3;
/** Stalls that have a line of their own. */
const MOST_STALLS = 2;
/** Columns of all words about one of them. */
const MOST_WORDS = 500;
/** Lines of a command that have room above the tabs. */
const MOST_COMMAND_LINES = 3;

/** Lines about that, as many as there is need for. */
export function troubleLines(state: MonitorState, columns: number): Line[] {
  const { view, link } = state;
  const lines = (words: string, style: Style): Line[] =>
    wrap(clean(words, MOST_WORDS), columns - 1, "", "", columnsOf).map((line) => [span(` ${line}`, style)]);
  if (view.phase === "ended" || link.state === "over") return lines(endingWords(view), endStyle(view));
  if (isLost(state)) return [...lines(lostWords(state), "bad"), ...recoverLines(state, columns)];
  return view.stalls
    .slice(0, MOST_STALLS)
    .flatMap((stall) => lines(stallWords(stall, runNow(state), view.reason), "warn"));
}

function lostWords({ view, link }: MonitorState): string {
  const silence = link.state === "lost" && link.hasDied ? "the driver has died" : "nobody answers for the run";
  return `${silence}; this is from ${formatTime(view.now)}`;
}

/** The command that goes on with a run, whole; where it has no room, the key that shows it. */
function recoverLines({ link, commands }: MonitorState, columns: number): Line[] {
  const words = recoverWords(link);
  const whole = ` ${words}: ${clean(commands.recover, MOST_WORDS)}`;
  if (columnsOf(whole) <= columns) return [[span(whole, "bold")]];
  const lines = commandLines(commands.recover, columns);
  if (lines.length > MOST_COMMAND_LINES) return [[span(` r: the command to go on`, "bold")]];
  return [[span(` ${words}:`, "bold")], ...lines.map((line): Line => [span(line, "bold")])];
}

/** What the command that recovers a run does, and when it is to be used. */
export function recoverWords(link: WatchLink): string {
  return link.state === "lost" && link.hasDied ? "to go on" : "if its driver has died, to go on";
}

/** How the run ended: `the run has ended, 12 failed in 3 kinds`. */
export function endingWords({ reason, tasks, kinds }: RunView): string {
  const failed = tasks.failed > 0 ? `, ${formatCount(tasks.failed)} failed in ${plural(kinds.length, "kind")}` : "";
  return `the run ${endWords(reason)}${failed}`;
}

function endStyle({ reason, tasks }: RunView): "good" | "warn" {
  return (reason === undefined || reason === "done") && tasks.failed === 0 ? "good" : "warn";
}

/** Why nothing moves, in one line. @param now Unix time in seconds. @param reason why the run ends early, when it does. */
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
      return `nothing new starts: ${reason === undefined ? "" : `${endReason(reason)}; `}${plural(stall.running, "task")} still run${stall.running === 1 ? "s" : ""}`;
    case "unreachable":
      return `${someOf(stall.nodes, NAMED)} cannot be reached: ${stall.reason}`;
    case "task-limit":
      return `no more tasks for ${someOf(stall.contexts, NAMED)}: its limit is reached`;
    case "stopped":
      return stoppedWords(stall);
    case "room":
      return `task ${stall.task} waits: it needs ${stall.needs}, and ${stall.where}`;
    case "no-tasks":
      return stall.sourceEnded
        ? "all tasks have been given out: the last ones run"
        : "the source has no more tasks yet";
    case "awaits-tasks":
      return "waits for more tasks: disbatch submit PREFIX";
    default:
      return stall satisfies never;
  }
}

function stoppedWords({ contexts, engines, running }: Extract<Stall, { why: "stopped" }>): string {
  const all = [...contexts, ...engines.map((rank) => `engine ${rank}`)];
  const rest = running === 0 ? "" : `: ${plural(running, "task")} still run${running === 1 ? "s" : ""}`;
  return `nothing new starts on ${someOf(all, NAMED)} (stopped)${rest}`;
}
