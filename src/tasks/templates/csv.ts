import { decodeBytes } from "../../domain/bytes.ts";
import { UserError } from "../../domain/errors.ts";
import { plural } from "../../domain/plural.ts";
import { refuseNul, withoutMark } from "./line-values.ts";
import type { ValueList } from "./value-list.ts";

const LF = 10;
const CR = 13;
const QUOTE = 34;
const COMMA = 44;

/** The columns of a CSV file, which all have the same length. */
export interface CsvColumns {
  /** By the first row; a name may be empty, and then nobody can call the column by it. */
  readonly names: readonly string[];
  readonly columns: readonly ValueList[];
}

/**
 * Reads a CSV file as RFC 4180 has it: fields with commas between them, of which some stand in double quotes, where a quote is
 * doubled and commas and line breaks are text. Lines may end without a carriage return. The rows are checked here, and read
 * again when they are wanted.
 *
 * @param bytes of the file, which stay in memory and must not change.
 * @param file for messages.
 * @throws UserError `bad-csv` with the line; `bad-values` for a NUL byte, or when there is no row below the names.
 */
export function readCsv(bytes: Buffer, file: string): CsvColumns {
  const text = withoutMark(bytes);
  refuseNul(text, file);
  const reader = new RowReader(text, file);
  const names = reader.next();
  if (names === undefined)
    throw new UserError("bad-csv", `${file}: the file is empty; its first row has the names of its columns`);
  refuseSameNames(names, file);
  const starts: number[] = [];
  let longest = 0;
  for (;;) {
    const { at: start, line } = reader;
    const row = reader.next();
    if (row === undefined) break;
    if (row.length !== names.length) {
      const message = `${file}:${line}: ${plural(row.length, "field")} in this row, and ${names.length} in the first one`;
      throw new UserError("bad-csv", `${message}; a field with a comma stands in double quotes`);
    }
    starts.push(start);
    longest = Math.max(longest, reader.at - start);
  }
  if (starts.length === 0)
    throw new UserError("bad-values", `${file}: there is no row below the names, and so no value`);
  return { names, columns: columnsOf(new RowReader(text, file), starts, { count: names.length, longest }) };
}

function columnsOf(
  reader: RowReader,
  starts: readonly number[],
  { count, longest }: { readonly count: number; readonly longest: number },
): ValueList[] {
  let known = -1;
  let row: readonly string[] = [];
  // The columns of a row are asked for together.
  const rowAt = (index: number): readonly string[] => {
    if (index === known) return row;
    reader.at = starts[index] ?? 0;
    known = index;
    return (row = reader.next() ?? []);
  };
  return Array.from({ length: count }, (_, column) => ({
    length: starts.length,
    at: (index: number) => rowAt(index)[column] ?? "",
    longest,
    isNumeric: false,
  }));
}

function refuseSameNames(names: readonly string[], file: string): void {
  const twice = names.find((name, i) => name !== "" && names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new UserError("bad-csv", `${file}:1: two columns have the name ${JSON.stringify(twice)}`);
}

/** Reads one row after another. */
class RowReader {
  readonly #bytes: Buffer;
  readonly #file: string;
  /** Where the next row begins. */
  at = 0;
  /** Its line, from 1, where all rows have been read in their order. */
  line = 1;

  constructor(bytes: Buffer, file: string) {
    this.#bytes = bytes;
    this.#file = file;
  }

  /** The fields of the next row; undefined at the end. @throws UserError `bad-csv`. */
  next(): string[] | undefined {
    if (this.at >= this.#bytes.length) return undefined;
    const fields: string[] = [];
    for (;;) {
      fields.push(this.#bytes[this.at] === QUOTE ? this.#quoted() : this.#plain());
      const end = this.#bytes[this.at++];
      if (end === COMMA) continue;
      if (end === CR) this.at++;
      this.line++;
      return fields;
    }
  }

  #plain(): string {
    const bytes = this.#bytes;
    const from = this.at;
    let to = from;
    for (; to < bytes.length && bytes[to] !== COMMA && !this.#isLineEnd(to); to++) {
      if (bytes[to] === QUOTE)
        throw this.#bad("a quote within a field; the whole field stands in quotes, and its own are doubled");
    }
    this.at = to;
    return decodeBytes(bytes.subarray(from, to));
  }

  #quoted(): string {
    const bytes = this.#bytes;
    const opened = this.line;
    const parts: Buffer[] = [];
    for (let from = this.at + 1; ;) {
      const quote = bytes.indexOf(QUOTE, from);
      if (quote === -1) throw this.#bad("a field begins with a quote that is never closed", opened);
      for (let i = from; i < quote; i++) if (bytes[i] === LF) this.line++;
      const isDoubled = bytes[quote + 1] === QUOTE;
      parts.push(bytes.subarray(from, isDoubled ? quote + 1 : quote));
      from = quote + 2;
      if (isDoubled) continue;
      this.at = quote + 1;
      const isEnd = this.at >= bytes.length || bytes[this.at] === COMMA || this.#isLineEnd(this.at);
      if (!isEnd) throw this.#bad("text behind the closing quote of a field");
      return decodeBytes(Buffer.concat(parts));
    }
  }

  #isLineEnd(at: number): boolean {
    const bytes = this.#bytes;
    return bytes[at] === LF || (bytes[at] === CR && (bytes[at + 1] === LF || at + 1 === bytes.length));
  }

  #bad(what: string, line = this.line): UserError {
    return new UserError("bad-csv", `${this.#file}:${line}: ${what}`);
  }
}
