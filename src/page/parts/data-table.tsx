import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { afterScroll, drawnPixels, NOT_SCROLLED, positionOf, scrolledTo } from "./long-scroll.ts";
import type { Sort } from "./sort.ts";
import { rowAfterKey, rowWindow, scrollFor } from "./window-of-rows.ts";

/** A column of a table. */
export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  /** Whether the head is for screen readers alone, over a column of buttons. */
  readonly isHeadHidden?: boolean | undefined;
  /** What the head means, as a tooltip. */
  readonly title?: string | undefined;
  /** Numbers stand at the right. */
  readonly align?: "right" | undefined;
  /** The width of the page from which it is shown: 560, 800 or 1,100 pixels. Always, when missing. */
  readonly from?: "small" | "medium" | "large" | undefined;
  /** A width in CSS; what is left goes to columns without one. */
  readonly width?: string | undefined;
  /** Whether the table can be sorted by it. */
  readonly sortable?: boolean | undefined;
  readonly cell: (row: Row) => ComponentChildren;
}

export interface TableProps<Row> {
  /** What it lists. */
  readonly label: string;
  /** Which list it is: another one is seen from its top, with no row chosen. */
  readonly list?: string | undefined;
  readonly columns: readonly Column<Row>[];
  /** All rows, whether they are known or not. */
  readonly count: number;
  /** Undefined for rows that have not come yet. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly keyOf: (row: Row) => string | number;
  readonly sort?: Sort | undefined;
  /** Called with the id of the column whose head was pressed. */
  readonly onSort?: ((by: string) => void) | undefined;
  /** Which rows are in sight: those that are not known should be asked for. */
  readonly onSight?: ((first: number, end: number) => void) | undefined;
  /** A row was chosen by Enter, or pressed. */
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** Whether a row stands out, such as the one whose details are shown. */
  readonly isMarked?: ((row: Row) => boolean) | undefined;
  /** Rows that are to be in sight at most: the table scrolls in itself. 20 when missing. */
  readonly most?: number | undefined;
  /** Whether rows have two lines. */
  readonly isTall?: boolean | undefined;
}

/** Pixels of a row, and of one of two lines; the same numbers stand in parts.css. */
const ROW = 30;
const TALL_ROW = 52;
/** Milliseconds without scrolling after which the bar is set to where the list is. */
const SETTLED = 150;

/**
 * A table of any length: only rows in sight are drawn. By keyboard: up and down (or j and k), Page up and down, Home, End choose a row, and Enter
 * opens it.
 */
