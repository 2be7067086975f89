/** What a run does, in words. */

import { doneOf, waitingOf } from "../../domain/task-tally.ts";
import type { RunEnd } from "../../domain/events.ts";
import type { Estimate, RunView, TaskTally, WatchLink } from "../../domain/watch.ts";
import { plural } from "../../domain/plural.ts";
import { formatCount, formatShare } from "./numbers.ts";
import type { Tone } from "./states.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { formatMinute } from "./times.ts";

/** Why a run ends or has ended, as a part of a sentence. */
const REASONS: Readonly<Record<RunEnd, string>> = {
  done: "all tasks are done",
  "check-failed": "tasks had failed before a check barrier",
  "failed-fast": "a task failed, and the run was to end at the first failure",
  "enough-failed": "as many tasks have failed as it was to end at",
  "enough-succeeded": "as many tasks have succeeded as were wanted",
  "enough-done": "as many tasks are done as were wanted",
  interrupted: "it was interrupted",
  terminated: "it was terminated",
  stopped: "somebody has stopped it",
  "out-of-time": "its machines were about to be taken away",
  "no-engines": "no engine could be started, or all had left",
  "unmet-needs": "some tasks need more than any engine has",
  "record-failed": "a record could not be written",
  "source-failed": "its tasks could not be read to the end",
};

export function reasonWords(reason: RunEnd): string {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason] : reason;
}

/** State of a run as a badge has it. What it did last says nothing of one that is lost, or whose records are being read. */
export function runState({ phase, reason }: Pick<RunView, "phase" | "reason">, link: WatchLink["state"]): string {
  if (link === "lost" || link === "reading") return link;
  if (phase !== "ended" && link !== "over") return phase;
  return reason === undefined || reason === "done" ? "ended" : "ended early";
}

/** How long it will still take, as a range: `0:38 to 0:55`; undefined when nobody can tell. */
export function clockLeft(estimate: Estimate | undefined, now: number): string | undefined {
  if (estimate === undefined) return undefined;
  const from = formatClock(Math.max(0, estimate.earliest - now));
  const to = formatClock(Math.max(0, estimate.latest - now));
  return from === to ? from : `${from} to ${to}`;
}

/** When it will have ended, as a range: `14:30 to 14:47`. */
export function endsAt({ earliest, latest }: Estimate, now: number): string {
  const first = formatMinute(Math.max(earliest, now), now);
  const last = formatMinute(Math.max(latest, now), now);
  return first === last ? first : `${first} to ${last}`;
}

/** Both: `0:38 to 0:55 left, until 14:30 to 14:47`. */
export function estimateWords(estimate: Estimate, now: number): string {
  return `${clockLeft(estimate, now)} left, until ${endsAt(estimate, now)}`;
}

/** Tasks that decide about the end: `3 slow tasks in the tail`. Empty when there are none. */
export function tailWords({ slow }: Estimate): string {
  return slow === 0 ? "" : `${plural(slow, "slow task")} in the tail`;
}

/** `612,304 of 1,000,000 tasks, 61%`, or how many so far while nobody knows how many there are. */
export function progressWords(tasks: TaskTally): string {
  const done = doneOf(tasks);
  const { total } = tasks;
  if (total === undefined) return `${formatCount(done)} tasks so far`;
  return `${formatCount(done)} of ${plural(total, "task").replace(/^\d+/, formatCount(total))}, ${formatShare(done, total)}`;
}

export interface OutcomePart {
  readonly name: string;
  /** State that tasks of this part are found by. */
  readonly state: string;
  readonly value: number;
  readonly tone: Tone;
}

/** All tasks by what has become of them, in the order of a bar. */
export function outcomeParts(tasks: TaskTally, phase: RunView["phase"]): OutcomePart[] {
  const waiting = waitingOf(tasks) ?? 0;
  return [
    { name: "succeeded", state: "succeeded", value: tasks.succeeded, tone: "good" },
    { name: "done before", state: "skipped", value: tasks.skipped, tone: "past" },
    { name: "failed", state: "failed", value: tasks.failed, tone: "bad" },
    { name: "interrupted", state: "interrupted", value: tasks.interrupted, tone: "warn" },
    { name: "to be tried again", state: "retrying", value: tasks.retrying, tone: "warn" },
    { name: "running", state: "running", value: tasks.running, tone: "busy" },
    { name: phase === "ended" ? "not run" : "waiting", state: "waiting,assigned", value: waiting, tone: "calm" },
  ];
}

/** The title of a tab: `61% Tasks_042`, so that a run can be watched from another one. */
export function titleOf(name: string, { tasks, phase, reason }: RunView): string {
  const { total } = tasks;
  if (phase === "ended") return `${reason === undefined || reason === "done" ? "ended" : "ended early"}: ${name}`;
  return total === undefined || total === 0 ? name : `${Math.floor((doneOf(tasks) / total) * 100)}% ${name}`;
}

/** The command that changes the engines of a run; its name stands for it where a shell would need quotes. */
export function utilityOf(prefix: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(prefix) ? `${prefix}_dbUtil.sh` : "PREFIX_dbUtil.sh";
}
