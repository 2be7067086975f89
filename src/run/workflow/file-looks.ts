import { statSync } from "node:fs";
import type { FileLooks } from "../../workflows/source/rule-checks.ts";

const IF_THERE = { throwIfNoEntry: false } as const;

/** Looks at files on the disk. Links count as what they lead to. @param folder absolute path of the folder of the run's tasks. */
export function looksIn(folder: string): FileLooks {
  // The way from where this process works is shorter.
  const before = folder === process.cwd() ? "" : `${folder}/`;
  return {
    timeOf: (path, isFolder) => {
      try {
        const stats = statSync(path.startsWith("/") ? path : before + path, IF_THERE);
        if (stats === undefined || (isFolder ? !stats.isDirectory() : !stats.isFile())) return -1;
        return stats.mtimeMs;
      } catch {
        // Whoever makes it anew is told why it cannot be used.
        return -1;
      }
    },
  };
}
