import { type Diagnostic, UserError } from "../../domain/errors.ts";
import type { Task } from "../../domain/task.ts";
import { isSameCommand } from "../../records/statusfile/command.ts";
import { withoutTail } from "../taskfile/terms-tail.ts";
import { pythonRepr } from "../../domain/python-repr.ts";
import type { EarlierTask } from "../../records/statusfile/status-index.ts";

/** A task and a record with its id that is of another task. */
export interface Mismatch {
  readonly earlier: Pick<EarlierTask, "repeatIndex" | "command" | "place">;
  readonly task: Task;
}

/** Characters of a command that a message shows. */
const SHOWN = 100;

/** Characters before the first difference that a message shows at the least. */
const BEFORE_DIFFERENCE = 40;

/**
 * Whether a record is of this task: repeat index and text are the same. The ids are. The line does not matter, and neither do the
 * terms at its end: the same task may be given more memory.
 */
export function isSameTask(earlier: Mismatch["earlier"], task: Task): boolean {
  if (earlier.repeatIndex !== task.repeatIndex) return false;
  if (isSameCommand(earlier.command, task.command)) return true;
  return isSameCommand(withoutTail(earlier.command), withoutTail(task.command));
}

/** What the user can do about a mismatch when a run is resumed. */
const FORCE = "--force-resume compares task ids only";

/** The refusal to go on. @param advice what the user can do. */
export function mismatchError(taskFile: string, mismatches: readonly Mismatch[], advice = FORCE): UserError {
  const diagnostics = mismatches.map((mismatch) => mismatchDiagnostic(taskFile, mismatch, "error", advice));
  const message = `${taskFile} is not the task file that was begun; ${advice}`;
  return new UserError("resume-mismatch", message, { diagnostics });
}

/** Shows both tasks and where each stands. */
export function mismatchDiagnostic(
  taskFile: string,
  mismatch: Mismatch,
  severity: "error" | "warning",
  advice = FORCE,
): Diagnostic {
  const { earlier, task } = mismatch;
  const from = excerptStart(earlier.command, task.command);
  const recorded = describe(earlier.command, earlier.repeatIndex, from);
  const current = describe(task.command, task.repeatIndex, from);
  return {
    code: "resume-mismatch",
    severity,
    place: earlier.place,
    message: `task ${task.id} was ${recorded} and is now ${current} in ${taskFile}:${task.line}`,
    hint:
      severity === "error"
        ? advice
        : "skipped as it has a record, because of --force-resume; further such tasks are not shown",
  };
}

function describe(command: string, repeatIndex: number, from: number): string {
  const shown = command.slice(from, from + SHOWN);
  const text = (from > 0 ? "..." : "") + shown + (from + SHOWN < command.length ? "..." : "");
  // The escapes keep control characters and stray bytes off the terminal.
  return pythonRepr(text) + (repeatIndex === -1 ? "" : ` with repeat index ${repeatIndex}`);
}

/** Where to start showing two long commands, so that their first difference is seen. */
function excerptStart(a: string, b: string): number {
  let same = 0;
  while (same < a.length && same < b.length && a.charCodeAt(same) === b.charCodeAt(same)) same++;
  const differ = same < a.length || same < b.length;
  return differ && same > SHOWN - BEFORE_DIFFERENCE ? same - BEFORE_DIFFERENCE : 0;
}
