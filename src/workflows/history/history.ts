import { closeSync } from "node:fs";
import * as v from "valibot";
import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { errnoOf } from "../../domain/system-error.ts";
import { parseJson } from "../../domain/json.ts";
import { openOwnFile, reasonOf } from "../../files/own-file.ts";
import { isDecision } from "./decisions.ts";
import { historyLines } from "./history-lines.ts";
import { HISTORY_FORMAT, HISTORY_VERSION, LineAssembler } from "./lines.ts";
import type {
  DecisionRecord,
  DocumentArchive,
  GrowthRecord,
  HistoryRecord,
  MarkRecord,
  MoreRecord,
  RunRecord,
} from "./record.ts";

const HeaderSchema = v.object({ format: v.literal(HISTORY_FORMAT), version: v.number() });

/** What can be done about a file that stands in the way. */
const ANEW = "choose another prefix (-p), or begin anew with --overwrite";

/** A run of a workflow, as its history tells. */
export interface PastRun extends RunRecord {
  /** What its generators have made, in order. */
  readonly growth: readonly GrowthRecord[];
  /** Marks that were set after it, before the next run. */
  readonly marks: readonly MarkRecord[];
}

/** All that `PREFIX_workflow.jsonl` says, but for what was decided about instances (see `decisionsOf`). */
export interface History {
  /** In order. */
  readonly runs: readonly PastRun[];
  /** By digest. */
  readonly documents: ReadonlyMap<string, DocumentArchive>;
}

/**
 * Reads the history of a workflow. A torn end is what a killed driver leaves, and passes without a word.
 *
 * @param onWarning told once when other lines are none of such a file.
 * @returns undefined where there is no such file.
 * @throws UserError `history-unreadable`, also when it is another file, or of a later version.
 */
export function readHistory(path: string, onWarning: (warning: Diagnostic) => void): History | undefined {
  let fd: number;
  try {
    fd = openOwnFile(path, "others");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw unreadable(path, reasonOf(error), error);
  }
  try {
    return fold(path, fd, onWarning);
  } finally {
    closeSync(fd);
  }
}

interface OpenRun {
  readonly record: RunRecord;
  readonly growth: GrowthRecord[];
  readonly marks: MarkRecord[];
}

function fold(path: string, fd: number, onWarning: (warning: Diagnostic) => void): History {
  const runs: OpenRun[] = [];
  const documents = new Map<string, DocumentArchive>();
  const assembler = new LineAssembler();
  let number = 0;
  let foreign = 0;
  let firstForeign = 0;
  for (const line of historyLines(fd)) {
    if (++number === 1) {
      checkHeader(path, line);
      continue;
    }
    if (isDecision(line)) continue;
    const record = assembler.take(line);
    if (record === "part") continue;
    if (record === undefined || !isTaken(record, runs, documents)) {
      if (foreign++ === 0) firstForeign = number;
    }
  }
  if (foreign > 0) onWarning(foreignLines(path, firstForeign, foreign));
  return { runs: runs.map(({ record, growth, marks }) => ({ ...record, growth, marks })), documents };
}

/** Whether the record has a place: only a run has growth and marks. */
function isTaken(
  record: Exclude<HistoryRecord, DecisionRecord | MoreRecord>,
  runs: OpenRun[],
  documents: Map<string, DocumentArchive>,
): boolean {
  if (record.type === "document") {
    documents.set(record.digest, record.archive);
    return true;
  }
  if (record.type === "run") {
    runs.push({ record, growth: [], marks: [] });
    return documents.has(record.document);
  }
  const last = runs.at(-1);
  if (record.type === "mark") last?.marks.push(record);
  else last?.growth.push(record);
  return last !== undefined;
}

function checkHeader(path: string, line: string): void {
  const header = v.safeParse(HeaderSchema, parseJson(line));
  if (!header.success) throw unreadable(path, `it is no history of a workflow; ${ANEW}`);
  if (header.output.version > HISTORY_VERSION)
    throw unreadable(path, `a later version of disbatch has written it; use that, or ${ANEW}`);
}

function unreadable(path: string, why: string, cause?: unknown): UserError {
  return new UserError("history-unreadable", `cannot read the history of the workflow, ${path}: ${why}`, { cause });
}

function foreignLines(file: string, line: number, count: number): Diagnostic {
  const lines = count === 1 ? "this line is" : `this is the first of ${count} lines that are`;
  const message = `${lines} torn or not of a workflow's history; not counted`;
  return { code: "foreign-history-line", severity: "warning", place: { file, line, column: 1 }, message };
}
