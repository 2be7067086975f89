import { printable } from "../../domain/printable.ts";
import { columnsOf } from "./text.ts";

/**
 * Columns as wide as they have to be, numbers to the right; what is longest stands last, where it may be cut.
 *
 * @param leftAligned numbers of the columns, from 0, that hold text.
 */
export function table(head: readonly string[], rows: readonly string[][], leftAligned: readonly number[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column] ?? ""))));
  return cells.map((row) =>
    row
      .map((cell, column) => {
        const blanks = " ".repeat((widths[column] ?? 0) - columnsOf(cell));
        return leftAligned.includes(column) ? cell + blanks : blanks + cell;
      })
      .join("  ")
      .trimEnd(),
  );
}
