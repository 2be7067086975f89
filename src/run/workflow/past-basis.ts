import { UserError } from "../../domain/errors.ts";
import { type Basis, basisOf } from "../../workflows/history/basis.ts";
import type { PastRun } from "../../workflows/history/history.ts";
import { PastDocuments } from "../../workflows/history/past-documents.ts";
import type { RunFiles } from "../files/run-files.ts";
import type { WorkflowHistory } from "./workflow-history.ts";

/**
 * What a run of a document began from.
 *
 * @throws UserError `document-unreadable` where its archive is lost.
 */
export async function pastBasis(
  history: WorkflowHistory,
  run: PastRun,
  { status, workflow: path }: Pick<RunFiles, "status" | "workflow">,
): Promise<Basis> {
  const documents = new PastDocuments(history);
  await documents.load([run]);
  const document = documents.of(run);
  if (document === undefined) {
    throw new UserError("document-unreadable", `${path}: the document of run ${run.run} cannot be read any more`);
  }
  const runs = history.runs.filter(({ run: number }) => number < run.run);
  return basisOf({ document, wish: run, runs, documents, status, end: run.statusFrom });
}
