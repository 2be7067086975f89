import type { SystemFiles } from "../../../../src/node/machine/system-files.ts";

/** A system that says of itself what a test wants. @param texts by path. */
export function pretendedFiles(texts: Readonly<Record<string, string>>): SystemFiles {
  return {
    read: (path) => texts[path] ?? "",
    list: (path) => {
      const below = Object.keys(texts).filter((one) => one.startsWith(`${path}/`));
      return [...new Set(below.map((one) => one.slice(path.length + 1).split("/")[0] ?? ""))];
    },
  };
}
