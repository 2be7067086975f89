import { fstatSync } from "node:fs";
import { UserError } from "../../domain/errors.ts";
import { errnoText } from "../../domain/system-error.ts";
import { readLineChunks } from "../ledger/read-lines.ts";
import { COLUMN, COLUMNS, findColumns, isHeader, readInteger, readSeconds } from "../statusfile/columns.ts";
import { parsePythonText } from "../statusfile/python-literal.ts";
import { endingOf } from "../statusfile/return-code.ts";
import { decodeBytes } from "../../domain/bytes.ts";
import type { KindTable } from "./kind-table.ts";
import { type OutcomeTable, ROW, type RowType } from "./outcome-table.ts";

/** What status files are read into. */
export interface OutcomeSink {
  readonly table: OutcomeTable;
  readonly kinds: KindTable;
  readonly nodes: NodeNames;
}

/** Names of nodes, numbered from 0 in the order in which they appear. */
export class NodeNames {
  readonly all: string[] = [];
  /** Their bytes. */
  readonly #names: Buffer[] = [];
  /** Numbers of those that share a hash: making a text of each name would cost more than all the rest. */
  readonly #byHash = new Map<number, number[]>();

  /** The number of the name in bytes[from, to). */
  numberOf(bytes: Buffer, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    let numbers = this.#byHash.get(hash);
    if (numbers === undefined) this.#byHash.set(hash, (numbers = []));
    for (const number of numbers) if (this.#names[number]?.compare(bytes, from, to) === 0) return number;
    const name = Buffer.from(bytes.subarray(from, to));
    const number = this.#names.push(name) - 1;
    this.all.push(decodeBytes(name));
    numbers.push(number);
    return number;
  }
}

/** What was found in a status file beside its outcomes. */
export interface ReadLines {
  /** Lines with a newline. */
  readonly lines: number;
  /** Lines that are none of a status file, and the first of them, from 1. */
  readonly foreign: number;
  readonly firstForeign: number;
  /** Whether the last line has no newline: it is not counted. */
  readonly torn: boolean;
}

/**
 * Reads a status file from its start to its end, in one go.
 *
 * @param number of the file, for the rows of the table.
 * @throws UserError `status-file-unreadable`, or `no-status-file` for one that has whole lines, of which none is a status file's.
 */
export function readOutcomes(fd: number, path: string, number: number, sink: OutcomeSink): ReadLines {
  const starts = new Int32Array(COLUMNS + 1);
  let lines = 0;
  let foreign = 0;
  let firstForeign = 0;
  let torn = false;
  try {
    for (const { bytes, offset } of readLineChunks(fd)) {
      if (offset === 0) sink.table.reserve(sink.table.size + expectedLines(fd, bytes));
      for (let from = 0; from < bytes.length;) {
        const newline = bytes.indexOf(0x0a, from);
        if (newline < 0) {
          // Even when it looks whole: its command may be cut.
          torn = true;
          break;
        }
        lines++;
        const end = newline > from && bytes[newline - 1] === 0x0d ? newline - 1 : newline;
        if (findColumns(bytes, from, end, starts)) addRow(bytes, starts, { file: number, offset, from, end }, sink);
        else if (!isHeader(bytes, from) && foreign++ === 0) firstForeign = lines;
        from = newline + 1;
      }
    }
  } catch (error) {
    const message = `cannot read the status file ${path}: ${errnoText(error)}`;
    throw new UserError("status-file-unreadable", message, { cause: error });
  }
  if (foreign > 0 && foreign === lines) throw noStatusFile(path, foreign);
  return { lines, foreign, firstForeign, torn };
}

/** More lines than this are not expected, whatever the size of a file. */
const MOST_EXPECTED = 1 << 24;

/** How many lines the file has, if they are as long as those of its first piece. */
function expectedLines(fd: number, piece: Buffer): number {
  let lines = 0;
  for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) lines++;
  return Math.min(MOST_EXPECTED, Math.ceil((1.05 * lines * fstatSync(fd).size) / piece.length));
}

function noStatusFile(path: string, lines: number): UserError {
  const message = `${path}: none of its ${lines} lines is one of a status file; name the PREFIX_status.txt of a run`;
  return new UserError("no-status-file", message);
}

interface LinePlace {
  readonly file: number;
  /** Where the chunk begins in the file; `from` and `end` count from there. */
  readonly offset: number;
  readonly from: number;
  readonly end: number;
}

function addRow(
  bytes: Buffer,
  starts: Int32Array,
  { file, offset, from, end }: LinePlace,
  { table, kinds, nodes }: OutcomeSink,
): void {
  const type = rowType(bytes, starts);
  const returnCode = readInteger(bytes, starts, COLUMN.returnCode);
  const isOutcome = type === ROW.task || type === ROW.skipped;
  // A million rows that were objects for a moment would take more memory than the table.
  const row = table.add(type, readInteger(bytes, starts, COLUMN.id), returnCode);
  table.put(row, file, offset + from, end - from);
  const node = nodes.numberOf(bytes, starts[COLUMN.node] ?? 0, (starts[COLUMN.node + 1] ?? 0) - 1);
  table.describe(row, node, readSeconds(bytes, starts, COLUMN.start), readSeconds(bytes, starts, COLUMN.finish));
  if (!isOutcome) return;
  table.setCommand(row, hashOf(bytes, starts[COLUMN.command] ?? 0, end));
  if (returnCode !== 0) table.setKind(row, kindOf(bytes, starts, returnCode, kinds));
}

function kindOf(bytes: Buffer, starts: Int32Array, returnCode: number, kinds: KindTable): number {
  const pid = readInteger(bytes, starts, COLUMN.pid);
  const literal = rawText(bytes, starts, COLUMN.errSnippet);
  return kinds.of(`${returnCode} ${pid < 0} ${literal}`, () => {
    const text = decodeBytes(Buffer.from(literal, "latin1"));
    return { ending: endingOf(returnCode, pid), snippet: parsePythonText(text) ?? text };
  });
}

function rawText(bytes: Buffer, starts: Int32Array, column: number): string {
  return bytes.toString("latin1", starts[column], (starts[column + 1] ?? 0) - 1);
}

const LETTER = { B: 0x42, C: 0x43, P: 0x50, S: 0x53, Z: 0x5a } as const;

/** The flags of the line have been checked. */
function rowType(bytes: Buffer, starts: Int32Array): RowType {
  const at = starts[COLUMN.flags] ?? 0;
  if (bytes[at] === LETTER.B || bytes[at] === LETTER.C) return ROW.barrier;
  const letter = bytes[at + 3];
  if (letter === LETTER.P) return ROW.perEngine;
  if (letter === LETTER.S) return ROW.skipped;
  return letter === LETTER.Z ? ROW.superseded : ROW.task;
}

/** Tells commands apart, nearly always (FNV-1a). @returns a whole number of 32 bits. */
export function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash | 0;
}
