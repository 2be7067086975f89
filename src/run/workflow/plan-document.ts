import { resolve } from "node:path";
import { formatDiagnostic } from "../../domain/errors.ts";
import { readDocument } from "../../workflows/document/read-document.ts";
import { archiveOf, digestOf } from "../../workflows/history/archive.ts";
import { basisOf } from "../../workflows/history/basis.ts";
import { readHistory } from "../../workflows/history/history.ts";
import { PastDocuments } from "../../workflows/history/past-documents.ts";
import { filesOfDocument } from "../files/run-files.ts";
import type { WorkflowRequest } from "../settings.ts";
import { DOCUMENTS_ON_DISK } from "./document-files.ts";
import { planRun, type RunPlan } from "./plan-run.ts";

/**
 * Works out what a run of a document would do. Nothing is written, and nothing is run.
 *
 * @param prefix of the run; undefined for the document's own.
 * @param say told of what is odd in the records of earlier runs.
 * @throws UserError as `disbatch run` does for the document and its goals.
 */
export async function planDocument(
  { file: path, params, goals, from, only, maxInstances }: WorkflowRequest,
  prefix: string | undefined,
  say: (message: string) => void,
): Promise<RunPlan> {
  const document = await readDocument(path, params, DOCUMENTS_ON_DISK);
  const files = filesOfDocument(prefix, document.workflow.name);
  const history = readHistory(files.workflow, (warning) => say(formatDiagnostic(warning)));
  const runs = history?.runs ?? [];
  const documents = new PastDocuments(history ?? { documents: new Map() });
  documents.know({ document: digestOf(archiveOf(path, document.texts)), params, file: resolve(path) }, document);
  const wish = { goals, from, only, maxInstances };
  const basis = await basisOf({ document, wish, runs, documents, status: files.status });
  return planRun(basis, { run: (runs.at(-1)?.run ?? 0) + 1, prefix: files.prefix });
}
