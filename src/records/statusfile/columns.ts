import { HEADER_LINE, type RecordKind } from "./record.ts";

/** The columns, in order; the values index what `findColumns` fills in. */
export const COLUMN = {
  flags: 0,
  id: 1,
  line: 2,
  repeatIndex: 3,
  node: 4,
  pid: 5,
  returnCode: 6,
  elapsed: 7,
  start: 8,
  finish: 9,
  outBytes: 10,
  outSnippet: 11,
  errBytes: 12,
  errSnippet: 13,
  command: 14,
} as const;

/** How many columns there are. */
export const COLUMNS = 15;

/** What a column holds: `f` flags, `i` a whole number, `n` a whole number not below 0, `t` seconds, `q` a quoted text, `x` anything. */
const CONTENT = "fniixiitttnqnqx";

const TAB = 0x09;
const MINUS = 0x2d;
const POINT = 0x2e;
const BLANK = 0x20;
const HEADER_START = Buffer.from(HEADER_LINE.slice(0, HEADER_LINE.indexOf("\t") + 1));

/**
 * Finds the columns of the line bytes[from, to) and checks that each could be what it should be. `starts` gets where each
 * column starts, and past them where the line ends plus one, so that column c is bytes[starts[c], starts[c + 1] - 1).
 *
 * @returns false when this is no line of a status file. Nothing that is accepted here is refused later.
 */
export function findColumns(bytes: Uint8Array, from: number, to: number, starts: Int32Array): boolean {
  let at = from;
  for (let column = 0; column < COLUMNS - 1; column++) {
    starts[column] = at;
    const end = columnEnd(bytes, at, to, CONTENT.charCodeAt(column));
    if (end < 0) return false;
    at = end + 1;
  }
  starts[COLUMNS - 1] = at;
  starts[COLUMNS] = to + 1;
  return true;
}

/** True for the outcome of a task, run or skipped; the flags of the line have been checked. */
export function isTaskOutcome(bytes: Uint8Array, starts: Int32Array): boolean {
  const at = starts[0] ?? 0;
  const kind = bytes[at + 3];
  return (starts[1] ?? 0) - at === 5 && (kind === BLANK || kind === 0x53);
}

/** What a line is about; its flags have been checked. */
export function kindOf(bytes: Uint8Array, starts: Int32Array): RecordKind {
  const at = starts[COLUMN.flags] ?? 0;
  if (bytes[at] === 0x42) return "barrier";
  if (bytes[at] === 0x43) return "check-barrier";
  switch (bytes[at + 3]) {
    case 0x50:
      return "per-engine";
    case 0x53:
      return "skipped";
    case 0x5a:
      return "superseded";
    default:
      return "task";
  }
}

/** The whole number in a column. */
export function readInteger(bytes: Uint8Array, starts: Int32Array, column: number): number {
  const from = starts[column] ?? 0;
  const end = (starts[column + 1] ?? 0) - 1;
  const negative = bytes[from] === MINUS;
  let value = 0;
  for (let at = negative ? from + 1 : from; at < end; at++) value = value * 10 + (bytes[at] ?? 0) - 0x30;
  return negative ? 0 - value : value;
}

/** The seconds in a column, exactly as its text says them as far as fifteen digits go. */
export function readSeconds(bytes: Uint8Array, starts: Int32Array, column: number): number {
  const from = starts[column] ?? 0;
  const end = (starts[column + 1] ?? 0) - 1;
  const negative = bytes[from] === MINUS;
  let digits = 0;
  let scale = 0;
  for (let at = negative ? from + 1 : from; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === POINT) scale = 1;
    else {
      digits = digits * 10 + byte - 0x30;
      scale *= 10;
    }
  }
  const value = digits / scale;
  return negative ? 0 - value : value;
}

/** True for the line that names the columns. */
export function isHeader(bytes: Uint8Array, from: number): boolean {
  if (bytes[from] !== HEADER_START[0] || bytes[from + 1] !== HEADER_START[1]) return false;
  return HEADER_START.every((byte, i) => bytes[from + i] === byte);
}

/** Letters that may stand in each place of the flags. */
const FLAG_LETTERS = [" RBC", " O", " E", " PSZ", " \t"];

/**
 * Whether a line that breaks off may have been going to be one of a status file, by its first bytes. Zeros are what a crash may leave
 * of any line.
 */
export function mayBegin(bytes: Uint8Array, from: number): boolean {
  const beginning = Buffer.from(bytes.subarray(from, from + FLAG_LETTERS.length)).toString("latin1");
  if (HEADER_LINE.startsWith(beginning) || beginning.startsWith("\0")) return true;
  return FLAG_LETTERS.every((letters, i) => letters.includes(beginning[i] ?? " "));
}

function isFlag(byte: number | undefined, letter: number): boolean {
  return byte === BLANK || byte === letter;
}

/** Where the column that starts at `at` ends, which is at a tab; -1 when it does not hold what it should. */
function columnEnd(bytes: Uint8Array, at: number, to: number, content: number): number {
  switch (content) {
    case 0x66: // f
      return flagsEnd(bytes, at, to);
    case 0x69: // i
      return numberEnd(bytes, bytes[at] === MINUS ? at + 1 : at, to);
    case 0x6e: // n
      return numberEnd(bytes, at, to);
    case 0x74: // t
      return secondsEnd(bytes, bytes[at] === MINUS ? at + 1 : at, to);
    case 0x71: // q
      return quotedEnd(bytes, at, to);
    default:
      return anyEnd(bytes, at, to);
  }
}

/** `[ R][ O][ E][ PSZ]`, or `B` or `C` and four blanks for barriers. */
function flagsEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at + 5 >= to) return -1;
  const first = bytes[at];
  if (first === 0x42 || first === 0x43) {
    for (let i = at + 1; i < at + 5; i++) if (bytes[i] !== BLANK) return -1;
    return bytes[at + 5] === TAB ? at + 5 : -1;
  }
  const kind = bytes[at + 3];
  const known = kind === BLANK || kind === 0x50 || kind === 0x53 || kind === 0x5a;
  const flags = isFlag(first, 0x52) && isFlag(bytes[at + 1], 0x4f) && isFlag(bytes[at + 2], 0x45);
  return known && flags && bytes[at + 4] === TAB ? at + 4 : -1;
}

function numberEnd(bytes: Uint8Array, at: number, to: number): number {
  const end = digitsEnd(bytes, at, to);
  return end > at && end < to && bytes[end] === TAB ? end : -1;
}

function secondsEnd(bytes: Uint8Array, at: number, to: number): number {
  const whole = digitsEnd(bytes, at, to);
  if (whole === at || bytes[whole] !== POINT) return -1;
  return numberEnd(bytes, whole + 1, to);
}

function quotedEnd(bytes: Uint8Array, at: number, to: number): number {
  const end = anyEnd(bytes, at, to);
  const quote = bytes[at];
  return end >= at + 2 && (quote === 0x27 || quote === 0x22) && bytes[end - 1] === quote ? end : -1;
}

/** Fifteen digits at most: more would not fit a number exactly. */
function digitsEnd(bytes: Uint8Array, at: number, to: number): number {
  const limit = Math.min(to, at + 15);
  let end = at;
  while (end < limit && isDigit(bytes[end])) end++;
  return end;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function anyEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at;
  while (end < to && bytes[end] !== TAB) end++;
  return end < to ? end : -1;
}
