import { fstatSync, ftruncateSync, readSync, writeSync } from "node:fs";
import { decodeBytes } from "../../domain/bytes.ts";
import { LONGEST_RECORD } from "./read-lines.ts";

/** Bytes read at once on the way back to the last newline. */
const CHUNK = 64 << 10;

/** Bytes of a torn line that are told; the commands and snippets of most records take a small part of it. */
const MOST_TOLD = 256 << 10;

/** What stood behind the last newline of a file, and was no line. */
export interface TornLine {
  /** Length of the line. */
  readonly bytes: number;
  /** Bytes of the line as text, the first 256 KiB of them. */
  readonly text: string;
}

/**
 * Mends an open file whose writer was killed in the middle of a line: what stands behind the last newline is cut off, even
 * when it looks whole, since its end may be missing. Where a whole line can be told from a part, and nothing but its newline
 * is missing, it gets that.
 *
 * @param fd open for reading and appending.
 * @param isWhole whether this text is a whole line, and no part of one.
 * @returns what was cut off.
 * @throws the system's error.
 */
export function mendTail(fd: number, isWhole: (line: string) => boolean = () => false): TornLine | undefined {
  const { size } = fstatSync(fd);
  const start = startOfTail(fd, size);
  if (start === size) return undefined;
  // A crash may leave any number of zeros, which nobody needs to look at.
  if (size - start <= LONGEST_RECORD && isWhole(bytesAt(fd, start, size).toString("utf8"))) {
    writeSync(fd, "\n");
    return undefined;
  }
  const text = decodeBytes(bytesAt(fd, start, Math.min(size, start + MOST_TOLD)));
  ftruncateSync(fd, start);
  return { bytes: size - start, text };
}

/** Where the line begins that has no newline; the file's end when there is none. */
function startOfTail(fd: number, size: number): number {
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size));
  for (let end = size; end > 0;) {
    const at = Math.max(0, end - CHUNK);
    const newline = buffer.subarray(0, readSync(fd, buffer, 0, end - at, at)).lastIndexOf(0x0a);
    if (newline >= 0) return at + newline + 1;
    end = at;
  }
  return 0;
}

function bytesAt(fd: number, from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe(to - from);
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from));
}
