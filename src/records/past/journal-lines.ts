import { parseJson } from "../../domain/json.ts";
import type { LineChunk } from "../ledger/read-lines.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { checkHeader, entryAt } from "../journal/read.ts";

/** Hands out the entries of a journal, chunk by chunk, and counts lines that are none. */
export class JournalLines {
  readonly #path: string;
  #lines = 0;
  foreign = 0;
  /** The first of them, from 1. */
  firstForeign = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the next chunk of whole lines. @throws UserError as `readJournal` does, when this is no journal. */
  read({ bytes }: LineChunk, take: (entry: JournalEntry) => void): void {
    for (let start = 0; start < bytes.length;) {
      const newline = bytes.indexOf(0x0a, start);
      const end = newline < 0 ? bytes.length : newline;
      if (this.#lines++ === 0) checkHeader(this.#path, parseJson(bytes.toString("utf8", start, end)));
      else this.#take(entryAt(bytes, start, end), take);
      start = end + 1;
    }
  }

  #take(entry: JournalEntry | undefined, take: (entry: JournalEntry) => void): void {
    if (entry !== undefined) take(entry);
    else if (this.foreign++ === 0) this.firstForeign = this.#lines;
  }
}
