import { dirname } from "node:path";
import { formatDiagnostic, UserError } from "../../domain/errors.ts";
import { shellWords } from "../../domain/shell-words.ts";
import { type History, type PastRun, readHistory } from "../../workflows/history/history.ts";
import type { RunFiles } from "../files/run-files.ts";

/** The history of a prefix that some document has run under. */
export interface WorkflowHistory extends History {
  readonly last: PastRun;
}

/**
 * The history of a workflow.
 *
 * @param say told of lines that are none of it.
 * @throws UserError `not-a-workflow` where no document has run; `history-unreadable`.
 */
export function workflowHistory(
  { prefix, workflow }: Pick<RunFiles, "prefix" | "workflow">,
  say: (message: string) => void = () => undefined,
): WorkflowHistory {
  const history = readHistory(workflow, (warning) => say(formatDiagnostic(warning)));
  const last = history?.runs.at(-1);
  if (history === undefined || last === undefined) {
    const runs = shellWords(["disbatch", "runs", dirname(prefix)]);
    const message = `${prefix}: no document has run under this prefix; name the run of a document (to see all runs there: ${runs})`;
    throw new UserError("not-a-workflow", message);
  }
  return { ...history, last };
}
