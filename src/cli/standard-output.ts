import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { decodeBytes } from "../domain/bytes.ts";
import { harmless } from "../domain/printable.ts";
import { errnoOf, errnoText } from "../domain/system-error.ts";

/**
 * Writes what the user has asked for to standard output. On a terminal, what tasks have written is made harmless; in files and
 * pipes it stays as it is.
 *
 * @returns false when its reader has seen enough, as `head` has, and there is nobody to write more for.
 * @throws UserError `output-failed` (exit code 3) when it cannot be written.
 */
export async function print(text: string | Buffer): Promise<boolean> {
  try {
    await write(process.stdout.isTTY ? harmless(typeof text === "string" ? text : decodeBytes(text)) : text);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EPIPE") return false;
    const message = `cannot write to standard output: ${errnoText(error)}`;
    throw new UserError("output-failed", message, { exitCode: EXIT.unfinished, cause: error });
  }
}

/** Prints text that was asked for, and has done all that was asked. @throws UserError as `print` does. */
export async function show(text: string): Promise<ExitCode> {
  await print(text);
  return EXIT.done;
}

function write(text: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
