import { closeSync } from "node:fs";
import type { Diagnostic } from "../../domain/errors.ts";
import { foreignLines } from "../ledger/foreign-lines.ts";
import { COLUMN, readInteger } from "./columns.ts";
import { refuseOther, StatusLineReader, statusChunks } from "./line-reader.ts";
import { openStatusFile } from "./open-status-file.ts";
import { RecordTable } from "./record-table.ts";
import { isSameFile } from "./same-file.ts";
import { UNMET_CODE } from "./return-code.ts";
import { type OpenStatusFile, StatusIndex } from "./status-index.ts";

export interface LoadOptions {
  /** Told once for each file some of whose lines are no records. */
  readonly onWarning: (warning: Diagnostic) => void;
  /** The status file that this run appends to, when it is one of those that are read. */
  readonly appendingTo?: string;
  /** Lines that begin before it, in bytes, are of other runs, and do not count. */
  readonly from?: number | undefined;
}

/**
 * Reads the status files of earlier runs.
 *
 * @throws UserError `status-file-missing`, `status-file-unreadable`, `status-file-is-directory`, or `no-status-file` as
 *   `refuseOther` does.
 */
export function loadStatusFiles(paths: readonly string[], options: LoadOptions): StatusIndex {
  const files: OpenStatusFile[] = [];
  try {
    for (const path of paths) {
      const appended = options.appendingTo !== undefined && isSameFile(path, options.appendingTo);
      files.push({ path, fd: openStatusFile(path), appended });
    }
    // Among equal outcomes the last counts, and that should be the one which need not be written again.
    files.sort((a, b) => Number(a.appended) - Number(b.appended));
    const table = new RecordTable();
    for (const [number, file] of files.entries()) {
      const foreign = addFile(table, number, file, options.from);
      if (foreign !== undefined) options.onWarning(foreign);
    }
    return new StatusIndex(files, table);
  } catch (error) {
    for (const file of files) closeSync(file.fd);
    throw error;
  }
}

/** Adds a file's records of tasks to the table. Returns a warning when some of its lines are none. */
function addFile(table: RecordTable, number: number, file: OpenStatusFile, least = 0): Diagnostic | undefined {
  const reader = new StatusLineReader();
  for (const chunk of statusChunks(file.fd, file.path)) {
    reader.read(chunk, ({ bytes, starts, from, end, offset, number: lineNumber, kind }) => {
      if ((kind !== "task" && kind !== "skipped") || offset < least) return;
      const returnCode = readInteger(bytes, starts, COLUMN.returnCode);
      // It never ran, and may find an engine this time.
      if (returnCode === UNMET_CODE) return;
      const failed = returnCode !== 0;
      table.add(readInteger(bytes, starts, COLUMN.id), number, offset, end - from, lineNumber, failed);
    });
  }
  refuseOther(file.path, reader, "-r takes the PREFIX_status.txt of an earlier run");
  const { lines, foreign, firstForeign, torn } = reader;
  const unread = foreign + (torn ? 1 : 0);
  return unread === 0 ? undefined : foreignLines("status file", file.path, firstForeign || lines + 1, unread);
}
