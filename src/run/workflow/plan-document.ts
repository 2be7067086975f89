import { resolve } from "node:path";
import { formatDiagnostic } from "../../domain/errors.ts";
import { digestOf } from "../../workflows/history/archive.ts";
import { basisOf } from "../../workflows/history/basis.ts";
import { readHistory } from "../../workflows/history/history.ts";
import { PastDocuments } from "../../workflows/history/past-documents.ts";
import { filesOfDocument } from "../files/run-files.ts";
import type { WorkflowRequest } from "./workflow-request.ts";
import { looksIn } from "./file-looks.ts";
import { planRun, type RunPlan } from "./plan-run.ts";
import { filesNow } from "./source-of.ts";
import { readRequested, withInstanceNames } from "./read-requested.ts";
import { wishOf } from "./wish-of.ts";

/**
 * Works out what a run of a document would do. Nothing is written, and nothing is run.
 *
 * @param prefix of the run; undefined for the document's own.
 * @param say told of what is odd in the records of earlier runs.
 * @param folder where the tasks would work.
 * @throws UserError as `disbatch run` does for the document and its goals.
 */
export async function planDocument(
  request: WorkflowRequest,
  prefix: string | undefined,
  say: (message: string) => void,
  folder: string = process.cwd(),
): Promise<RunPlan> {
  const { file: path, params } = request;
  const requested = await readRequested(request, {}, say);
  const { read: document, archive } = requested;
  const files = filesOfDocument(prefix, document.workflow.name);
  const history = readHistory(files.workflow, (warning) => say(formatDiagnostic(warning)));
  const runs = history?.runs ?? [];
  const documents = new PastDocuments(history ?? { documents: new Map() });
  const digest = digestOf(archive);
  documents.know({ document: digest, params, file: resolve(path) }, document);
  const how = { document, runs, documents, status: files.status };
  const basis = await basisOf({ ...how, wish: await wishOf(withInstanceNames(request, requested), how) });
  const about = { run: (runs.at(-1)?.run ?? 0) + 1, prefix: files.prefix };
  return planRun(basis, about, filesNow(basis, looksIn(folder)));
}
