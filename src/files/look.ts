/** Looks at names in the file system. What cannot be looked at counts as not there. */

import { readdirSync } from "node:fs";

/** Names in a folder, in no order; empty where there is no such folder, or it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
