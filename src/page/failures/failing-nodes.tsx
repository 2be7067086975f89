import type { JSX } from "preact";
import type { HistogramList } from "../../web/api/answers.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ShareBar } from "../parts/bar.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { go } from "../state/location.ts";
import { pathTo } from "../state/route.ts";
import { formatCount, formatShare } from "../words/numbers.ts";
import { failingNodes, type NodeFailures } from "./failing-node.ts";

/** Which nodes tasks fail on, against the others. */
export function FailingNodes({
  run,
  groups,
}: {
  readonly run: string;
  readonly groups: HistogramList["groups"];
}): JSX.Element | null {
  const nodes = failingNodes(groups);
  if (groups.length < 2 || nodes.length === 0) return null;
  const columns: Column<NodeFailures>[] = [
    {
      id: "node",
      head: "Node",
      cell: ({ name }) => (
        <a href={pathTo(run, "tasks", { state: "failed", node: name })} tabIndex={-1}>
          <ForeignText text={name} />
        </a>
      ),
    },
    { id: "failed", head: "Failed", align: "right", cell: ({ failed }) => formatCount(failed) },
    { id: "count", head: "Of tasks", align: "right", from: "small", cell: ({ count }) => formatCount(count) },
    { id: "share", head: "Share", align: "right", cell: ({ failed, count }) => formatShare(failed, count) },
    {
      id: "bar",
      head: "Failed of its tasks",
      width: "30%",
      cell: ({ failed, count, name }) => (
        <ShareBar
          thin
          parts={[{ name, value: failed, tone: "bad" }]}
          whole={count}
          label={`${formatCount(failed)} of ${formatCount(count)}`}
        />
      ),
    },
    {
      id: "odd",
      head: "Against other nodes",
      from: "small",
      cell: ({ odd }) => (odd === "" ? "" : <span class="tone-warn">▲ {odd}</span>),
    },
  ];
  return (
    <Panel title="Where tasks fail">
      <DataTable
        label="Failures by node"
        columns={columns}
        count={nodes.length}
        rowAt={(index) => nodes[index]}
        keyOf={({ name }) => name}
        onOpen={({ name }) => go(pathTo(run, "tasks", { state: "failed", node: name }))}
        most={8}
      />
    </Panel>
  );
}
