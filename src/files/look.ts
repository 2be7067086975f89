/** Looks at names in the file system. What cannot be looked at counts as not there. */

import { readdirSync, statSync } from "node:fs";

/** Names in a folder, in no order; empty where there is no such folder, or it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Whether a path leads to a folder; false, too, for what cannot be looked at. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Whether a path leads to a regular file; false, too, for what cannot be looked at. */
export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
