import { statSync } from "node:fs";

/** Whether there is a folder of this path; false, too, for what cannot be looked at. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
