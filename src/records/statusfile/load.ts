import { closeSync } from "node:fs";
import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { foreignLines } from "../ledger/foreign-lines.ts";
import { readLineChunks } from "../ledger/read-lines.ts";
import { COLUMN, COLUMNS, findColumns, isHeader, isTaskOutcome, readInteger } from "./columns.ts";
import { openStatusFile, unreadableStatusFile } from "./open-status-file.ts";
import { RecordTable } from "./record-table.ts";
import { isSameFile } from "./same-file.ts";
import { type OpenStatusFile, StatusIndex } from "./status-index.ts";

export interface LoadOptions {
  /** Told once for each file some of whose lines are no records. */
  readonly onWarning: (warning: Diagnostic) => void;
  /** The status file that this run appends to, when it is one of those that are read. */
  readonly appendingTo?: string;
}

/**
 * Reads the status files of earlier runs.
 *
 * @throws UserError `status-file-missing`, `status-file-unreadable`, `status-file-is-directory`, or `no-status-file` for one that
 *   has whole lines, of which none is a status file's.
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
      const foreign = addFile(table, number, file);
      if (foreign !== undefined) options.onWarning(foreign);
    }
    return new StatusIndex(files, table);
  } catch (error) {
    for (const file of files) closeSync(file.fd);
    throw error;
  }
}

function noStatusFile(path: string, lines: number): UserError {
  const message = `${path}: none of its ${lines} lines is one of a status file; -r takes the PREFIX_status.txt of an earlier run`;
  return new UserError("no-status-file", message);
}

/** Adds a file's records of tasks to the table. Returns a warning when some of its lines are none. */
function addFile(table: RecordTable, number: number, file: OpenStatusFile): Diagnostic | undefined {
  const starts = new Int32Array(COLUMNS + 1);
  let lineNumber = 0;
  let own = 0;
  let foreign = 0;
  let firstForeign = 0;
  let isTorn = false;
  try {
    for (const { bytes, offset } of readLineChunks(file.fd)) {
      for (let from = 0; from < bytes.length;) {
        const newline = bytes.indexOf(0x0a, from);
        const next = newline < 0 ? bytes.length : newline + 1;
        const end = newline > from && bytes[newline - 1] === 0x0d ? newline - 1 : newline;
        lineNumber++;
        // A line without its newline is torn, even when it looks whole: its command may be cut.
        isTorn = newline < 0;
        if (!isTorn && findColumns(bytes, from, end, starts)) {
          own++;
          if (isTaskOutcome(bytes, starts)) {
            const failed = readInteger(bytes, starts, COLUMN.returnCode) !== 0;
            const id = readInteger(bytes, starts, COLUMN.id);
            table.add(id, number, offset + from, end - from, lineNumber, failed);
          }
        } else if (isHeader(bytes, from)) own++;
        else if (foreign++ === 0) firstForeign = lineNumber;
        from = next;
      }
    }
  } catch (error) {
    throw unreadableStatusFile(file.path, error);
  }
  // A run that was killed as it wrote its first line has left no more than a part of it.
  if (own === 0 && foreign > (isTorn ? 1 : 0)) throw noStatusFile(file.path, foreign);
  return foreign === 0 ? undefined : foreignLines("status file", file.path, firstForeign, foreign);
}
