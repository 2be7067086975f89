import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { wrap } from "../../domain/wrap.ts";
import { table } from "./table.ts";
import { columnsOf, shorten } from "./text.ts";

/** Columns of a name that still tells tasks apart. */
const LEAST_NAME = 12;

/** A task of a workflow, and how many of its instances are what. */
export interface CountRow {
  readonly name: string;
  /** How many there are, in words. */
  readonly all: string;
  readonly counts: Readonly<Partial<Record<string, number>>>;
}

/**
 * Numbers of instances: a table where it has room, else a line with the name and below it the numbers in words.
 *
 * @param kinds what is counted, in order; those that nothing has are left out.
 * @param more tasks that are not among these.
 * @param width columns of the terminal; undefined when lines may be as long as they like.
 */
export function countLines(
  rows: readonly CountRow[],
  kinds: readonly string[],
  more: number,
  width: number | undefined,
): readonly string[] {
  if (rows.length === 0) return ["no task yet"];
  const columns = kinds.filter((kind) => rows.some(({ counts }) => (counts[kind] ?? 0) > 0));
  const rest = more === 0 ? [] : [`and ${plural(more, "more task")}`];
  const cellsOf = ({ name, all, counts }: CountRow): string[] => [
    name,
    all,
    ...columns.map((kind) => numberOrBlank(counts[kind])),
  ];
  const head = ["task", "all", ...columns];
  const lines = (named: readonly CountRow[]): string[] => table(head, named.map(cellsOf), [0]);
  const numbers = Math.max(...lines(rows.map((row) => ({ ...row, name: "" }))).map(columnsOf));
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - numbers;
  const longest = Math.max(...rows.map(({ name }) => columnsOf(printable(name))));
  if (room < Math.min(longest, LEAST_NAME)) return [...rows.flatMap((row) => inWords(row, kinds, width)), ...rest];
  return [...lines(longest <= room ? rows : rows.map((row) => ({ ...row, name: shorten(row.name, room) }))), ...rest];
}

/** `3 done, 1 failed`. */
export function countWords(counts: CountRow["counts"], kinds: readonly string[]): string {
  const words = kinds.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return words.length === 0 ? "none yet" : words.join(", ");
}

function numberOrBlank(count: number | undefined): string {
  return count === undefined || count === 0 ? "" : String(count);
}

function inWords({ name, all, counts }: CountRow, kinds: readonly string[], width: number | undefined): string[] {
  const title = `${name} (${all})`;
  const words = countWords(counts, kinds);
  if (width === undefined) return [printable(title), `  ${words}`];
  return [shorten(title, width), ...wrap(words, width, "  ", "  ", columnsOf)];
}
