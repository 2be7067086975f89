import { createHash } from "node:crypto";
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from "node:fs";
import { join } from "node:path";
import { setImmediate as otherWork } from "node:timers/promises";

/** Bytes that are read at a time, between which the rest of the process goes on. */
const PIECE = 1 << 20;
/** Characters of a digest: the first half of a SHA-256. */
const LENGTH = 32;

/** What tells without a look at its contents whether a file is still the same: its size, and when it was written, in milliseconds. */
export function stampOf({ size, mtimeMs }: Pick<Stats, "size" | "mtimeMs">): string {
  return `${size}@${mtimeMs}`;
}

/**
 * Digest of the contents of a file, or of a folder with all that is in it: names and contents, and where links lead. Times, owners
 * and permissions do not count.
 *
 * @throws Error with an errno, such as ENOENT.
 */
export async function digestOf(path: string): Promise<string> {
  return lstatSync(path).isDirectory() ? await digestOfFolder(path) : await digestOfFile(path);
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const fd = openSync(path, "r");
  try {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, fstatSync(fd).size + 1));
    for (let got = readSync(fd, piece); got > 0; got = readSync(fd, piece)) {
      hash.update(got === piece.length ? piece : piece.subarray(0, got));
      if (got === PIECE) await otherWork();
    }
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex").slice(0, LENGTH);
}

async function digestOfFolder(path: string): Promise<string> {
  const hash = createHash("sha256");
  for (const entry of readdirSync(path, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const inner = join(path, entry.name);
    const what = entry.isSymbolicLink() ? `link ${readlinkSync(inner)}` : await digestOf(inner);
    hash.update(JSON.stringify([entry.name, entry.isDirectory(), what]));
  }
  return hash.digest("hex").slice(0, LENGTH);
}
