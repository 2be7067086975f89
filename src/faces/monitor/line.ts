/** Lines of the monitor's screen: pieces of text, each in a style. What they look like on a terminal is the screen's business. */

import { columnsOf } from "../terminal/text.ts";
import { clean, cut, padEnd } from "./width.ts";

/**
 * What a piece of text means: `good` has succeeded, `bad` has failed, `warn` needs a look, `busy` is under way, `head` names
 * columns, `chosen` is the row that keys are for.
 */
export type Style = "plain" | "dim" | "bold" | "good" | "bad" | "warn" | "busy" | "head" | "chosen";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

export function span(text: string, style: Style = "plain"): Span {
  return { text, style };
}

/** Columns of a line whose text is printable. */
export function lineColumns(line: Line): number {
  return line.reduce((sum, { text }) => sum + columnsOf(text), 0);
}

/** The line made printable and cut to at most this many columns. */
export function fit(line: Line, columns: number): Line {
  const fitting: Span[] = [];
  let left = columns;
  for (const { text, style } of line) {
    if (left <= 0) break;
    const shown = cut(clean(text, left), left);
    if (shown === "") continue;
    fitting.push({ text: shown, style });
    left -= columnsOf(shown);
  }
  return fitting;
}

/** A line of these parts, two blanks between them, as many of the first ones as fit. */
export function joined(parts: readonly Line[], columns: number, between = "   "): Line {
  const line: Span[] = [span(" ")];
  let used = 1;
  for (const [index, part] of parts.entries()) {
    const gap = index === 0 ? "" : between;
    const wanted = lineColumns(part) + gap.length;
    if (index > 0 && used + wanted > columns) break;
    if (gap !== "") line.push(span(gap));
    line.push(...part);
    used += wanted;
  }
  return line;
}

/** A line with one part on the left and one on the right, which is left out where there is no room for both. */
export function spread(left: Line, right: Line, columns: number): Line {
  const gap = columns - lineColumns(left) - lineColumns(right);
  return gap < 2 ? left : [...left, span(" ".repeat(gap)), ...right];
}

/** A rule across the screen, with this line in it. */
export function ruled(line: Line, columns: number): Line {
  const rest = columns - lineColumns(line) - 1;
  return [span("─", "dim"), ...line, span("─".repeat(Math.max(0, rest)), "dim")];
}

/** The same line as the row that keys are for, across the screen. */
export function chosen(line: Line, columns: number): Line {
  const text = fit(line, columns)
    .map((each) => each.text)
    .join("");
  return [span(padEnd(text, columns), "chosen")];
}

/** The text of a line. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join("");
}
