import { UserError } from "../../domain/errors.ts";
import { pythonRepr } from "../../domain/python-repr.ts";
import type { Column } from "./dimensions.ts";
import { partOf } from "./path-parts.ts";
import { COMMAND, type Piece } from "./template.ts";

/** A task file takes such a line for a comment, or for a byte order mark. */
const COMMENT = /^[ \t\f\v]*[#\uFEFF]/;
/** Characters of a value that a message shows. */
const SHOWN = 40;
const BLANK = /^[ \t\f\v]*$/;

type RawValue = Extract<Piece, { readonly kind: "value" }>;

/**
 * Sees to it that each command is one task: a line that is no comment, is not blank, and has no line breaks in it. What is
 * quoted can do no harm there.
 *
 * @throws UserError `bad-template`, with the place of the placeholder and the value.
 */
export function refuseOddLines(pieces: readonly Piece[], columns: readonly Column[]): void {
  for (const piece of pieces) if (piece.kind === "value" && piece.isRaw) refuseLineBreaks(piece, columns);
  for (const piece of pieces) {
    if (piece.kind === "number" || (piece.kind === "value" && !piece.isRaw)) return;
    if (piece.kind === "text") {
      if (COMMENT.test(piece.text)) {
        const hint = "directives and comments stand in a task file";
        throw refusal(1, "a command that begins like this is a comment", hint);
      }
      if (!BLANK.test(piece.text)) return;
    } else if (!mayBeBlank(piece, columns)) return;
  }
  throw refusal(
    1,
    "the command is empty, or is empty for some of the values",
    "a task is a command, which may be : to do nothing",
  );
}

/** Whether the text may stand in a command: in the template itself, or in values that are not quoted. */
export function mayHold(text: string, pieces: readonly Piece[], columns: readonly Column[]): boolean {
  return pieces.some((piece) => {
    if (piece.kind === "text") return piece.text.includes(text);
    if (piece.kind === "number" || !piece.isRaw) return false;
    for (const value of valuesOf(piece, columns)) if (value.includes(text)) return true;
    return false;
  });
}

function refuseLineBreaks(piece: RawValue, columns: readonly Column[]): void {
  for (const value of valuesOf(piece, columns)) {
    if (!/[\n\r]/.test(value)) continue;
    throw refusal(
      piece.place,
      `the value ${shown(value)} has a line break, and stands there unquoted`,
      "write it without the =",
    );
  }
}

/** Whether the line may go on behind the value as if nothing had stood there. */
function mayBeBlank(piece: RawValue, columns: readonly Column[]): boolean {
  let isBlank = true;
  for (const value of valuesOf(piece, columns)) {
    if (COMMENT.test(value)) {
      throw refusal(
        piece.place,
        `the value ${shown(value)} would make a comment of the command`,
        "write it without the =",
      );
    }
  }
  for (const column of piece.columns) isBlank &&= hasBlank(piece, columns[column]);
  return isBlank;
}

function hasBlank(piece: RawValue, column: Column | undefined): boolean {
  for (const value of partsOf(piece, column)) if (BLANK.test(value)) return true;
  return false;
}

function* valuesOf(piece: RawValue, columns: readonly Column[]): Generator<string, void, void> {
  for (const column of piece.columns) yield* partsOf(piece, columns[column]);
}

function* partsOf({ part }: RawValue, column: Column | undefined): Generator<string, void, void> {
  if (column === undefined || column.values.isNumeric) return;
  for (let i = 0; i < column.values.length; i++) yield partOf(column.values.at(i), part);
}

function shown(value: string): string {
  return pythonRepr(value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value);
}

function refusal(column: number, message: string, hint: string): UserError {
  const place = { file: COMMAND, line: 1, column };
  const diagnostics = [{ code: "bad-template", severity: "error", place, message, hint } as const];
  return new UserError("bad-template", `${COMMAND}: ${message}`, { diagnostics });
}
