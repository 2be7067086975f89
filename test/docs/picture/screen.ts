import headless from "@xterm/headless";
import type { IBufferCell } from "@xterm/headless";

/** Characters beside each other that look alike. */
interface Piece {
  readonly text: string;
  /** Number in the terminal's palette: 1 is red; undefined for the usual colour. */
  readonly colour: number | undefined;
  readonly isBold: boolean;
}

/** A row of a terminal, from its left end. */
export type Row = readonly Piece[];

/** What a terminal shows after all that was written to it, down to the last row that is not empty. */
export async function screenOf(written: string, columns: number, rows: number): Promise<Row[]> {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(written, resolve));
  const { active } = terminal.buffer;
  const screen = Array.from({ length: rows }, (_, y) => {
    const line = active.getLine(active.viewportY + y);
    const cells = Array.from({ length: columns }, (__, x) => line?.getCell(x)).filter((cell) => cell !== undefined);
    return trimmed(cells.reduce<Piece[]>(addCell, []));
  });
  terminal.dispose();
  return screen.slice(0, screen.findLastIndex((row) => row.length > 0) + 1);
}

/** The text of a row. */
export function textOfRow(row: Row): string {
  return row.map(({ text }) => text).join("");
}

function addCell(row: Piece[], cell: IBufferCell): Piece[] {
  const text = cell.getChars() === "" ? " " : cell.getChars();
  const colour = cell.isFgPalette() ? cell.getFgColor() : undefined;
  const isBold = cell.isBold() !== 0;
  const last = row.at(-1);
  if (last === undefined || last.colour !== colour || last.isBold !== isBold) row.push({ text, colour, isBold });
  else row.splice(-1, 1, { ...last, text: last.text + text });
  return row;
}

/** Without the blanks at its end. */
function trimmed(row: readonly Piece[]): Row {
  const last = row.at(-1);
  if (last === undefined) return row;
  const text = last.text.trimEnd();
  return text === "" ? trimmed(row.slice(0, -1)) : [...row.slice(0, -1), { ...last, text }];
}
