/** Lists of the monitor: columns as wide as the visible rows need, the least important ones left out where there is no room. */

import { columnsOf } from "../terminal/text.ts";
import { chosen, type Line, type Span, span, type Style } from "./line.ts";
import { clean, padEnd, padStart } from "./width.ts";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly style?: ((row: Row) => Style) | undefined;
  /** Numbers stand at the right. */
  readonly right?: boolean | undefined;
  /** Left out first where there is too little room; 0 always stays. */
  readonly drop: number;
  /** Takes all room that is left, and gives way first. */
  readonly flexible?: boolean | undefined;
}

/** Room that a flexible column needs at least before others go. */
const LEAST_FLEXIBLE = 16;
const MOST_WIDE = 40;
const GAP = 2;
const MARK = "▸ ";

/** What is seen of a list. */
export interface Visible<Row> {
  readonly rows: readonly Row[];
  /** Which of them is chosen. */
  readonly chosen: number;
}

/** The head and the rows of a list, each no wider than the screen. */
export function tableLines<Row>(all: readonly Column<Row>[], visible: Visible<Row>, columns: number): Line[] {
  const cells = new Map(all.map((column) => [column, visible.rows.map((row) => clean(column.text(row), columns))]));
  const wanted = (column: Column<Row>): number =>
    Math.max(columnsOf(column.title), ...(cells.get(column) ?? []).map(columnsOf));
  const widths = chooseWidths(all, wanted, columns - MARK.length);
  const lineOf = (spanOf: (column: Column<Row>) => Span): Line =>
    [...widths].flatMap(([column, width], index) => {
      const { text, style } = spanOf(column);
      const padded = column.right === true ? padStart(text, width) : padEnd(text, width);
      return index === 0 ? [span(padded, style)] : [span(" ".repeat(GAP)), span(padded, style)];
    });
  const head = [span("  "), ...lineOf(({ title }) => span(title, "head"))];
  const rows = visible.rows.map((row, index) => {
    const line = lineOf((column) => span(cells.get(column)?.[index] ?? "", column.style?.(row) ?? "plain"));
    return index === visible.chosen ? chosen([span(MARK), ...line], columns) : [span("  "), ...line];
  });
  return [head, ...rows];
}

function chooseWidths<Row>(
  all: readonly Column<Row>[],
  wanted: (column: Column<Row>) => number,
  room: number,
): Map<Column<Row>, number> {
  const shown = [...all];
  const needed = (column: Column<Row>): number =>
    column.flexible === true ? Math.min(LEAST_FLEXIBLE, wanted(column)) : Math.min(MOST_WIDE, wanted(column));
  const total = (): number => shown.reduce((sum, column) => sum + needed(column), GAP * (shown.length - 1));
  for (;;) {
    const most = shown.reduce((drop, column) => Math.max(drop, column.drop), 0);
    if (total() <= room || most === 0) break;
    shown.splice(
      shown.findLastIndex(({ drop }) => drop === most),
      1,
    );
  }
  let left = Math.max(0, room - total());
  return new Map(
    shown.map((column) => {
      const least = needed(column);
      const more = column.flexible === true ? Math.min(left, wanted(column) - least) : 0;
      left -= more;
      return [column, least + more];
    }),
  );
}
