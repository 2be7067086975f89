/** Text of tasks, made safe and as wide as there is room. */

import { printable } from "../../domain/printable.ts";
import { columnsOf, widthOf } from "../terminal/text.ts";

/** Terminals differ in what these do to the width of the character before them. */
const VARIATION = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;
/** Marks that one character may carry. More of them are decoration, and would cover the rows above. */
const TOO_MANY_MARKS = /(\p{M}{4})\p{M}+/gu;

/**
 * The text with everything a terminal would act on made visible.
 *
 * @param columns that it will take at most: what certainly is beyond them is not looked at.
 */
export function clean(text: string, columns: number): string {
  // Four marks on each character, all of them of two code units.
  const looked = text.length > columns * 10 + 20 ? text.slice(0, columns * 10 + 20) : text;
  return printable(looked).replace(VARIATION, "").replace(TOO_MANY_MARKS, "$1");
}

/** Printable text cut to at most this many columns, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns <= 0) return "";
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Printable text with blanks behind it, so that it takes exactly as many columns; cut when it is wider. */
export function padEnd(text: string, columns: number): string {
  const shown = cut(text, columns);
  return shown + " ".repeat(Math.max(0, columns - columnsOf(shown)));
}

/** The same with blanks before it. */
export function padStart(text: string, columns: number): string {
  const shown = cut(text, columns);
  return " ".repeat(Math.max(0, columns - columnsOf(shown))) + shown;
}

/** A character with all marks that stand on it, and the columns that it takes. */
export interface Cell {
  readonly text: string;
  readonly columns: 1 | 2;
}

/** Printable text in the cells of a terminal. A mark that stands on nothing is left out. */
export function cellsOf(text: string): Cell[] {
  const cells: { text: string; columns: 1 | 2 }[] = [];
  for (const character of text) {
    const columns = widthOf(character);
    const last = cells.at(-1);
    if (columns === 1 || columns === 2) cells.push({ text: character, columns });
    else if (last !== undefined) last.text += character;
  }
  return cells;
}
