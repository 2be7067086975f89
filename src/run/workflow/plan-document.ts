import { resolve } from "node:path";
import type { Environment } from "../../domain/environment.ts";
import { type Diagnostic, formatDiagnostic } from "../../domain/errors.ts";
import { digestOf } from "../../workflows/history/archive.ts";
import { basisOf } from "../../workflows/history/basis.ts";
import { readHistory } from "../../workflows/history/history.ts";
import { PastDocuments } from "../../workflows/history/past-documents.ts";
import type { WorkflowSource } from "../../workflows/source/workflow-source.ts";
import { filesOfDocument } from "../files/run-files.ts";
import { refuseUsedPrefix } from "../files/used-prefix.ts";
import type { WorkflowRequest } from "./workflow-request.ts";
import { DocumentCache } from "./document-cache.ts";
import { looksIn } from "./file-looks.ts";
import { refuseOtherDocument } from "./other-document.ts";
import { planRun, type RunPlan } from "./plan-run.ts";
import { filesNow } from "./source-of.ts";
import { readRequested, withInstanceNames } from "./read-requested.ts";
import { wishOf } from "./wish-of.ts";

/** What a plan is made with, beside the document. */
interface PlanAround {
  /** Variables of the run. */
  readonly env: Environment;
  /** Told of what is odd in the records of earlier runs. */
  readonly say: (message: string) => void;
  /** Where the tasks would work: this process's folder unless it is said. */
  readonly folder?: string | undefined;
  /** The run would replace the files of an earlier one: nothing of that counts. */
  readonly overwrite?: boolean | undefined;
}

/**
 * Works out what a run of a document would do. Nothing is written, and nothing is run.
 *
 * @param prefix of the run; undefined for the document's own.
 * @throws UserError as `disbatch run` does for the document and its goals, and for a prefix that has other records.
 */
export async function planDocument(
  request: WorkflowRequest,
  prefix: string | undefined,
  { env, say, folder = process.cwd(), overwrite = false }: PlanAround,
): Promise<RunPlan> {
  const { file: path, params } = request;
  const requested = await readRequested(request, {}, say);
  const { read: document, archive } = requested;
  const files = filesOfDocument(prefix, document.workflow.name);
  const warn = (warning: Diagnostic): void => say(formatDiagnostic(warning));
  const history = overwrite ? undefined : readHistory(files.workflow, warn);
  const runs = history?.runs ?? [];
  const documents = new PastDocuments(history ?? { documents: new Map() });
  const digest = digestOf(archive);
  const file = resolve(path);
  const last = runs.at(-1);
  if (last !== undefined) refuseOtherDocument({ file, digest }, last, files);
  if (history === undefined && !overwrite) refuseUsedPrefix(files, true);
  documents.know({ document: digest, params, file }, document);
  const how = { document, runs, documents, status: files.status };
  const basis = await basisOf({ ...how, wish: await wishOf(withInstanceNames(request, requested), how) });
  const about = { run: (last?.run ?? 0) + 1, prefix: files.prefix };
  const { noCache } = request;
  const cache = DocumentCache.open(basis, {
    ...{ path: files.cache, folder, env, say, noCache, run: about.run, overwrite },
    isPlan: true,
  });
  try {
    const serve = (source: WorkflowSource): void => cache?.serve(source);
    return await planRun(basis, about, { ...filesNow(basis, looksIn(folder), cache), serve });
  } finally {
    await cache?.close();
  }
}
