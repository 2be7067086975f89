import { plural } from "./plural.ts";
import { printable } from "./printable.ts";
import { someOf } from "./some-of.ts";
import type { Stall } from "./watch.ts";
import { formatClock } from "./clock-text.ts";

/** Names in a list before the rest is only counted. */
const MOST_NAMES = 4;

/** Why nothing starts, and what would go on, each in one sentence without its full stop. */
export interface StallWords {
  readonly why: string;
  /** What has to come about, or be done. */
  readonly until: string;
}

/**
 * A reason why slots are free, or nothing starts, in words.
 *
 * @param now Unix time in seconds.
 * @param utility the command that changes the engines of the run, in the user's shell.
 */
export function stallWords(stall: Stall, now: number, utility: string): StallWords {
  switch (stall.why) {
    case "barrier": {
      const { line, since, running, nodes } = stall;
      const where = nodes.length === 0 ? "" : `, on ${names(nodes)}`;
      const why = `the barrier of line ${line} waits for ${plural(running, "running task")}${where}, for ${formatClock(now - since)} so far`;
      return { why, until: "the tasks behind it start when these have ended" };
    }
    case "no-engines":
      return stall.awaited
        ? { why: "no engine is in the run", until: `it goes on when somebody adds one: ${utility} -s HOST:COUNT` }
        : { why: "no engine is in the run", until: "it goes on when an engine has started, and ends when none can be" };
    case "starting":
      return {
        why: `${plural(stall.engines, "engine")} ${stall.engines === 1 ? "is" : "are"} there and not ready yet`,
        until: "tasks start when the start commands have ended",
      };
    case "ending": {
      const why = stall.phase === "draining" ? "nothing new is started any more" : "what runs is being ended";
      return {
        why,
        until: `the run ends when ${plural(stall.running, "running task")} ${stall.running === 1 ? "has" : "have"} ended`,
      };
    }
    case "unreachable":
      return {
        why: `${names(stall.nodes)} cannot be reached: ${printable(stall.reason)}`,
        until: "its tasks run elsewhere, or there when it can be reached again",
      };
    case "task-limit":
      return {
        why: `no more tasks may start on ${names(stall.contexts)}: the limit (-C) is reached`,
        until: `other tasks start when somebody adds hosts: ${utility} -s HOST:COUNT`,
      };
    case "stopped":
      return {
        why: `${stopped(stall)} to start no more tasks, and ${stillRun(stall.running)} there`,
        until: `other tasks start on other hosts; to add some: ${utility} -s HOST:COUNT`,
      };
    case "room":
      return {
        why: `task ${stall.task} waits: it needs ${printable(stall.needs)}, and ${printable(stall.where)}`,
        until: "it starts when an engine has enough free; smaller tasks go on meanwhile",
      };
    case "no-tasks":
      return stall.sourceEnded
        ? { why: "all tasks have been given out", until: "the run ends when the last of them have ended" }
        : { why: "all tasks that have come so far have been given out", until: "it goes on when more tasks come" };
    case "awaits-tasks":
      return {
        why: "all tasks that were submitted so far have been given out",
        until: "it goes on when more are submitted, and ends after disbatch submit PREFIX --done",
      };
    default:
      return stall satisfies never;
  }
}

/** `context night and engine 3 have been told`. */
function stopped({ contexts, engines }: Extract<Stall, { why: "stopped" }>): string {
  const parts = [
    ...(contexts.length === 0 ? [] : [`context${contexts.length === 1 ? "" : "s"} ${names(contexts)}`]),
    ...(engines.length === 0 ? [] : [`engine${engines.length === 1 ? "" : "s"} ${names(engines.map(String))}`]),
  ];
  return `${parts.join(" and ")} ${contexts.length + engines.length === 1 ? "has" : "have"} been told`;
}

function stillRun(running: number): string {
  return running === 0 ? "no task runs" : `${plural(running, "task")} still run${running === 1 ? "s" : ""}`;
}

function names(list: readonly string[]): string {
  return printable(someOf(list, MOST_NAMES));
}
