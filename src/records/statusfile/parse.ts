import { isAscii } from "node:buffer";
import { decodeBytes } from "../../domain/bytes.ts";
import { type Leak, NO_LEAK } from "../../domain/result.ts";
import { COLUMN, COLUMNS, findColumns, kindOf } from "./columns.ts";
import { parseCommand } from "./command.ts";
import { parsePythonText } from "./python-literal.ts";
import type { RecordedOutcome, StatusRecord } from "./record.ts";

/** The columns of a line, as they stand there. */
export type Columns = readonly string[];

/** The record that a line (without its newline) holds; undefined when it is no line of a status file. */
export function parseRecord(line: Buffer): StatusRecord | undefined {
  const starts = new Int32Array(COLUMNS + 1);
  if (!findColumns(line, 0, line.length, starts)) return undefined;
  const columns = splitColumns(line);
  return {
    kind: kindOf(line, starts),
    id: numberIn(columns, COLUMN.id),
    line: numberIn(columns, COLUMN.line),
    repeatIndex: numberIn(columns, COLUMN.repeatIndex),
    ...outcomeIn(columns),
    command: parseCommand(columns[COLUMN.command] ?? ""),
  };
}

/** The columns of a line that `findColumns` has accepted. */
export function splitColumns(line: Buffer): Columns {
  // Nearly all lines are ASCII, for which this is the cheapest way.
  const columns = (isAscii(line) ? line.toString("latin1") : decodeBytes(line)).split("\t");
  if (columns.length > COLUMNS) columns.push(columns.splice(COLUMN.command).join("\t"));
  return columns;
}

/** The number in a column. */
export function numberIn(columns: Columns, column: number): number {
  return Number(columns[column]);
}

/** How the command ended, and on which node. */
export function outcomeIn(columns: Columns): RecordedOutcome {
  return {
    node: columns[COLUMN.node] ?? "",
    pid: numberIn(columns, COLUMN.pid),
    returnCode: numberIn(columns, COLUMN.returnCode),
    start: numberIn(columns, COLUMN.start),
    finish: numberIn(columns, COLUMN.finish),
    output: leakIn(columns, COLUMN.outBytes),
    error: leakIn(columns, COLUMN.errBytes),
  };
}

/** What leaked, from the column of its bytes and the next. A snippet that is no Python literal counts as it stands. */
function leakIn(columns: Columns, column: number): Leak {
  const bytes = numberIn(columns, column);
  const literal = columns[column + 1] ?? "";
  if (bytes === 0 && literal.length === 2) return NO_LEAK;
  return { bytes, snippet: parsePythonText(literal) ?? literal };
}
