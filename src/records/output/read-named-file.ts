import { closeSync, fstatSync, read } from "node:fs";
import { promisify } from "node:util";
import { openOwnFile } from "../../files/own-file.ts";

/**
 * Bytes of a file that `NamedFiles` has written, from this one to before that one; fewer where it ends before.
 *
 * @throws ForeignFileError, the system's error.
 */
export async function readNamedFile(path: string, from: number, to: number): Promise<Buffer> {
  const fd = openOwnFile(path, "others");
  try {
    const bytes = Buffer.alloc(Math.max(0, Math.min(to, fstatSync(fd).size) - from));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await promisify(read)(fd, bytes, filled, bytes.length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}
