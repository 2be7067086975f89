import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { decodeBytes } from "../../domain/bytes.ts";
import { UserError } from "../../domain/errors.ts";
import { errnoText } from "../../domain/system-error.ts";
import type { DocumentFiles } from "../../workflows/document/read-document.ts";
import { textsIn } from "../../workflows/history/archive.ts";
import type { DocumentArchive } from "../../workflows/history/record.ts";

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
 * @param file path of the document.
 * @param archive of it.
 */
export function hasChanged(file: string, archive: DocumentArchive): boolean {
  const texts = textsIn(archive, dirname(resolve(file)));
  return [...texts].some(([path, text]) => {
    try {
      return DOCUMENTS_ON_DISK.read(path) !== text;
    } catch {
      return true;
    }
  });
}
