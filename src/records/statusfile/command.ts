import { decodeBytes, encodeText, hasEscapedBytes } from "../../domain/bytes.ts";
import { parsePythonBytes } from "./python-literal.ts";
import { pythonBytesRepr } from "../../domain/python-repr.ts";

/**
 * A command as the last column shows it: text; or Python's repr of its bytes when they are not valid UTF-8, or when they
 * hold a line break, which a task file cannot give but other sources can.
 */
export function formatCommand(command: string): string {
  return needsLiteral(command) ? pythonBytesRepr(encodeText(command)) : command;
}

/** The command that a last column stands for. A literal of bytes that would be shown as text is a text itself. */
export function parseCommand(column: string): string {
  if (!column.startsWith("b'") && !column.startsWith('b"')) return column;
  const bytes = parsePythonBytes(column);
  if (bytes === undefined) return column;
  const command = decodeBytes(bytes);
  return needsLiteral(command) ? command : column;
}

/**
 * Whether a command read from a last column is this one. A text that looks like the literal of such bytes stands in the
 * column as it is, and is then read as those bytes; it still is the same command.
 */
export function isSameCommand(recorded: string, command: string): boolean {
  return recorded === command || recorded === parseCommand(command);
}

function needsLiteral(command: string): boolean {
  return hasEscapedBytes(command) || command.includes("\n") || command.includes("\r");
}
