import { parseJson } from "../../domain/json.ts";
import { closeSync, readSync } from "node:fs";
import * as v from "valibot";
import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { openOwnFile, reasonOf } from "../../files/own-file.ts";
import { foreignLines } from "../ledger/foreign-lines.ts";
import { readLineChunks } from "../ledger/read-lines.ts";
import { JOURNAL_FORMAT, JOURNAL_HEADER, JOURNAL_VERSION, type JournalEntry } from "./entry.ts";
import { quickEntry } from "./quick-entry.ts";
import { entryOf } from "./schema.ts";

/** What is read of a journal. */
interface JournalRange {
  readonly from?: number;
  readonly to?: number;
}

const Header = v.object({ format: v.literal(JOURNAL_FORMAT), version: v.number() });

/**
 * The entries of a journal, in order, read as they are asked for. A torn last line is what a killed driver leaves and
 * passes without a word; other lines that are no entries are told as one warning when the end is reached.
 *
 * @param range lines that begin before `from`, or not before `to`, both in bytes, are of other runs and passed over.
 * @throws UserError `journal-unreadable`, also when others than this user may have written it; `journal-foreign` when the
 *   first line is not that of a journal, or `journal-version` when it was written by a later version.
 */
export function* readJournal(
  path: string,
  onWarning: (warning: Diagnostic) => void,
  { from = 0, to = Infinity }: JournalRange = {},
): Generator<JournalEntry, void, void> {
  let foreign = 0;
  let firstForeign = 0;
  let lineNumber = 0;
  for (const { bytes, start, end, offset, torn } of readLines(path)) {
    lineNumber++;
    if (lineNumber > 1 && offset < from) continue;
    if (offset >= to) break;
    const quick = quickEntry(bytes, start, end);
    if (quick !== undefined && lineNumber > 1) {
      yield quick;
      continue;
    }
    const text = bytes.toString("utf8", start, end);
    const value = parseJson(text);
    if (value === undefined && torn && (lineNumber > 1 || isStartOfHeader(text))) break;
    if (lineNumber === 1) {
      checkHeader(path, value);
      continue;
    }
    const entry = entryOf(value);
    if (entry !== undefined) yield entry;
    else if (foreign++ === 0) firstForeign = lineNumber;
  }
  if (foreign > 0) onWarning(foreignLines("journal", path, firstForeign, foreign));
}

/** The entry in the line bytes[start, end) of a journal, which is not its first one; undefined where it is none. */
export function entryAt(bytes: Buffer, start: number, end: number): JournalEntry | undefined {
  return quickEntry(bytes, start, end) ?? entryOf(parseJson(bytes.toString("utf8", start, end)));
}

/** Bytes; more than the first line of a journal takes. */
const HEADER_BYTES = 256;

/** @throws UserError as `readJournal` does, when the file is no journal that can be read. */
export function checkJournal(path: string): void {
  const text = beginningOf(path);
  const newline = text.indexOf("\n");
  if (newline >= 0) checkHeader(path, parseJson(text.slice(0, newline)));
  else if (!isStartOfHeader(text)) checkHeader(path, undefined);
}

function beginningOf(path: string): string {
  let fd: number | undefined;
  try {
    fd = openOwnFile(path);
    const bytes = Buffer.alloc(HEADER_BYTES);
    return bytes.toString("utf8", 0, readSync(fd, bytes, 0, HEADER_BYTES, 0));
  } catch (error) {
    throw unreadableJournal(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Whether a last line of a journal is whole that lacks its newline: a part of an object is none. */
export function isWholeEntry(line: string): boolean {
  return typeof parseJson(line) === "object";
}

interface Line {
  /** The line is bytes[start, end). */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  /** True for a last line that has no newline. */
  readonly torn: boolean;
}

function* readLines(path: string): Generator<Line, void, void> {
  let fd: number | undefined;
  try {
    fd = openOwnFile(path);
    for (const { bytes, offset } of readLineChunks(fd)) {
      for (let start = 0; start < bytes.length;) {
        const newline = bytes.indexOf(0x0a, start);
        const end = newline < 0 ? bytes.length : newline;
        yield { bytes, start, end, offset: offset + start, torn: newline < 0 };
        start = end + 1;
      }
    }
  } catch (error) {
    throw unreadableJournal(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Told when a journal cannot be opened or read. */
export function unreadableJournal(path: string, cause: unknown): UserError {
  return new UserError("journal-unreadable", `cannot read the journal ${path}: ${reasonOf(cause)}`, { cause });
}

/** What a crash may leave of the first line: a part of it, or zeros where it had not come to the disk. */
function isStartOfHeader(text: string): boolean {
  const written = text.replaceAll("\0", "");
  return written === "" || written === JOURNAL_HEADER.slice(0, written.length);
}

/** @param value what the first line says. @throws UserError as `readJournal` does. */
export function checkHeader(path: string, value: unknown): void {
  if (!v.is(Header, value)) throw new UserError("journal-foreign", `${path} is not a journal of disbatch`);
  if (value.version > JOURNAL_VERSION) {
    const message = `${path} was written by a later disbatch: journal version ${value.version}, known is ${JOURNAL_VERSION}`;
    throw new UserError("journal-version", message);
  }
}
