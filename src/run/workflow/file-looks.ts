import { statSync } from "node:fs";
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
  };
}
