import { readFileSync } from "node:fs";

/** One line of a status file, columns as they stand there; written down anew here so that it can judge the program's own. */
export interface StatusLine {
  readonly flags: string;
  readonly taskId: number;
  readonly line: number;
  readonly repeatIndex: number;
  readonly node: string;
  readonly pid: number;
  readonly returnCode: number;
  readonly elapsed: string;
  readonly start: string;
  readonly finish: string;
  readonly outBytes: number;
  /** As Python's repr() shows it. */
  readonly outSnippet: string;
  readonly errBytes: number;
  readonly errSnippet: string;
  readonly command: string;
}

/** The header line that `--status-header` asks for. */
const STATUS_HEADER =
  "ROE[ PSZ]\tTaskID\tLineNum\tRepeatIndex\tNode\tPID\tReturnCode\tElapsed\tStart\tFinish\t" +
  "BytesOfLeakedOutput\tOutputSnippet\tBytesOfLeakedError\tErrorSnippet\tCommand";

const FLAGS = /^(?:[R ][O ][E ][ PSZ]|[BC] {4})$/;
const INTEGER = /^-?\d+$/;
const SECONDS = /^\d+\.\d{3}$/;

/**
 * Reads a whole status file, header line left out.
 *
 * @throws Error at the first thing that does not follow the format: not UTF-8, no newline at the end, a malformed column.
 */
export function readStatusFile(path: string): StatusLine[] {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  if (text === "") return [];
  if (!text.endsWith("\n")) throw new Error(`${path}: the last line has no newline`);
  const lines = text.slice(0, -1).split("\n");
  return (lines[0] === STATUS_HEADER ? lines.slice(1) : lines).map((line) => parseStatusLine(line));
}

/** The columns of one line. @throws Error when it does not follow the format. */
export function parseStatusLine(line: string): StatusLine {
  const columns = line.split("\t");
  const cell = (index: number, pattern: RegExp): string => {
    const value = columns[index] ?? "";
    if (!pattern.test(value))
      throw new Error(`column ${index + 1} of status line is ${JSON.stringify(value)}: ${line}`);
    return value;
  };
  const integer = (index: number): number => Number(cell(index, INTEGER));
  if (columns.length < 15) throw new Error(`${columns.length} columns in status line: ${line}`);
  return {
    flags: cell(0, FLAGS),
    taskId: integer(1),
    line: integer(2),
    repeatIndex: integer(3),
    node: cell(4, /^\S+$/),
    pid: integer(5),
    returnCode: integer(6),
    elapsed: cell(7, SECONDS),
    start: cell(8, SECONDS),
    finish: cell(9, SECONDS),
    outBytes: integer(10),
    outSnippet: cell(11, /^(?:'.*'|".*")$/),
    errBytes: integer(12),
    errSnippet: cell(13, /^(?:'.*'|".*")$/),
    // Last, so that tabs inside it do no harm.
    command: columns.slice(14).join("\t"),
  };
}
