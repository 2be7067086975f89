import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { decodeBytes } from "../../domain/bytes.ts";
import { UserError } from "../../domain/errors.ts";
import { errnoText } from "../../domain/system-error.ts";
import type { DocumentFiles } from "../../workflows/document/read-document.ts";
import { textsIn } from "../../workflows/history/archive.ts";
import type { DocumentArchive } from "../../workflows/history/record.ts";
import type { ForeignForm } from "../../workflows/imports/formats.ts";
import type { WorkflowRequest } from "./workflow-request.ts";

/** Bytes; whatever is larger is no document, and no list of values. */
const MOST_BYTES = 512 << 20;

/** The files of documents, on the disk. */
export const DOCUMENTS_ON_DISK: DocumentFiles = {
  read: (path) => {
    try {
      const stat = statSync(path);
      // Opening a pipe could wait for ever, and reading a device never end.
      if (!stat.isFile()) throw unreadable(path, stat.isDirectory() ? "it is a folder" : "it is no regular file");
      if (stat.size > MOST_BYTES) throw unreadable(path, `it has more than ${MOST_BYTES >> 20} MiB`);
      return decodeBytes(readFileSync(path));
    } catch (error) {
      throw error instanceof UserError ? error : unreadable(path, errnoText(error), error);
    }
  },
};

function unreadable(path: string, why: string, cause?: unknown): UserError {
  return new UserError("document-unreadable", `cannot read ${path}: ${why}`, { cause });
}

/**
 * Whether a document, or a file that it was read from, says something else now, or is gone.
 *
 * @param document where it is, and in which format.
 * @param archive of it.
 */
export async function hasChanged(
  { file, form }: Pick<WorkflowRequest, "file" | "form">,
  archive: DocumentArchive,
): Promise<boolean> {
  const texts = textsIn(archive, dirname(resolve(file)));
  try {
    const files = form === undefined ? DOCUMENTS_ON_DISK : await filesOfForeign(file, form);
    return [...texts].some(([path, text]) => files.read(path) !== text);
  } catch (error) {
    if (error instanceof UserError) return true;
    throw error;
  }
}

async function filesOfForeign(file: string, form: ForeignForm): Promise<DocumentFiles> {
  const { foreignFiles } = await import("../../workflows/imports/foreign-files.ts");
  return (await foreignFiles(resolve(file), form, DOCUMENTS_ON_DISK)).files;
}
