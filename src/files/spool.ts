import { randomBytes } from "node:crypto";
import { rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createOwnFile } from "./own-file.ts";

/**
 * Keeps a stream in a file without a name, so that it can be read more than once and from any place.
 *
 * @param folder for the file, which nobody else can read.
 * @returns the open file, which goes when it is closed.
 * @throws the system's error, or the stream's.
 */
export async function spool(stream: AsyncIterable<Uint8Array>, folder: string): Promise<number> {
  const path = join(folder, `disbatch-${randomBytes(12).toString("hex")}.tmp`);
  const fd = createOwnFile(path, 0o600);
  rmSync(path);
  for await (const bytes of stream)
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written, bytes.length - written);
  return fd;
}
