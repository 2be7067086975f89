/** The run in lines of plain text, for pipes, files, and terminals that cannot do more. */

import type { RunView, WatchLink } from "../../domain/watch.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { countWords as countTemplate } from "../terminal/templates.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { formatEnding } from "../terminal/text.ts";
import { doneOf } from "../../domain/task-tally.ts";
import { etaWords } from "./top.ts";
import { endingWords, recoverWords, stallWords } from "./trouble.ts";
import { formatCount, formatTime } from "./words.ts";

/** Seconds between two lines that say how far the run is. */
const EVERY_SECONDS = 5;
/** Tasks of a workflow that have a line at a time. */
const MOST_TEMPLATES = 20;

/** Makes lines of what changes, each with the time of day. */
export class PlainText {
  readonly #recover: string;
  #saidAt = Number.NEGATIVE_INFINITY;
  #counts = "";
  #phase = "";
  #stalls = "";
  #link: WatchLink["state"] | "died" = "live";
  #kinds = 0;
  readonly #templates = new Map<string, string>();
  #hasEnded = false;

  /** @param recover the command that goes on with the run when its driver has died. */
  constructor(recover: string) {
    this.#recover = recover;
  }

  /** What is new. @param now Unix time in seconds, by the watcher's clock. */
  lines(view: RunView, link: WatchLink, now: number): string[] {
    const lines: string[] = [];
    const told = (words: string, time: number): string => `${formatTime(time)} ${printable(words)}`;
    for (const { ending, text, node, example, first } of view.kinds.slice(this.#kinds)) {
      const kind = `${formatEnding(ending)}${text === "" ? "" : `, ${text}`}`;
      lines.push(told(`a new kind of failure: ${kind} (task ${example} on ${node})`, first));
    }
    this.#kinds = view.kinds.length;
    const time = view.ended ?? view.now;
    // Nobody has said anything since; and records that tell of no task have no time.
    const at = link.state === "lost" || time === 0 ? now : time;
    return [...lines, ...this.#news(view, link, now).map((words) => told(words, at))];
  }

  #news(view: RunView, link: WatchLink, now: number): string[] {
    const isLost = link.state === "lost" && view.phase !== "ended";
    const lines = this.#linkWords(link);
    const stalls = isLost || view.phase === "ended" ? [] : view.stalls;
    const reasons = stalls
      .map((stall) => (stall.why === "barrier" ? `${stall.why} ${stall.line}` : stall.why))
      .join(", ");
    if (reasons !== this.#stalls) lines.push(...stalls.map((stall) => stallWords(stall, view.now, view.reason)));
    this.#stalls = reasons;
    const counts = countWords(view, isLost);
    const phase = isLost ? "lost" : view.phase;
    const isDue = now - this.#saidAt >= EVERY_SECONDS || phase !== this.#phase;
    if (counts !== this.#counts && isDue) {
      lines.push(`${view.jobId}: ${counts}`, ...this.#templateWords(view));
      this.#counts = counts;
      this.#saidAt = now;
    }
    this.#phase = phase;
    if (!this.#hasEnded && (view.phase === "ended" || link.state === "over")) {
      this.#hasEnded = true;
      lines.push(endingWords(view));
    }
    return lines;
  }

  /** A line for each task of a workflow of which instances have gone on since the last time, as many as one reads. */
  #templateWords({ templates }: RunView): string[] {
    const changed = (templates?.list ?? []).flatMap((tally) => {
      const words = `${tally.name}: ${countTemplate(tally)}${tally.isGrowing ? "; more may come" : ""}`;
      if (this.#templates.get(tally.name) === words) return [];
      this.#templates.set(tally.name, words);
      return [`  ${words}`];
    });
    const more = changed.length - MOST_TEMPLATES;
    return more <= 0 ? changed : [...changed.slice(0, MOST_TEMPLATES), `  and ${plural(more, "more task")} went on`];
  }

  /** That nobody answers, and what to do about it; or that somebody does again. */
  #linkWords(link: WatchLink): string[] {
    const state = link.state === "lost" && link.hasDied ? "died" : link.state;
    const before = this.#link;
    this.#link = state;
    if (state === before || state === "over") return [];
    if (state === "live") return ["the run answers again"];
    const silence = state === "died" ? "the driver has died" : "nobody answers for the run";
    return [silence, `${recoverWords(link)}: ${this.#recover}`];
  }
}

function countWords(view: RunView, isLost: boolean): string {
  const { tasks, kinds, phase, now, started, ended } = view;
  const of = tasks.total === undefined ? "" : ` of ${formatCount(tasks.total)}`;
  const failed =
    tasks.failed > 0 ? `${formatCount(tasks.failed)} failed in ${plural(kinds.length, "kind")}` : "0 failed";
  const eta = isLost ? "" : etaWords(view, now);
  const time = formatClock((ended ?? now) - started);
  const words = [
    isLost ? `last heard of after ${time}` : ended === undefined ? `${phase} for ${time}` : `${phase} after ${time}`,
    `${formatCount(doneOf(tasks))}${of} done`,
    failed,
  ];
  const running = `${formatCount(tasks.running)} ${isLost ? "ran" : "running"}`;
  return [...words, running, ...(eta === "" ? [] : [eta])].join(", ");
}
