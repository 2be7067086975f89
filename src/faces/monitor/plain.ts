/** The run in lines of plain text, for pipes, files, and terminals that cannot do more. */

import type { RunView, WatchLink } from "../../domain/watch.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { formatClock, formatEnding } from "../terminal/text.ts";
import { doneOf, etaWords } from "./top.ts";
import { endingWords, stallWords } from "./trouble.ts";
import { formatCount, formatTime } from "./words.ts";

/** Seconds between two lines that say how far the run is. */
const EVERY_SECONDS = 5;

/** Makes lines of what changes, each with the time of day. */
export class PlainText {
  #saidAt = Number.NEGATIVE_INFINITY;
  #counts = "";
  #phase = "";
  #stalls = "";
  #link: WatchLink["state"] = "live";
  #kinds = 0;
  #hasEnded = false;

  /** What is new. @param now seconds, by any clock that goes on. */
  lines(view: RunView, link: WatchLink, now: number): string[] {
    const lines: string[] = [];
    if (link.state !== this.#link && link.state === "lost") lines.push(`nobody answers: ${link.why}`);
    if (link.state !== this.#link && link.state === "live") lines.push("the run answers again");
    this.#link = link.state;
    for (const { ending, text, node, example } of view.kinds.slice(this.#kinds)) {
      lines.push(
        `a new kind of failure: ${formatEnding(ending)}${text === "" ? "" : `, ${text}`} (task ${example} on ${node})`,
      );
    }
    this.#kinds = view.kinds.length;
    const stalls = view.phase === "ended" ? [] : view.stalls;
    const reasons = stalls
      .map((stall) => (stall.why === "barrier" ? `${stall.why} ${stall.line}` : stall.why))
      .join(", ");
    if (reasons !== this.#stalls) lines.push(...stalls.map((stall) => stallWords(stall, view.now, view.reason)));
    this.#stalls = reasons;
    const counts = countWords(view);
    const isDue = now - this.#saidAt >= EVERY_SECONDS || view.phase !== this.#phase;
    if (counts !== this.#counts && isDue) {
      lines.push(`${view.jobId}: ${counts}`);
      this.#counts = counts;
      this.#saidAt = now;
    }
    this.#phase = view.phase;
    if (!this.#hasEnded && (view.phase === "ended" || link.state === "over")) {
      this.#hasEnded = true;
      lines.push(endingWords(view));
    }
    return lines.map((line) => `${formatTime(view.ended ?? view.now)} ${printable(line)}`);
  }
}

function countWords(view: RunView): string {
  const { tasks, kinds, phase, now, started, ended } = view;
  const of = tasks.total === undefined ? "" : ` of ${formatCount(tasks.total)}`;
  const failed =
    tasks.failed > 0 ? `${formatCount(tasks.failed)} failed in ${plural(kinds.length, "kind")}` : "0 failed";
  const eta = etaWords(view, now);
  const time = formatClock((ended ?? now) - started);
  const words = [
    ended === undefined ? `${phase} for ${time}` : `${phase} after ${time}`,
    `${formatCount(doneOf(tasks))}${of} done`,
    failed,
  ];
  return [...words, `${formatCount(tasks.running)} running`, ...(eta === "" ? [] : [eta])].join(", ");
}
