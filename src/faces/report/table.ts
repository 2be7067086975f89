import { columnsOf, shorten } from "../terminal/text.ts";

/** A column of a table for people. */
export interface Column<T> {
  readonly head: string;
  readonly cell: (row: T) => string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
  /** Left out where lines have fewer columns than this. */
  readonly from?: number;
}

/** Columns between two cells. */
const GAP = 2;
/** What each line begins with. */
const INDENT = "  ";

/**
 * A table in lines of at most this width. Columns are as wide as they have to be; what is longest stands last, where it is cut.
 * Cells may hold what tasks have written: it is made printable.
 */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[], width: number): string[] {
  const shown = columns.filter(({ from = 0 }) => width >= from);
  // A cell that is wider than the line is not looked at as a whole.
  const cells = [
    shown.map(({ head }) => head),
    ...rows.map((row) => shown.map(({ cell }) => shorten(cell(row), width))),
  ];
  const widths = shown.map((_, i) => Math.max(...cells.map((row) => columnsOf(row[i] ?? ""))));
  return cells.map((row) => {
    let line = INDENT;
    for (const [i, cell] of row.entries()) {
      const blanks = " ".repeat((widths[i] ?? 0) - columnsOf(cell));
      line += (i === 0 ? "" : " ".repeat(GAP)) + (shown[i]?.right === true ? blanks + cell : cell + blanks);
    }
    return shorten(line.trimEnd(), width);
  });
}
