/** Stamps tell without a look at its contents whether a file is still the same. */

import { createHash } from "node:crypto";
import { statSync, type Stats } from "node:fs";
import { foldersEntries } from "./folder-entries.ts";
import { Turns } from "./turns.ts";

/** Characters of a digest of what is in a folder. */
const LENGTH = 16;

/**
 * Milliseconds that some file systems take for one moment. What was written so shortly before its contents were read may have
 * been written again since, and have the same stamp.
 */
const MOMENT = 2000;

/**
 * The stamp of a file: its size, when anything about it was changed, and when it was written, in milliseconds. Whoever gives a file an
 * older time of writing, or the name of another one, cannot give it an older time of change.
 */
export function stampOf({ size, mtimeMs, ctimeMs }: Pick<Stats, "size" | "mtimeMs" | "ctimeMs">): string {
  return `${size}@${ctimeMs}@${mtimeMs}`;
}

/**
 * The stamp of a file, or of a folder with all that is in it. A link stands for what it leads to; within a folder for itself.
 *
 * @returns undefined where there is nothing.
 * @throws Error with an errno, such as EACCES.
 */
export function stampAt(path: string): string | undefined | Promise<string> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? stampOfFolder(path) : stampOf(stats);
}

/** Names, sizes and times of all that is in the folder. */
async function stampOfFolder(path: string): Promise<string> {
  const turns = new Turns();
  const hash = createHash("sha256");
  let [count, newest] = [0, 0];
  async function add(folder: Buffer): Promise<void> {
    for (const { name, path: inner, stats, link } of foldersEntries(folder)) {
      const isFolder = stats.isDirectory();
      hash.update(JSON.stringify([name, isFolder, link ?? (isFolder ? "" : stampOf(stats))]));
      count++;
      if (!isFolder) newest = Math.max(newest, stats.mtimeMs);
      if (turns.isOver) await turns.next();
      if (isFolder) await add(inner);
    }
    hash.update("/");
  }
  await add(Buffer.from(path));
  return `${count}:${hash.digest("hex").slice(0, LENGTH)}@${newest}`;
}

/**
 * Whether a stamp tells for sure that contents are those that were read at a time: the file was not written just then.
 *
 * @param time before the contents were read, in milliseconds since 1970.
 */
export function isSureStamp(stamp: string, time: number): boolean {
  return isWrittenBefore(stamp, time - MOMENT);
}

/** Whether a file was written before a time, as its stamp has it. @param time in milliseconds since 1970. */
export function isWrittenBefore(stamp: string, time: number): boolean {
  return Number(stamp.slice(stamp.lastIndexOf("@") + 1)) < time;
}
