import * as fs from "node:fs";
import { openOwnFile } from "../../files/own-file.ts";

/** Bytes at the end of a log that are shown. */
const TAIL_BYTES = 1 << 18;

/** The last lines of a log, never the whole of it; none when it cannot be read here. @param path undefined when there is none. */
export function tailOf(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  let fd: number;
  try {
    fd = openOwnFile(path, "others");
  } catch {
    return [];
  }
  try {
    const { size } = fs.fstatSync(fd);
    const from = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - from);
    const count = fs.readSync(fd, bytes, 0, bytes.length, from);
    const lines = bytes.toString("utf8", 0, count).split("\n");
    // The first one has lost its beginning, and nothing stands behind the last end of a line.
    return lines.slice(from > 0 ? 1 : 0, lines.at(-1) === "" ? -1 : undefined);
  } catch {
    return [];
  } finally {
    fs.closeSync(fd);
  }
}