export function DataTable<Row>(props: TableProps<Row>): JSX.Element {
  const {
    label,
    list,
    columns,
    count,
    rowAt,
    keyOf,
    sort,
    onSort,
    onSight,
    onOpen,
    isMarked,
    most = 20,
    isTall = false,
  } = props;
  const rowHeight = isTall ? TALL_ROW : ROW;
  const scroller = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(NOT_SCROLLED);
  const [height, setHeight] = useState(most * rowHeight);
  const [chosen, setChosen] = useState(-1);
  const id = useId();
  const whole = count * rowHeight + ROW;
  const { first, end } = rowWindow(count, rowHeight, positionOf(scroll), height);
  const current = Math.min(chosen, count - 1);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => setHeight(element.clientHeight);
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  useEffect(() => onSight?.(first, end), [first, end, onSight]);

  const scrollTo = (position: number): void => {
    const to = scrolledTo(position, { whole, height });
    setScroll(to);
    scroller.current?.scrollTo({ top: to.top, behavior: "instant" });
  };
  useEffect(() => {
    if (scroll.shift === 0) return undefined;
    const to = scrolledTo(positionOf(scroll), { whole, height });
    if (Math.abs(to.top - scroll.top) < 1) return undefined;
    const timer = setTimeout(() => scrollTo(positionOf(scroll)), SETTLED);
    return () => clearTimeout(timer);
  }, [scroll, whole, height]);

  const shownList = useRef(list);
  useLayoutEffect(() => {
    if (shownList.current === list) return;
    shownList.current = list;
    setChosen(-1);
    scrollTo(0);
  }, [list]);

  const choose = (row: number): void => {
    setChosen(row);
    const to = scrollFor(row, rowHeight, positionOf(scroll), height, ROW);
    if (to !== undefined) scrollTo(to);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (event.key === "Enter") {
      const row = current < 0 ? undefined : rowAt(current);
      if (row !== undefined) onOpen?.(row);
      return;
    }
    const next = rowAfterKey(event.key, current, count, Math.max(1, Math.floor(height / rowHeight) - 2));
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  };

  const above = Math.max(0, first * rowHeight - scroll.shift);
  const below = Math.max(0, drawnPixels(whole) - ROW - above - (end - first) * rowHeight);
  const rows: JSX.Element[] = [];
  for (let i = first; i < end; i++) {
    const row = rowAt(i);
    const isChosen = i === current;
    rows.push(
      <tr
        key={row === undefined ? `at-${i}` : keyOf(row)}
        id={`${id}-${i}`}
        aria-rowindex={i + 2}
        aria-selected={onOpen === undefined ? undefined : isChosen}
        class={[isChosen ? "chosen" : "", row !== undefined && isMarked?.(row) === true ? "marked" : ""].join(" ")}
        onClick={(event) => {
          setChosen(i);
          const isOnControl = event.target instanceof Element && event.target.closest("a, button, input") !== null;
          if (row !== undefined && !isOnControl && getSelection()?.isCollapsed !== false) onOpen?.(row);
        }}
      >
        {columns.map((column) => (
          <td key={column.id} class={cellClass(column)}>
            {row === undefined ? <span class="unknown">...</span> : column.cell(row)}
          </td>
        ))}
      </tr>,
    );
  }

  return (
    <div
      class="table-scroll"
      ref={scroller}
      style={{ maxHeight: `${most * rowHeight + ROW + 2}px` }}
      onScroll={({ currentTarget: { scrollTop } }) => {
        if (Math.abs(scrollTop - scroll.top) >= 1) setScroll(afterScroll(scroll, scrollTop, { whole, height }));
      }}
    >
      <table
        role="grid"
        tabIndex={0}
        class={["data", onOpen === undefined ? "" : "opens", isTall ? "tall" : ""].join(" ").trim()}
        aria-label={label}
        aria-rowcount={count + 1}
        aria-activedescendant={current >= first && current < end ? `${id}-${current}` : undefined}
        onKeyDown={press}
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Gap height={above} />}
          {rows}
          {below > 0 && <Gap height={below} />}
        </tbody>
      </table>
    </div>
  );
}

function Gap({ height }: { readonly height: number }): JSX.Element {
  return <tr aria-hidden="true" class="gap" style={{ height: `${height}px` }} />;
}

function Head<Row>({
  column,
  sort,
  onSort,
}: { readonly column: Column<Row> } & Pick<TableProps<Row>, "sort" | "onSort">): JSX.Element {
  const { id, head, isHeadHidden, title, width, sortable } = column;
  const isSorted = sort?.by === id;
  return (
    <th
      scope="col"
      class={cellClass(column)}
      title={title}
      style={width === undefined ? {} : { width }}
      aria-sort={isSorted ? (sort.descending ? "descending" : "ascending") : undefined}
    >
      {sortable === true && onSort !== undefined ? (
        <button type="button" class="sort" onClick={() => onSort(id)}>
          {head}
          <span aria-hidden="true">{isSorted ? (sort.descending ? " ▼" : " ▲") : ""}</span>
        </button>
      ) : isHeadHidden === true ? (
        <span class="hidden">{head}</span>
      ) : (
        head
      )}
    </th>
  );
}

function cellClass<Row>({ align, from }: Column<Row>): string {
  return [align === "right" ? "right" : "", from === undefined ? "" : `from-${from}`].join(" ").trim();
}
