import type { RunEnd } from "../../domain/events.ts";

const END_REASONS: Readonly<Record<RunEnd, string>> = {
  done: "done",
  "check-failed": "a task before a BARRIER CHECK failed",
  "failed-fast": "a task failed, and --fail-fast was given",
  "enough-failed": "as many tasks have failed as --halt allows",
  "enough-succeeded": "as many tasks have succeeded as --halt asks for",
  "enough-done": "as many tasks have ended as --halt asks for",
  interrupted: "interrupted",
  terminated: "terminated",
  stopped: "stopped on request",
  "out-of-time": "the time that is left is not enough to start more tasks",
  "no-engines": "no engine is left to run tasks",
  "unmet-needs": "some tasks need more than any engine has",
  "record-failed": "the status file or the journal could not be written",
  "source-failed": "the tasks could not be read to the end",
};

/** Why a run ended, for people: the same words in all faces. */
export function endReason(reason: RunEnd): string {
  return END_REASONS[reason];
}

/** How a run ended that has: `has ended`, or `ended early: interrupted`. @param reason undefined where nothing tells. */
export function endWords(reason: RunEnd | undefined): string {
  if (reason === undefined || reason === "done") return "has ended";
  return reason === "unmet-needs" ? `has ended, but ${endReason(reason)}` : `ended early: ${endReason(reason)}`;
}
