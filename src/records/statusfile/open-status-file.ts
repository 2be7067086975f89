import { openSync, statSync } from "node:fs";
import { UserError } from "../../domain/errors.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";

/**
 * Opens a status file for reading, whoever wrote it.
 *
 * @throws UserError `status-file-missing`, `status-file-unreadable`, `status-file-is-directory`.
 */
export function openStatusFile(path: string): number {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw new UserError("status-file-is-directory", `${path} is a directory, no status file`);
    if (!stats.isFile()) {
      // Opening a pipe could wait for ever, and reading a device never end.
      const kind = stats.isFIFO() ? "a pipe" : "no regular file";
      throw new UserError("status-file-unreadable", `${path} is ${kind}; a status file is read more than once`);
    }
    return openSync(path, "r");
  } catch (error) {
    throw error instanceof UserError ? error : unreadableStatusFile(path, error);
  }
}

/** Told when a status file cannot be opened or read. */
export function unreadableStatusFile(path: string, cause: unknown): UserError {
  const code = errnoOf(cause) === "ENOENT" ? "status-file-missing" : "status-file-unreadable";
  return new UserError(code, `cannot read the status file ${path}: ${errnoText(cause)}`, { cause });
}
