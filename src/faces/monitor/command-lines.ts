/** Command lines, broken so that what is copied from the screen can be pasted into a shell. */

import { columnsOf } from "../terminal/text.ts";
import { cellsOf, clean } from "./width.ts";

/** Lines of a command that are shown. */
const MOST_LINES = 100;
/** What has bash go on in the next line. */
const GOES_ON = " \\";

/**
 * The command in lines that together are the same command for bash. They have no blanks before them, and end behind a word where
 * its quotes allow it.
 */
export function commandLines(command: string, columns: number): string[] {
  const most = Math.max(4, columns);
  const lines: string[] = [];
  let line = "";
  for (const word of wordsOf(clean(command, most * MOST_LINES))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (columnsOf(longer) + GOES_ON.length <= most) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line + GOES_ON);
    const pieces = piecesOf(word, most);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  // The last line needs no mark behind it.
  return [...lines, line].slice(0, MOST_LINES);
}

/** Words between blanks that are in no quotes, as `shellWords` has quoted them. */
function wordsOf(command: string): string[] {
  return command.match(/(?:'[^']*'|\\.|[^\s'\\]|'|\\)+/gu) ?? [];
}

/** A word in pieces that leave room for what has bash go on; a terminal joins those that are as wide as it is. */
function piecesOf(word: string, columns: number): string[] {
  if (columnsOf(word) + GOES_ON.length <= columns) return [word];
  // Within quotes nothing may be put between.
  const isPlain = !/['\\]/u.test(word);
  const room = isPlain ? columns - 1 : columns;
  const pieces: string[] = [];
  let piece = "";
  for (const cell of cellsOf(word)) {
    if (columnsOf(piece) + cell.columns > room) {
      pieces.push(isPlain ? `${piece}\\` : piece);
      piece = "";
    }
    piece += cell.text;
  }
  if (columnsOf(piece) + GOES_ON.length <= columns) return [...pieces, piece];
  return [...pieces, piece.slice(0, -1) + (isPlain ? "\\" : ""), piece.slice(-1)];
}
