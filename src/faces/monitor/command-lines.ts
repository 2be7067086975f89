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
  const words = wordsOf(clean(command, most * MOST_LINES));
  for (const [i, word] of words.entries()) {
    // The last line needs no mark behind it.
    const room = i === words.length - 1 ? most : most - GOES_ON.length;
    const longer = line === "" ? word : `${line} ${word}`;
    if (columnsOf(longer) <= room) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line + GOES_ON);
    const pieces = columnsOf(word) <= room ? [word] : piecesOf(word, most, room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return [...lines, line].slice(0, MOST_LINES);
}

/** Words between blanks that are in no quotes, as `shellWords` has quoted them. */
function wordsOf(command: string): string[] {
  return command.match(/(?:'[^']*'|\\.|[^\s'\\]|'|\\)+/gu) ?? [];
}

/** A word in pieces, the last of which leaves room; a terminal joins those that are as wide as it is. */
function piecesOf(word: string, columns: number, lastColumns: number): string[] {
  // Within quotes nothing may be put between.
  const mark = /['\\]/u.test(word) ? "" : "\\";
  const pieces: string[] = [];
  let piece = "";
  for (const cell of cellsOf(word)) {
    if (columnsOf(piece) + cell.columns > columns - mark.length) {
      pieces.push(piece + mark);
      piece = "";
    }
    piece += cell.text;
  }
  if (columnsOf(piece) <= lastColumns) return [...pieces, piece];
  return [...pieces, piece.slice(0, -2) + mark, piece.slice(-2)];
}
