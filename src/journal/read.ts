import { closeSync } from "node:fs";
import * as v from "valibot";
import { type Diagnostic, UserError } from "../domain/errors.ts";
import { openOwnFile, reasonOf } from "../files/own-file.ts";
import { foreignLines } from "../ledger/foreign-lines.ts";
import { readLineChunks } from "../ledger/read-lines.ts";
import { JOURNAL_FORMAT, JOURNAL_VERSION, type JournalEntry } from "./entry.ts";
import { entryOf } from "./schema.ts";

const Header = v.object({ format: v.literal(JOURNAL_FORMAT), version: v.number() });

/**
 * The entries of a journal, in order, read as they are asked for. A torn last line is what a killed driver leaves and
 * passes without a word; other lines that are no entries are told as one warning when the end is reached.
 *
 * @param from lines that begin before it, in bytes, are of earlier runs and passed over.
 * @throws UserError `journal-unreadable`, also when others than this user may have written it; `journal-foreign` when the
 *   first line is not that of a journal, or `journal-version` when it was written by a later version.
 */
export function* readJournal(
  path: string,
  onWarning: (warning: Diagnostic) => void,
  from: number = 0,
): Generator<JournalEntry, void, void> {
  let foreign = 0;
  let firstForeign = 0;
  let lineNumber = 0;
  for (const { bytes, start, end, offset, torn } of readLines(path)) {
    lineNumber++;
    if (lineNumber > 1 && offset < from) continue;
    const text = bytes.toString("utf8", start, end);
    const value = parseJson(text);
    if (value === undefined && torn) break;
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
    throw new UserError("journal-unreadable", `cannot read the journal ${path}: ${reasonOf(error)}`, { cause: error });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkHeader(path: string, value: unknown): void {
  if (!v.is(Header, value)) throw new UserError("journal-foreign", `${path} is not a journal of disbatch`);
  if (value.version > JOURNAL_VERSION) {
    const message = `${path} was written by a later disbatch: journal version ${value.version}, known is ${JOURNAL_VERSION}`;
    throw new UserError("journal-version", message);
  }
}
