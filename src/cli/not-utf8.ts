import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { decodeBytes } from "../domain/bytes.ts";
import { UserError } from "../domain/errors.ts";
import { printable } from "../domain/printable.ts";
import { EACH } from "./each-words.ts";

/** What runtimes put in the place of bytes that are no UTF-8. */
const REPLACEMENT = "\uFFFD";

/**
 * Runtimes read arguments as UTF-8, and what is none leads to another file, or to no file at all.
 *
 * @throws UserError `not-utf8` that shows the word.
 */
export function refuseWords(args: readonly string[]): void {
  const word = args.some((arg) => arg.includes(REPLACEMENT)) ? givenBytes().find((bytes) => !isUtf8(bytes)) : undefined;
  if (word === undefined) return;
  const remedy =
    args[0] === EACH
      ? "such values cannot stand on the command line; give them in a file: :::: FILE"
      : "such names cannot be used; rename the file, or give tasks on standard input: - < FILE";
  throw new UserError("not-utf8", `${printable(decodeBytes(word))}: this is not UTF-8, and ${remedy}`);
}

/** The words of this process's command line; none where the system does not tell. */
function givenBytes(): Buffer[] {
  try {
    const words = readFileSync("/proc/self/cmdline", "latin1").split("\0");
    return words.map((word) => Buffer.from(word, "latin1"));
  } catch {
    return [];
  }
}
