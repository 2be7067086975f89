import { UserError } from "../../domain/errors.ts";
import { type LineChunk, readLineChunks } from "../ledger/read-lines.ts";
import { COLUMNS, findColumns, isHeader, kindOf, mayBegin } from "./columns.ts";
import { unreadableStatusFile } from "./open-status-file.ts";
import type { RecordKind } from "./record.ts";

/** A line of a status file, whose columns have been checked. Valid during the call in which it is handed out. */
export interface StatusLine {
  /** The line is bytes[from, end), without its newline. Column c is bytes[starts[c], starts[c + 1] - 1). */
  readonly bytes: Buffer;
  readonly from: number;
  readonly end: number;
  readonly starts: Int32Array;
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  /** Line of the file, from 1. */
  readonly number: number;
  readonly kind: RecordKind;
}

/** How many lines there are in a status file, and which are none of one. */
export interface LineCount {
  /** Lines with a newline. */
  readonly lines: number;
  /** Lines among them that are none of a status file, and the first of them, from 1. */
  readonly foreign: number;
  readonly firstForeign: number;
  /** Whether the last line has no newline. It counts for nothing even when it looks whole: its command may be cut. */
  readonly torn: boolean;
  /** Whether what has no newline cannot be the beginning of a line of a status file. */
  readonly foreignEnd: boolean;
}

/** Hands out the lines of a status file, chunk by chunk, and counts them. */
export class StatusLineReader implements LineCount {
  lines = 0;
  foreign = 0;
  firstForeign = 0;
  torn = false;
  foreignEnd = false;
  readonly #starts = new Int32Array(COLUMNS + 1);

  /** Reads the next chunk. */
  read({ bytes, offset }: LineChunk, take: (line: StatusLine) => void): void {
    const starts = this.#starts;
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(0x0a, from);
      if (newline < 0) {
        this.torn = true;
        this.foreignEnd = !mayBegin(bytes, from);
        return;
      }
      const number = ++this.lines;
      // disBatch on another system may have left carriage returns.
      const end = newline > from && bytes[newline - 1] === 0x0d ? newline - 1 : newline;
      if (findColumns(bytes, from, end, starts)) {
        take({ bytes, from, end, starts, offset: offset + from, number, kind: kindOf(bytes, starts) });
      } else if (!isHeader(bytes, from) && this.foreign++ === 0) this.firstForeign = number;
      from = newline + 1;
    }
  }
}

/** The chunks of an open status file, as `readLineChunks` has them. @throws UserError `status-file-unreadable`. */
export function* statusChunks(fd: number, path: string, size?: number): Generator<LineChunk, void, void> {
  try {
    yield* readLineChunks(fd, size);
  } catch (error) {
    throw unreadableStatusFile(path, error);
  }
}

/**
 * Refuses a file that is not empty, and of which no line is a status file's, as far as can be seen.
 *
 * @param advice what to do about it.
 * @throws UserError `no-status-file`.
 */
export function refuseOther(path: string, { lines, foreign, torn, foreignEnd }: LineCount, advice: string): void {
  if (foreign < lines || (lines === 0 && !foreignEnd)) return;
  const all = lines + (torn ? 1 : 0);
  throw new UserError("no-status-file", `${path}: none of its ${all} lines is one of a status file; ${advice}`);
}

/** What to do about a file that is no status file, where a run is asked for. */
export const NAME_A_STATUS_FILE = "name the PREFIX_status.txt of a run";
