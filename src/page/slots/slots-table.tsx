import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { LiveRun } from "../api/live-run.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import type { Sort } from "../parts/sort.ts";
import { pathTo } from "../state/route.ts";
import { formatShare } from "../words/numbers.ts";
import { formatSpan } from "../words/times.ts";
import { laneSums, type LaneSums } from "./lane-table.ts";
import type { Picture } from "./picture.ts";
import type { Span } from "./viewport.ts";

interface Row extends LaneSums {
  readonly lane: number;
  readonly node: string;
  readonly engine: number | undefined;
  readonly slot: number | undefined;
}

/** The slots picture as numbers: those of the span that is seen, a row for each lane. */
export function SlotsTable({
  run,
  picture,
  seen,
}: {
  readonly run: LiveRun;
  readonly picture: Picture;
  readonly seen: Span;
}): JSX.Element {
  const [sort, setSort] = useState<Sort>({ by: "lane", descending: false });
  const rows = useMemo(() => sorted(rowsOf(picture, seen), sort), [picture, seen.from, seen.to, sort]);
  const columns: Column<Row>[] = [
    {
      id: "lane",
      head: picture.by === "node" ? "Node" : "Slot",
      sortable: true,
      cell: ({ node, engine, slot }) => (
        <a href={pathTo(run.id, "tasks", engine === undefined ? { node } : { engine })}>
          <ForeignText text={slot === undefined ? node : `${node} ${slot}`} />
        </a>
      ),
    },
    {
      id: "busy",
      head: "Busy",
      align: "right",
      sortable: true,
      cell: ({ busy }) => (busy === undefined ? "-" : formatShare(busy, 1)),
    },
    {
      id: "idle",
      head: "Idle",
      title: "Time without a task, of its slots on average",
      align: "right",
      sortable: true,
      cell: ({ idle }) => formatSpan(idle),
    },
    {
      id: "there",
      head: "There",
      title: "Time that it was there",
      align: "right",
      from: "small",
      cell: ({ there }) => formatSpan(there),
    },
    {
      id: "failed",
      head: "Failures",
      title: "Cells of the picture in which a task failed",
      align: "right",
      sortable: true,
      cell: ({ failed }) => <span class={failed > 0 ? "tone-bad" : "dim"}>{failed}</span>,
    },
    {
      id: "cut",
      head: "Cut short",
      title: "Cells in which a task was cut short",
      align: "right",
      from: "small",
      cell: ({ cut }) => cut,
    },
  ];
  return (
    <DataTable
      label={picture.by === "node" ? "Nodes, in the span that is seen" : "Slots, in the span that is seen"}
      columns={columns}
      count={rows.length}
      rowAt={(i) => rows[i]}
      keyOf={({ lane }) => lane}
      sort={sort}
      onSort={(by) => setSort((now) => ({ by, descending: now.by === by ? !now.descending : by !== "lane" }))}
      most={16}
    />
  );
}

function rowsOf(picture: Picture, seen: Span): Row[] {
  return picture.lanes.map(({ node, engine, slot }, lane) => ({
    lane,
    node,
    engine,
    slot,
    ...laneSums(picture.cells, lane, picture, seen),
  }));
}

function sorted(rows: readonly Row[], { by, descending }: Sort): readonly Row[] {
  const value = (row: Row): number =>
    by === "busy" ? (row.busy ?? -1) : by === "idle" ? row.idle : by === "failed" ? row.failed : row.lane;
  return rows.toSorted((a, b) => (descending ? value(b) - value(a) : value(a) - value(b)) || a.lane - b.lane);
}
