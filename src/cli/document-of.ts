import { DOCUMENTS_ON_DISK } from "../run/workflow/document-files.ts";
import { readDocument } from "../workflows/document/read-document.ts";
import type { Workflow } from "../workflows/document/workflow.ts";

/** Reads a document of the disk. @throws UserError `document-unreadable`, `bad-document`, `bad-param`. */
export async function documentOf(file: string, params: Readonly<Record<string, string>>): Promise<Workflow> {
  return (await readDocument(file, params, DOCUMENTS_ON_DISK)).workflow;
}
