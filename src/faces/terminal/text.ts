/** How numbers, times and foreign text are shown to people on a terminal. */

import { constants } from "node:os";
import { eastAsianWidth } from "get-east-asian-width";
import type { Context } from "../../domain/engine.ts";
import type { Ending } from "../../domain/ending.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { shareText } from "../../domain/limits.ts";
import { endingWords } from "../../domain/ending-words.ts";
import { printable } from "../../domain/printable.ts";
import { someOf } from "../../domain/some-of.ts";

/** Marks that stand above or below the character before them, and the later letters of a Korean syllable. */
const COMBINING = /[\p{M}\u1160-\u11FF]/u;
/** Everything below U+0300 takes one column. */
// oxlint-disable-next-line no-control-regex
const NARROW = /^[\u0000-\u02FF]*$/;

/** Columns that printable text takes on a terminal. */
export function columnsOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** The text made printable and cut to at most this many columns, with `...` where something is missing. */
export function shorten(text: string, columns: number): string {
  // A megabyte of command need not be looked at to show its first line.
  const shown = printable(text.slice(0, columns + 1));
  if (text.length <= columns + 1 && columnsOf(shown) <= columns) return shown;
  const room = Math.max(0, columns - 3);
  let cut = "";
  let used = 0;
  for (const character of shown) {
    used += widthOf(character);
    if (used > room) break;
    cut += character;
  }
  return cut + "...".slice(0, columns);
}

/** Columns that one printable character takes: 0, 1 or 2. */
export function widthOf(character: string): number {
  if (character < "\u0300") return 1;
  if (COMBINING.test(character)) return 0;
  return eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** A span of time, of which `seconds` are given: `0.05 s`, `12.4 s`, `3:05`, `2:03:04`, `1d 02:03`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.9995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  return formatClock(seconds);
}

/** Tasks per second, or per minute or hour where that is easier to grasp: `1234/s`, `80.6/s`, `12/min`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 0.9995) return `${digits(perSecond)}/s`;
  if (perSecond * 60 >= 0.9995) return `${digits(perSecond * 60)}/min`;
  return `${digits(perSecond * 3600)}/h`;
}

function digits(n: number): string {
  return n.toFixed(n < 99.95 ? 1 : 0);
}

const ERROR_NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** How a command ended: `exit 3`, `SIGKILL`, `not started (ENOENT)`; of one that held too much memory how much that was. */
export function formatEnding(ending: Ending): string {
  const words = endingWords(ending);
  if (ending.type === "not-started") return `${words} (${ERROR_NAMES.get(ending.errno) ?? `error ${ending.errno}`})`;
  if (ending.type !== "out-of-memory") return words;
  return `${words}: ${shareText(ending.used, ending.limit)}`;
}

/** Nodes listed by name before the rest is only counted. */
const NAMED_NODES = 4;

/** `node1, node2 and 7 more`. */
export function describeNodes({ nodes }: Context): string {
  return printable(
    someOf(
      nodes.map(({ node }) => node),
      NAMED_NODES,
    ),
  );
}
