import { closeSync, fstatSync, ftruncateSync, readSync, writeSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { continueOwnFile, reasonOf } from "../files/own-file.ts";

/** Bytes read at once on the way back to the last newline. */
const CHUNK = 64 << 10;

/** A longer line is not looked at: no record is near it, but a crash may leave any number of zeros. */
const LONGEST_LINE = 16 << 20;

/**
 * Mends a file whose writer was killed in the middle of a line: what stands behind the last newline is cut off, unless
 * nothing but its newline is missing, which it then gets.
 *
 * @param from in bytes; what stands before it is left alone.
 * @param isWhole whether this text is a whole line.
 * @throws UserError `record-unusable` when the file cannot be read or written.
 */
export function mendTail(path: string, from: number, isWhole: (line: string) => boolean = () => false): void {
  let fd: number | undefined;
  try {
    fd = continueOwnFile(path);
    const { size } = fstatSync(fd);
    const start = startOfTail(fd, from, size);
    if (start >= size) return;
    if (size - start <= LONGEST_LINE && isWhole(textAt(fd, start, size))) writeSync(fd, "\n");
    else ftruncateSync(fd, start);
  } catch (error) {
    throw new UserError("record-unusable", `cannot mend ${path}: ${reasonOf(error)}`, { cause: error });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Where the line begins that has no newline; `from` when there is no newline behind it. */
function startOfTail(fd: number, from: number, size: number): number {
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let end = size; end > from;) {
    const at = Math.max(from, end - CHUNK);
    const newline = buffer.subarray(0, readSync(fd, buffer, 0, end - at, at)).lastIndexOf(0x0a);
    if (newline >= 0) return at + newline + 1;
    end = at;
  }
  return from;
}

function textAt(fd: number, from: number, to: number): string {
  const bytes = Buffer.allocUnsafe(to - from);
  return bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, from));
}
