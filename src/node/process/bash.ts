import { encodeText, hasEscapedBytes } from "../../domain/bytes.ts";
import { ansiCQuote } from "../../domain/shell-words.ts";

export const BASH = "/bin/bash";

/**
 * Longest single argument that Linux passes to a program, the closing NUL byte included (MAX_ARG_STRLEN, 32 pages of
 * 4 KiB).
 */
export const MAX_ARGUMENT = 32 * 4096;

/**
 * The arguments with which bash runs this command. A command that is not valid UTF-8 cannot be an argument here (both
 * runtimes pass arguments as UTF-8), so bash is handed a way to write its bytes instead.
 */
export function bashArguments(command: string): readonly string[] {
  return ["-c", hasEscapedBytes(command) ? `eval ${ansiCQuote(encodeText(command))}` : command];
}
