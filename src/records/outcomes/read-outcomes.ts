import { fstatSync } from "node:fs";
import type { KindTable } from "../state/kind-table.ts";
import { COLUMN, readInteger, readSeconds } from "../statusfile/columns.ts";
import {
  type LineCount,
  NAME_A_STATUS_FILE,
  refuseOther,
  statusChunks,
  type StatusLine,
  StatusLineReader,
} from "../statusfile/line-reader.ts";
import { hashOf } from "../statusfile/hash.ts";
import { parsePythonText } from "../statusfile/python-literal.ts";
import type { NodeNames } from "../statusfile/node-names.ts";
import type { RecordKind } from "../statusfile/record.ts";
import { endingToldBy } from "../statusfile/return-code.ts";
import { decodeBytes } from "../../domain/bytes.ts";
import type { InstanceKeys } from "./instance-keys.ts";
import { type OutcomeTable, ROW, type RowType } from "./outcome-table.ts";

/** What status files are read into. */
export interface OutcomeSink {
  readonly table: OutcomeTable;
  readonly kinds: KindTable;
  readonly nodes: NodeNames;
  /** Names of the instances, of a workflow alone. */
  readonly instances?: InstanceKeys | undefined;
}

/**
 * Reads a status file from its start to its end, in one go.
 *
 * @param number of the file, for the rows of the table.
 * @throws UserError `status-file-unreadable`, or `no-status-file` as `refuseOther` does.
 */
export function readOutcomes(fd: number, path: string, number: number, sink: OutcomeSink): LineCount {
  const reader = new StatusLineReader();
  for (const chunk of statusChunks(fd, path)) {
    if (chunk.offset === 0) sink.table.reserve(sink.table.size + expectedLines(fd, chunk.bytes));
    reader.read(chunk, (line) => addRow(line, number, sink));
  }
  refuseOther(path, reader, NAME_A_STATUS_FILE);
  const { lines, foreign, firstForeign, torn, foreignEnd } = reader;
  return { lines, foreign, firstForeign, torn, foreignEnd };
}

/** More lines than this are not expected, whatever the size of a file. */
const MOST_EXPECTED = 1 << 24;

/** How many lines the file has, if they are as long as those of its first piece. */
function expectedLines(fd: number, piece: Buffer): number {
  let lines = 0;
  for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) lines++;
  return Math.min(MOST_EXPECTED, Math.ceil((1.05 * lines * fstatSync(fd).size) / piece.length));
}

const ROW_OF: Readonly<Record<RecordKind, RowType>> = {
  task: ROW.task,
  skipped: ROW.skipped,
  "per-engine": ROW.perEngine,
  superseded: ROW.superseded,
  barrier: ROW.barrier,
  "check-barrier": ROW.barrier,
};

function addRow(line: StatusLine, file: number, sink: OutcomeSink): void {
  const { bytes, from, end, starts, offset, kind } = line;
  const { table, kinds, nodes } = sink;
  const type = ROW_OF[kind];
  const returnCode = readInteger(bytes, starts, COLUMN.returnCode);
  const isOutcome = type === ROW.task || type === ROW.skipped;
  // A million rows that were objects for a moment would take more memory than the table.
  const id = readInteger(bytes, starts, COLUMN.id);
  const { instances } = sink;
  const key =
    instances === undefined || !isOutcome ? id : instances.keyFor(bytes, starts[COLUMN.command] ?? 0, end, id);
  const row = table.add(type, key, returnCode);
  table.put(row, file, offset, end - from);
  table.describe(
    row,
    nodes.numberIn(line),
    readSeconds(bytes, starts, COLUMN.start),
    readSeconds(bytes, starts, COLUMN.finish),
  );
  if (!isOutcome) return;
  table.setCommand(row, hashOf(bytes, starts[COLUMN.command] ?? 0, end));
  if (returnCode !== 0) table.setKind(row, kindOfFailure(bytes, starts, returnCode, kinds));
}

function kindOfFailure(bytes: Buffer, starts: Int32Array, returnCode: number, kinds: KindTable): number {
  const pid = readInteger(bytes, starts, COLUMN.pid);
  const literal = rawText(bytes, starts, COLUMN.errSnippet);
  return kinds.of(`${returnCode} ${pid < 0} ${literal}`, () => {
    const text = decodeBytes(Buffer.from(literal, "latin1"));
    const snippet = parsePythonText(text) ?? text;
    return { ending: endingToldBy(returnCode, pid, snippet), snippet };
  });
}

function rawText(bytes: Buffer, starts: Int32Array, column: number): string {
  return bytes.toString("latin1", starts[column], (starts[column + 1] ?? 0) - 1);
}
