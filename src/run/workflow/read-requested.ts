import { formatDiagnostic } from "../../domain/errors.ts";
import { type DocumentSettings, type ReadDocument, readDocument } from "../../workflows/document/read-document.ts";
import { archiveOf } from "../../workflows/history/archive.ts";
import { readArchived } from "../../workflows/history/past-documents.ts";
import type { DocumentArchive } from "../../workflows/history/record.ts";
import { withForeignTasks } from "../../workflows/imports/foreign-tasks.ts";
import { DOCUMENTS_ON_DISK } from "./document-files.ts";
import type { WorkflowRequest } from "./workflow-request.ts";

/** A document as it was asked for. */
interface RequestedDocument {
  readonly read: ReadDocument;
  readonly archive: DocumentArchive;
  /** The name of an instance for one as the document's own format has it. @throws UserError `unknown-goal`. */
  readonly instanceOf: (name: string) => string;
}

/**
 * Reads the document that is asked for: from its archive, from the disk, or what becomes of one of another format.
 *
 * @param say told what was chosen where the other format leaves a meaning open.
 * @throws UserError `bad-document`, `bad-param`, `document-unreadable`.
 */
export async function readRequested(
  { file, params, archive, form }: Pick<WorkflowRequest, "file" | "params" | "archive" | "form">,
  settings: DocumentSettings,
  say: (message: string) => void,
): Promise<RequestedDocument> {
  if (archive !== undefined)
    return { read: await readArchived(file, params, archive, settings), archive, instanceOf: SAME };
  if (form === undefined) return taken(file, await readDocument(file, params, DOCUMENTS_ON_DISK, settings));
  const { foreignFiles } = await import("../../workflows/imports/foreign-files.ts");
  const { files, warnings, instanceOf } = await foreignFiles(file, form, DOCUMENTS_ON_DISK);
  const read = await readDocument(file, params, files, settings);
  for (const warning of warnings) say(formatDiagnostic(warning));
  return taken(file, read, instanceOf);
}

/** What is wanted, by names of instances. @throws UserError `unknown-goal`. */
export function withInstanceNames<Request extends Pick<WorkflowRequest, "goals" | "from" | "force">>(
  request: Request,
  { instanceOf }: Pick<RequestedDocument, "instanceOf">,
): Request {
  const { goals, from, force } = request;
  return {
    ...request,
    goals: goals.map((name) => instanceOf(name)),
    from: from.map((name) => instanceOf(name)),
    force: force?.map((name) => instanceOf(name)),
  };
}

/** Names of ours. */
const SAME = (name: string): string => name;

async function taken(
  file: string,
  read: ReadDocument,
  instanceOf: (name: string) => string = SAME,
): Promise<RequestedDocument> {
  return { read: await withForeignTasks(read), archive: archiveOf(file, read.texts), instanceOf };
}
