import { encodeText } from "../../domain/bytes.ts";
import { type OutcomeTable, ROW } from "../../records/outcomes/outcome-table.ts";
import type { Outcomes } from "../../records/outcomes/outcomes.ts";
import { endingToldBy } from "../../records/statusfile/return-code.ts";
import { formatEnding } from "../terminal/text.ts";
import { templateOf } from "./templates.ts";

const COLUMNS = [
  ...["task", "line", "repeat_index", "outcome", "ending", "return_code", "node", "engine", "slot", "pid"],
  ...["start", "finish", "seconds", "output_bytes", "output", "error_bytes", "error", "kind", "earlier_run", "command"],
  ...["cpu_seconds", "peak_bytes", "workflow_task"],
] as const;

type Cells = Readonly<Record<(typeof COLUMNS)[number], string | number>>;

/**
 * One row for each task that has an outcome, in the order of their numbers, as RFC 4180 has it; yielded row by row.
 *
 * @throws UserError `status-file-changed`.
 */
export function* reportCsv(outcomes: Outcomes): Generator<Buffer, void, void> {
  yield Buffer.from(`${COLUMNS.join(",")}\r\n`);
  const ranks = engineRanks(outcomes);
  for (const id of outcomes.table.ids()) {
    const cells = cellsOf(outcomes, outcomes.table.counted(id), ranks);
    yield encodeText(`${COLUMNS.map((name) => cell(cells[name])).join(",")}\r\n`);
  }
}

/** Ranks of engines by their numbers in the table. */
function engineRanks({ files }: Outcomes): readonly number[] {
  return files.flatMap(({ story }) => story?.engines.map(({ rank }) => rank) ?? []);
}

function cellsOf(outcomes: Outcomes, row: number, ranks: readonly number[]): Cells {
  const { table } = outcomes;
  const { id, line, repeatIndex, node, pid, returnCode, start, finish, output, error, command } = outcomes.record(row);
  return {
    task: id,
    line,
    repeat_index: repeatIndex < 0 ? "" : repeatIndex,
    outcome: returnCode === 0 ? "succeeded" : "failed",
    ending: formatEnding(endingToldBy(returnCode, pid, error.snippet)),
    return_code: returnCode,
    node,
    engine: ranks[table.engine(row)] ?? "",
    slot: slotOf(table, row),
    pid,
    start: start.toFixed(3),
    finish: finish.toFixed(3),
    seconds: table.duration(row).toFixed(3),
    output_bytes: output.bytes,
    output: output.snippet,
    error_bytes: error.bytes,
    error: error.snippet,
    kind: outcomes.kinds.all[table.kind(row)]?.text ?? "",
    earlier_run: table.type(row) === ROW.skipped ? "yes" : "no",
    command,
    cpu_seconds: known(table.cpu(row)),
    peak_bytes: known(table.peak(row)),
    workflow_task: outcomes.instances === undefined ? "" : templateOf(command),
  };
}

function known(number: number): number | string {
  return Number.isNaN(number) ? "" : Math.round(number * 1000) / 1000;
}

function slotOf(table: OutcomeTable, row: number): number | string {
  const slot = table.slot(row);
  return slot < 0 ? "" : slot;
}

/** What a spreadsheet takes for a formula, also behind blanks; full-width signs count in some. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;

/** A cell; text that a spreadsheet would compute gets an apostrophe in front, which makes it text. Numbers stay numbers. */
export function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const isNumber = /^-?[0-9]+(?:\.[0-9]+)?$/.test(value);
  const harmless = !isNumber && FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
