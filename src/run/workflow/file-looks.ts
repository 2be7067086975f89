import { statSync } from "node:fs";
import { foldersEntries } from "../../files/folder-entries.ts";
import { pathsIn } from "../../files/path-in.ts";
import type { FileLooks } from "../../workflows/source/rule-checks.ts";

const IF_THERE = { throwIfNoEntry: false } as const;

/** Looks at files on the disk. Links count as what they lead to. @param folder absolute path of the folder of the run's tasks. */
export function looksIn(folder: string): FileLooks {
  const pathOf = pathsIn(folder);
  return {
    timeOf: (path, isFolder) => {
      try {
        const stats = statSync(pathOf(path), IF_THERE);
        if (stats === undefined || (isFolder ? !stats.isDirectory() : !stats.isFile())) return -1;
        return stats.mtimeMs;
      } catch {
        // Whoever makes it anew is told why it cannot be used.
        return -1;
      }
    },
    newestIn: (path) => {
      const there = pathOf(path);
      try {
        const stats = statSync(there, IF_THERE);
        if (stats?.isDirectory() === true) return newestInside(Buffer.from(there), stats.mtimeMs);
        return stats?.isFile() === true ? stats.mtimeMs : -1;
      } catch {
        return -1;
      }
    },
  };
}

/**
 * The time of what was written last in a folder. Folders count, too: theirs is when something was removed. One that cannot be read
 * has that time alone, and a link that leads nowhere, or round and round, its own.
 */
function newestInside(folder: Buffer, time: number): number {
  let newest = time;
  try {
    for (const { path, stats, link } of foldersEntries(folder)) {
      newest = Math.max(newest, link === undefined ? stats.mtimeMs : (timeBehind(path) ?? stats.mtimeMs));
      if (stats.isDirectory()) newest = newestInside(path, newest);
    }
  } catch {
    // Whoever reads it is told why it cannot be read.
  }
  return newest;
}

/** When what a link leads to was written; undefined where it leads to nothing. */
function timeBehind(link: Buffer): number | undefined {
  try {
    return statSync(link, IF_THERE)?.mtimeMs;
  } catch {
    return undefined;
  }
}
