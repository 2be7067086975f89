import { UserError } from "../domain/errors.ts";
import type { RunEnd } from "../domain/events.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import type { WorkflowEnd } from "../domain/workflow-end.ts";
import type { RunOutcome } from "../run/outcome.ts";

/**
 * The exit code of a run that is over.
 *
 * @param wantsExitCode failed tasks are to be told by it.
 * @param workflow what came of its document: what may fail does not count, and what is blocked does.
 */
export function exitCodeOfRun(
  { reason, counts, error, isRecorded }: RunOutcome,
  wantsExitCode: boolean,
  workflow?: WorkflowEnd,
): ExitCode {
  if (!isRecorded || (error !== undefined && reason === "done")) return EXIT.unfinished;
  const failed = workflow === undefined ? counts.failed + counts.skippedFailed : workflow.failed + workflow.blocked;
  const anyFailed = failed + counts.perEngineFailed > 0;
  return exitCodeOf(reason, anyFailed, wantsExitCode, error);
}

/** The exit code of a run that ended for this reason. */
export function exitCodeOf(reason: RunEnd, anyFailed: boolean, wantsExitCode: boolean, error: unknown): ExitCode {
  switch (reason) {
    case "done":
    case "enough-done":
      return anyFailed && wantsExitCode ? EXIT.failed : EXIT.done;
    case "enough-succeeded":
      return EXIT.done;
    case "enough-failed":
    case "check-failed":
    case "failed-fast":
      return EXIT.failed;
    case "interrupted":
      return EXIT.interrupted;
    case "terminated":
      return EXIT.terminated;
    case "source-failed":
      return error instanceof UserError ? error.exitCode : EXIT.unfinished;
    case "stopped":
    case "out-of-time":
    case "no-engines":
    case "unmet-needs":
    case "record-failed":
      return EXIT.unfinished;
    default:
      return reason satisfies never;
  }
}
