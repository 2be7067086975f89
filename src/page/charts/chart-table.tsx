import type { JSX } from "preact";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { formatTime } from "../words/times.ts";
import type { LineLook, MetricLook } from "./metric-looks.ts";
import { type ChartData, tableRows, type TableRow } from "./series-data.ts";

/** Rows of a table at most: nobody reads more. */
const MOST = 120;

/** The numbers of a chart as a table. */
export function ChartTable({
  title,
  chart,
  lines,
  look,
}: {
  readonly title: string;
  readonly chart: ChartData;
  readonly lines: readonly LineLook[];
  readonly look: MetricLook;
}): JSX.Element {
  const rows = tableRows(chart, MOST);
  const now = Date.now() / 1000;
  const columns: Column<TableRow>[] = [
    { id: "from", head: "From", cell: ({ from }) => formatTime(from, now) },
    { id: "to", head: "To", cell: ({ to }) => formatTime(to, now) },
    ...lines.map((line, i): Column<TableRow> => ({
      id: String(i),
      head: line.title,
      title: look.unit,
      align: "right",
      cell: ({ values }) => (values[i] === null || values[i] === undefined ? "-" : look.format(values[i])),
    })),
  ];
  return (
    <DataTable
      label={`${title}, ${look.unit}`}
      columns={columns}
      count={rows.length}
      rowAt={(i) => rows[i]}
      keyOf={({ from }) => from}
      most={8}
    />
  );
}
