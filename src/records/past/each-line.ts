import { Breather } from "../../domain/breather.ts";
import { COLUMNS, findColumns, isHeader } from "../statusfile/columns.ts";
import type { StatusText } from "../statusfile/status-text.ts";
import type { ColumnsOfLine } from "./outcome-of-line.ts";

/** A line of a status file. The columns are valid during the call only. */
export interface StatusLine extends ColumnsOfLine {
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  /** ` ` for a task that was run, `S` for a skipped one, `P`, `Z`, and `B` or `C` for barriers. */
  readonly kind: string;
}

/** How many lines there were, those that name the columns among them, and which are none of a status file. */
export interface LineCount {
  readonly own: number;
  readonly foreign: number;
  /** Line of the file, from 1. */
  readonly firstForeign: number;
}

const KINDS = new Map<number | undefined, string>([
  [0x20, " "],
  [0x53, "S"],
  [0x50, "P"],
  [0x5a, "Z"],
]);

/** Lines that are read before anybody looks at the clock. */
const BATCH = 256;

/** Hands out all lines of a status file that end with a newline, in order. Gives way to others meanwhile. */
export async function eachLine(file: StatusText, take: (line: StatusLine) => void): Promise<LineCount> {
  const breather = new Breather();
  const starts = new Int32Array(COLUMNS + 1);
  let lineNumber = 0;
  let own = 0;
  let foreign = 0;
  let firstForeign = 0;
  for await (const { bytes, offset } of file.blocks(0, file.size)) {
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(0x0a, at);
      // disBatch on another system may have left carriage returns.
      const end = newline > at && bytes[newline - 1] === 0x0d ? newline - 1 : newline;
      if (++lineNumber % BATCH === 0 && breather.isDue) await breather.rest();
      if (findColumns(bytes, at, end, starts)) {
        own++;
        take({ bytes, starts, offset: offset + at, kind: kindAt(bytes, at) });
      } else if (isHeader(bytes, at)) own++;
      else if (foreign++ === 0) firstForeign = lineNumber;
      at = newline + 1;
    }
  }
  return { own, foreign, firstForeign };
}

function kindAt(bytes: Buffer, at: number): string {
  const first = bytes[at];
  if (first === 0x42) return "B";
  return first === 0x43 ? "C" : (KINDS.get(bytes[at + 3]) ?? "");
}
