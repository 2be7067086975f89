import { Breather } from "../../domain/breather.ts";
import { type LineCount, statusChunks, type StatusLine, StatusLineReader } from "../statusfile/line-reader.ts";

/** Bytes that are read before anybody looks at the clock: a thousand lines or so. */
const PIECE = 128 << 10;

/**
 * Hands out all lines of an open status file that end with a newline, in order. Gives way to others meanwhile.
 *
 * @throws UserError `status-file-unreadable`.
 */
export async function eachLine(fd: number, path: string, take: (line: StatusLine) => void): Promise<LineCount> {
  const breather = new Breather();
  const reader = new StatusLineReader();
  for (const chunk of statusChunks(fd, path, PIECE)) {
    reader.read(chunk, take);
    if (breather.isDue) await breather.rest();
  }
  return reader;
}
