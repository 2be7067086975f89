import { readSync } from "node:fs";

/** Bytes read at once; measured to be past the point where larger pieces read faster. */
const CHUNK = 1 << 20;

/** Bytes of the longest line that is looked at as a record. No record is near it: Linux takes commands of at most 128 KiB. */
export const LONGEST_RECORD = 16 << 20;

/** A piece of a file that starts at the start of a line. */
export interface LineChunk {
  /** Whole lines with their newlines; only the file's last line may lack one. Valid until the next chunk is asked for. */
  readonly bytes: Buffer;
  /** Where the chunk starts in the file, in bytes. */
  readonly offset: number;
}

/**
 * Reads an open file from its start to its end, in chunks of whole lines. A longer line than `LONGEST_RECORD` comes in pieces.
 *
 * @param size bytes that are read at once, more where a line is longer.
 */
export function* readLineChunks(fd: number, size = CHUNK): Generator<LineChunk, void, void> {
  let buffer = Buffer.allocUnsafe(size);
  let filled = 0;
  let offset = 0;
  for (;;) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, offset + filled);
    if (count === 0) break;
    const searched = filled;
    filled += count;
    let end = buffer.subarray(searched, filled).lastIndexOf(0x0a) + 1;
    end = end === 0 ? 0 : searched + end;
    if (end === 0 && filled === buffer.length) {
      if (filled < LONGEST_RECORD) {
        buffer = Buffer.concat([buffer], filled * 2);
        continue;
      }
      end = filled;
    }
    if (end === 0) continue;
    yield { bytes: buffer.subarray(0, end), offset };
    buffer.copyWithin(0, end, filled);
    offset += end;
    filled -= end;
  }
  if (filled > 0) yield { bytes: buffer.subarray(0, filled), offset };
}
