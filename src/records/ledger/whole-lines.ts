import { readLineChunks } from "./read-lines.ts";

/**
 * Told of one line: bytes[from, to), its newline not counted. The bytes are valid during the call only.
 *
 * @param offset where the line begins in the file, in bytes.
 */
export type TakeLine = (bytes: Buffer, from: number, to: number, offset: number) => void;

/** Hands out all lines of an open file except a last one without its newline, which is torn even when it looks whole. */
export function eachWholeLine(fd: number, take: TakeLine): void {
  for (const { bytes, offset } of readLineChunks(fd)) {
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(0x0a, from);
      if (newline < 0) break;
      take(bytes, from, newline, offset + from);
      from = newline + 1;
    }
  }
}
