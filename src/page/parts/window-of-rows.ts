/** Which rows of a long table are drawn: those in sight, and a few around them. */

/** Rows that are drawn beyond either edge. */
const AROUND = 8;

export interface RowWindow {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** @param top pixels that have been scrolled past. @param height pixels in sight. */
export function rowWindow(count: number, rowHeight: number, top: number, height: number): RowWindow {
  const first = Math.max(0, Math.min(count, Math.floor(top / rowHeight) - AROUND));
  const end = Math.min(count, Math.max(first, Math.ceil((top + height) / rowHeight) + AROUND));
  return { first, end };
}

/** Where to scroll so that the row is in sight; undefined when it is. `head`: pixels of the table's head, which covers rows. */
export function scrollFor(
  row: number,
  rowHeight: number,
  top: number,
  height: number,
  head: number,
): number | undefined {
  const begins = row * rowHeight;
  if (begins < top) return begins;
  const room = height - head - rowHeight;
  return begins > top + room ? Math.max(0, begins - room) : undefined;
}

/** The row that a key goes to from this one; -1 stands for none yet. Undefined where the key is none of these. */
export function rowAfterKey(key: string, row: number, count: number, page: number): number | undefined {
  const last = count - 1;
  const clamp = (to: number): number => Math.max(0, Math.min(last, to));
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowDown":
    case "j":
      return clamp(row + 1);
    case "ArrowUp":
    case "k":
      return clamp(row - 1);
    case "PageDown":
      return clamp(row + page);
    case "PageUp":
      return clamp(row - page);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}
