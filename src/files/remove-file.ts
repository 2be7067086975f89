import { lstatSync, unlinkSync } from "node:fs";
import { reasonOf, refuseForeign } from "./own-file.ts";

/**
 * Removes a file of this user's that nobody needs any more. What somebody else has put in its place stays there.
 *
 * @returns why the file stays, in words, where it cannot be removed: the folder may have become read-only, or the file may be
 *   another user's.
 */
export function removeFile(path: string): string | undefined {
  try {
    refuseForeign(path);
    unlinkSync(path);
    return undefined;
  } catch (error) {
    // A read-only file system also says so of files that are not there.
    return isThere(path) ? `cannot remove ${path}: ${reasonOf(error)}` : undefined;
  }
}

/** Whether something goes by that name; also true for what cannot be looked at. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
