import { exitCodeOfRun } from "../cli/exit-code.ts";
import type { RunEnd } from "../domain/events.ts";
import { someOf } from "../domain/some-of.ts";
import { endReason } from "../faces/terminal/end-reason.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import type { RunOutcome } from "../run/outcome.ts";
import { DisBatchError, type InItsWords, typed } from "./errors.ts";
import type { Outcome } from "./outcome.ts";

/** What came of the run of these files, as programs are told.*/
export function outcomeOf(ended: RunOutcome, files: RunFiles): Outcome {
  const { counts, isRecorded } = ended;
  const { succeeded, failed, skipped, skippedFailed, interrupted, perEngineFailed } = counts;
  return {
    // What is not on record is not done.
    reason: isRecorded ? ended.reason : "record-failed",
    exitCode: exitCodeOfRun(ended, true),
    succeeded,
    failed,
    skipped,
    skippedFailed,
    interrupted,
    notRun: Math.max(0, (counts.known ?? 0) - counts.done - interrupted),
    perEngineFailed,
    prefix: files.prefix,
    statusFile: files.status,
    tasksFile: files.tasks,
  };
}

/** The run came to an end that lies in its tasks and settings, and not in what went wrong around it. */
const OWN_ENDS: readonly RunEnd[] = [
  "done",
  "check-failed",
  "failed-fast",
  "enough-failed",
  "enough-succeeded",
  "enough-done",
];

/**
 * What the run has failed by; undefined when it has come to an end of its own, or to the one that the program has asked for.
 *
 * @param isStopped the program has asked for the end.
 */
export function failureOf(
  ended: RunOutcome,
  outcome: Outcome,
  isStopped: boolean,
  inItsWords: InItsWords,
): DisBatchError | undefined {
  const { reason, error: cause, isRecorded } = ended;
  const isWanted = OWN_ENDS.includes(reason) || (isStopped && reason === "stopped");
  if (isWanted && cause === undefined) return undefined;
  const code = isRecorded && !isWanted ? reason : "record-failed";
  const known = typed(cause, inItsWords);
  const why = whyOf(ended, known);
  const message = `the run ended early: ${endReason(code)}${why === "" ? "" : ` (${why})`}`;
  // What is wrong with the tasks says more than that something is.
  if (code !== "source-failed" || !(known instanceof DisBatchError))
    return new DisBatchError(code, message, { outcome, cause });
  return new DisBatchError(known.code, message, { diagnostics: known.diagnostics, outcome, cause });
}

/** What is behind the end of a run, in words. */
function whyOf({ reason, counts }: RunOutcome, error: unknown): string {
  if (error instanceof Error) return error.message;
  if (reason !== "no-engines") return "";
  return [...counts.unreachable.byReason()].map(([why, nodes]) => `${someOf(nodes, MOST_NODES)}: ${why}`).join("; ");
}

/** Hosts that are named before the rest is only counted. */
const MOST_NODES = 4;
