import { closeSync, fstatSync, readSync } from "node:fs";
import type { RunEvent } from "../../domain/events.ts";
import { openOwnFile } from "../../files/own-file.ts";
import type { JournalEntry } from "./entry.ts";
import { entryOf } from "./schema.ts";

/** Bytes at either end that are looked at. */
const END_BYTES = 64 << 10;

/** What the first and the last lines of a journal tell. */
export interface JournalEnds {
  /** How the first of its runs began. */
  readonly started: Extract<RunEvent, { readonly type: "run-started" }> | undefined;
  /** The latest that has happened. */
  readonly last: JournalEntry | undefined;
}

/** Looks at the ends of a journal, whatever its length. What cannot be read, or may be another user's, tells nothing. */
export function journalEnds(path: string): JournalEnds {
  let fd: number | undefined;
  try {
    fd = openOwnFile(path);
    const { size } = fstatSync(fd);
    const head = entriesIn(textAt(fd, 0, END_BYTES));
    const tail = entriesIn(textAt(fd, Math.max(0, size - END_BYTES), END_BYTES));
    return { started: head.find((entry) => entry.type === "run-started"), last: tail.at(-1) };
  } catch {
    return { started: undefined, last: undefined };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function textAt(fd: number, offset: number, length: number): string {
  const bytes = Buffer.alloc(length);
  return bytes.toString("utf8", 0, readSync(fd, bytes, 0, length, offset));
}

function entriesIn(text: string): JournalEntry[] {
  return text.split("\n").flatMap((line) => {
    try {
      return entryOf(JSON.parse(line)) ?? [];
    } catch {
      return [];
    }
  });
}
