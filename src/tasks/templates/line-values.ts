import { decodeBytes } from "../../domain/bytes.ts";
import { UserError } from "../../domain/errors.ts";
import type { ValueList } from "./value-list.ts";

const LF = 10;
const CR = 13;
const NUL = 0;
const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

/**
 * The lines of a file as values, an empty line as an empty one. A carriage return at the end of a line belongs to the line's end.
 *
 * @param bytes of the file, which stay in memory and must not change.
 * @param file for messages.
 * @throws UserError `bad-values` for a file without lines, and for a line that no command can hold.
 */
export function lineValues(bytes: Buffer, file: string): ValueList {
  const text = withoutMark(bytes);
  if (text.length === 0) throw new UserError("bad-values", `${file}: there is no line in it, and so no value`);
  const starts = [0];
  for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) starts.push(at + 1);
  if (starts.at(-1) !== text.length) starts.push(text.length + 1);
  refuseNul(text, file);
  const lengthOf = (index: number): number => (starts[index + 1] ?? 0) - 1 - (starts[index] ?? 0);
  let longest = 0;
  for (let index = 0; index < starts.length - 1; index++) longest = Math.max(longest, lengthOf(index));
  return {
    length: starts.length - 1,
    at: (index) => {
      const from = starts[index] ?? 0;
      const to = from + lengthOf(index);
      return decodeBytes(text.subarray(from, to > from && text[to - 1] === CR ? to - 1 : to));
    },
    longest,
    isNumeric: false,
  };
}

/** What editors of other systems put before the first line is no part of it. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes;
}

/** @throws UserError `bad-values` for a NUL byte. */
export function refuseNul(bytes: Buffer, file: string): void {
  const at = bytes.indexOf(NUL);
  if (at === -1) return;
  let line = 1;
  for (let newline = bytes.indexOf(LF); newline !== -1 && newline < at; newline = bytes.indexOf(LF, newline + 1))
    line++;
  throw new UserError("bad-values", `${file}:${line}: NUL byte in the line: no command can hold one`);
}
