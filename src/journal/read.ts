import { closeSync, openSync } from "node:fs";
import * as v from "valibot";
import { type Diagnostic, UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import { foreignLines } from "../ledger/foreign-lines.ts";
import { readLineChunks } from "../ledger/read-lines.ts";
import { JOURNAL_FORMAT, JOURNAL_VERSION, type JournalEntry } from "./entry.ts";
import { entryOf } from "./schema.ts";

const Header = v.object({ format: v.literal(JOURNAL_FORMAT), version: v.number() });

/**
 * The entries of a journal, in order, read as they are asked for. A torn last line is what a killed driver leaves and
 * passes without a word; other lines that are no entries are told as one warning when the end is reached.
 *
 * @throws UserError `journal-unreadable`, `journal-foreign` when the first line is not that of a journal, or
 *   `journal-version` when it was written by a later version.
 */
export function* readJournal(
  path: string,
  onWarning: (warning: Diagnostic) => void,
): Generator<JournalEntry, void, void> {
  let foreign = 0;
  let firstForeign = 0;
  let lineNumber = 0;
  for (const { text, torn } of readLines(path)) {
    lineNumber++;
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

/** All lines; `torn` is true for a last one that has no newline. */
function* readLines(path: string): Generator<{ readonly text: string; readonly torn: boolean }, void, void> {
  let fd: number | undefined;
  try {
    fd = openSync(path, "r");
    for (const { bytes } of readLineChunks(fd)) {
      for (let from = 0; from < bytes.length;) {
        const newline = bytes.indexOf(0x0a, from);
        const end = newline < 0 ? bytes.length : newline;
        yield { text: bytes.toString("utf8", from, end), torn: newline < 0 };
        from = end + 1;
      }
    }
  } catch (error) {
    throw new UserError("journal-unreadable", `cannot read the journal ${path}: ${errnoText(error)}`, { cause: error });
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
