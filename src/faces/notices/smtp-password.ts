import { UserError } from "../../domain/errors.ts";
import { ForeignFileError, readSecretFile } from "../../files/own-file.ts";
import { errnoText } from "../../domain/system-error.ts";

/** Bytes of a file with a password at most. */
const MOST_BYTES = 4096;

/**
 * The password in a file: its first line.
 *
 * @throws UserError `smtp-password-file` when the file cannot be read, is empty, or others than this user can read or write it.
 */
export function passwordIn(path: string): string {
  const [line = ""] = read(path).split(/\r?\n/, 1);
  if (line === "") throw unusable(path, "its first line is empty; write the password there");
  return line;
}

function read(path: string): string {
  try {
    return readSecretFile(path, MOST_BYTES);
  } catch (error) {
    throw unusable(path, error instanceof ForeignFileError ? `it ${error.why}` : errnoText(error), error);
  }
}

function unusable(path: string, why: string, cause?: unknown): UserError {
  return new UserError("smtp-password-file", `--smtp-password-file ${path}: ${why}`, { cause });
}
