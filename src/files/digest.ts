import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, type PathLike, readSync, type Stats, statSync } from "node:fs";
import { foldersEntries } from "./folder-entries.ts";
import { stampAt, stampOf } from "./stamp.ts";
import { Turns } from "./turns.ts";

/** Bytes that are read at a time, between which the rest of the process goes on. */
const PIECE = 1 << 20;
/** Characters of a digest: the first half of a SHA-256. */
const LENGTH = 32;
/** No pipe or terminal is waited for. */
const TO_READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Contents of files that take one piece are read into this. Nothing else happens meanwhile. */
const SMALL = Buffer.allocUnsafe(PIECE);

/** Digest of the contents of a file or folder, and its stamp while they were read. */
export interface Contents {
  readonly digest: string;
  readonly stamp: string;
}

/** A file was written while it was read, so that nobody can say what it held. */
export class ChangingFileError extends Error {
  constructor(path: PathLike) {
    super(`${String(path)} changed while it was read`);
    this.name = "ChangingFileError";
  }
}

/**
 * Digest of the contents of a file, or of a folder with all that is in it: names and contents, and where links lead. Times, owners
 * and permissions do not count. A link stands for what it leads to; within a folder for itself.
 *
 * @throws Error with an errno, such as ENOENT; ChangingFileError.
 */
export async function digestOf(path: string): Promise<string> {
  return (await contentsOf(path)).digest;
}

/** The same, and the stamp that goes with it. */
export async function contentsOf(path: string): Promise<Contents> {
  if (!statSync(path).isDirectory()) return smallContentsOf(path) ?? (await largeContentsOf(path));
  const stamp = (await stampAt(path)) ?? "";
  const digest = await digestOfFolder(Buffer.from(path), new Turns());
  if ((await stampAt(path)) !== stamp) throw new ChangingFileError(path);
  return { digest, stamp };
}

/**
 * The contents of a file that is small enough to be read at once.
 *
 * @returns undefined for a larger one.
 * @throws Error with an errno; ChangingFileError.
 */
export function smallContentsOf(path: PathLike): Contents | undefined {
  const fd = openSync(path, TO_READ);
  try {
    const got = readSync(fd, SMALL);
    const stats = statsOf(fd, path);
    if (stats.size >= PIECE) return undefined;
    if (stats.size !== got) throw new ChangingFileError(path);
    const digest = createHash("sha256").update(SMALL.subarray(0, got)).digest("hex").slice(0, LENGTH);
    return { digest, stamp: stampOf(stats) };
  } finally {
    closeSync(fd);
  }
}

async function largeContentsOf(path: PathLike): Promise<Contents> {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(PIECE);
  const fd = openSync(path, TO_READ);
  try {
    const stamp = stampOf(statsOf(fd, path));
    const turns = new Turns();
    for (let got = readSync(fd, piece); got > 0; got = readSync(fd, piece)) {
      hash.update(got === PIECE ? piece : piece.subarray(0, got));
      if (turns.isOver) await turns.next();
    }
    if (stampOf(statsOf(fd, path)) !== stamp) throw new ChangingFileError(path);
    return { digest: hash.digest("hex").slice(0, LENGTH), stamp };
  } finally {
    closeSync(fd);
  }
}

function statsOf(fd: number, path: PathLike): Stats {
  const stats = fstatSync(fd);
  if (!stats.isFile()) throw new Error(`${String(path)} is neither a file nor a folder`);
  return stats;
}

async function digestOfFolder(folder: Buffer, turns: Turns): Promise<string> {
  const hash = createHash("sha256");
  for (const { name, path, stats, link } of foldersEntries(folder)) {
    let what = link;
    if (what === undefined && stats.isDirectory()) what = await digestOfFolder(path, turns);
    else if (what === undefined && !stats.isFile()) what = "neither a file nor a folder";
    what ??= (smallContentsOf(path) ?? (await largeContentsOf(path))).digest;
    hash.update(JSON.stringify([name, stats.isDirectory(), link !== undefined, what]));
    if (turns.isOver) await turns.next();
  }
  return hash.digest("hex").slice(0, LENGTH);
}
