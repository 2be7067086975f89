import { lstatSync, unlinkSync } from "node:fs";
import { reasonOf, refuseForeign } from "./own-file.ts";

/**
 * Removes a file of this user's that nobody needs any more. What somebody else has put in its place stays there.
 *
 * @returns why it stays, in words, where it cannot be removed: the folder may have become read-only, or the file another
 *   user's.
 */
export function removeFile(path: string): string | undefined {
  try {
    refuseForeign(path);
    unlinkSync(path);
    return undefined;
  } catch (error) {
    // A file system that is read-only says so of files, too, that are not there.
    return isThere(path) ? `cannot remove ${path}: ${reasonOf(error)}` : undefined;
  }
}

/** Also true for what cannot be looked at. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
