import type { TemplateTally } from "../domain/instance-state.ts";
import { UserError } from "../domain/errors.ts";
import { isOwnFile } from "../files/own-file.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import type { RunStanding } from "../run/workflow/past-standing.ts";

/** Whether a document has run under this prefix. */
export function isWorkflow({ workflow }: RunFiles): boolean {
  return isOwnFile(workflow);
}

/** Where the instances of a document stand, by the last run of its prefix. @throws UserError `not-a-workflow`, `document-unreadable`. */
export async function lastStanding(files: RunFiles, say: (message: string) => void): Promise<RunStanding> {
  const [{ pastStanding }, { workflowHistory }] = await Promise.all([
    import("../run/workflow/past-standing.ts"),
    import("../run/workflow/workflow-history.ts"),
  ]);
  const history = workflowHistory(files, say);
  return pastStanding(history, history.last, files);
}

/** Number of the last run of a document under this prefix, and the document; undefined where none has run. @throws UserError `history-unreadable`. */
export async function lastRunOf(
  files: RunFiles,
): Promise<{ readonly run: number; readonly document: string } | undefined> {
  if (!isWorkflow(files)) return undefined;
  const { workflowHistory } = await import("../run/workflow/workflow-history.ts");
  const { run, file } = workflowHistory(files).last;
  return { run, document: file };
}

/** How many instances of each task stand where, by the records alone; undefined where these do not tell. */
export async function recordedTallies(files: RunFiles): Promise<readonly TemplateTally[] | undefined> {
  if (!isWorkflow(files)) return undefined;
  try {
    return (await lastStanding(files, () => undefined)).tallies;
  } catch (error) {
    // What else the records say can be told without it.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
