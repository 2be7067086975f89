import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { printable } from "../../domain/printable.ts";
import type { HistogramList } from "../../web/api/answers.ts";
import { apiPath } from "../api/client.ts";
import { type LiveRun, paceOf } from "../api/live-run.ts";
import { useAnswer } from "../api/use-answer.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { formatCount, formatShare } from "../words/numbers.ts";
import { formatSpan } from "../words/times.ts";
import { AsTable } from "./as-table.tsx";
import { type Bin, binsOf, type HistogramGroup, rangeOf, standsOut } from "./histogram-data.ts";
import { HistogramPicture } from "./histogram-picture.tsx";

/** How long tasks took: all of them, and those of one node against them. Nodes that stand out say so. */
export function Histogram({
  run,
  title = "How long tasks took",
}: {
  readonly run: LiveRun;
  readonly title?: string;
}): JSX.Element {
  const [isTable, setTable] = useState(false);
  const [node, setNode] = useState("");
  const path = apiPath(run.id, "histograms");
  const all = useAnswer<HistogramList>(path, { by: "all" }, paceOf(run, 5));
  const nodes = useAnswer<HistogramList>(path, { by: "node" }, paceOf(run, 15));
  const whole = all.data?.groups[0];
  const groups = nodes.data?.groups ?? [];
  const group = groups.find(({ name }) => name === node);
  const isEmpty = whole !== undefined && whole.count === 0;
  const aside = whole !== undefined && !isEmpty && (
    <>
      {groups.length > 1 && <NodeChoice groups={groups} node={node} change={setNode} />}
      <AsTable isTable={isTable} what={title} change={setTable} />
    </>
  );

  return (
    <Panel title={title} aside={aside}>
      {all.problem !== undefined && all.data === undefined && <Failed problem={all.problem} again={all.again} />}
      {all.problem === undefined && all.data === undefined && <Loading what="Adding up" />}
      {(isEmpty || (all.data !== undefined && whole === undefined)) && <Empty>No task has ended yet.</Empty>}
      {all.data !== undefined && whole !== undefined && !isEmpty && (
        <Shown title={title} edges={all.data.edges} whole={whole} group={group} isTable={isTable} />
      )}
    </Panel>
  );
}

function Shown({
  title,
  edges,
  whole,
  group,
  isTable,
}: {
  readonly title: string;
  readonly edges: readonly number[];
  readonly whole: HistogramGroup;
  readonly group: HistogramGroup | undefined;
  readonly isTable: boolean;
}): JSX.Element {
  const range = rangeOf([whole.counts]);
  const bins = binsOf(edges, whole.counts, range);
  const ofNode = group === undefined ? undefined : binsOf(edges, group.counts, range);
  return (
    <>
      <p class="legend">
        <Sums group={whole} name="All" colour="--busy-fill" />
        {group !== undefined && <Sums group={group} name={printable(group.name)} colour="--warn-fill" />}
        <span class="legend-line">
          <span class="legend-key dashed" style={{ borderColor: "var(--dim)" }} aria-hidden="true" /> share that took at
          most so long
        </span>
      </p>
      {isTable ? (
        <BinTable title={title} bins={bins} ofNode={ofNode} node={group?.name} />
      ) : (
        <HistogramPicture label={`${title}: ${summary(whole)}`} bins={bins} ofNode={ofNode} />
      )}
    </>
  );
}

function summary({ count, p50, p95, longest }: HistogramGroup): string {
  return `${formatCount(count)} tasks, half of them within ${formatSpan(p50)}, 95% within ${formatSpan(p95)}, the longest ${formatSpan(longest)}`;
}

function Sums({
  group,
  name,
  colour,
}: {
  readonly group: HistogramGroup;
  readonly name: string;
  readonly colour: string;
}): JSX.Element {
  return (
    <span class="legend-line">
      <span class="legend-key" style={{ background: `var(${colour})` }} aria-hidden="true" />
      {name} <strong>{formatCount(group.count)}</strong> p50 <strong>{formatSpan(group.p50)}</strong> p95{" "}
      <strong>{formatSpan(group.p95)}</strong> longest <strong>{formatSpan(group.longest)}</strong>
    </span>
  );
}

function NodeChoice({
  groups,
  node,
  change,
}: {
  readonly groups: readonly HistogramGroup[];
  readonly node: string;
  readonly change: (node: string) => void;
}): JSX.Element {
  const odd = groups.flatMap((group) => {
    const why = standsOut(group);
    return why === undefined ? [] : [{ name: group.name, why }];
  });
  return (
    <select
      aria-label="Node to hold against all"
      value={node}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    >
      <option value="">{odd.length === 0 ? "All nodes" : `All nodes (${odd.length} stand out)`}</option>
      {odd.length > 0 && (
        <optgroup label="Stand out">
          {odd.map(({ name, why }) => (
            <option key={name} value={name}>
              {printable(name)}: {why}
            </option>
          ))}
        </optgroup>
      )}
      <optgroup label="Nodes">
        {groups
          .filter(({ name }) => odd.every((each) => each.name !== name))
          .map(({ name }) => (
            <option key={name} value={name}>
              {printable(name)}
            </option>
          ))}
      </optgroup>
    </select>
  );
}

function BinTable({
  title,
  bins,
  ofNode,
  node,
}: {
  readonly title: string;
  readonly bins: readonly Bin[];
  readonly ofNode: readonly Bin[] | undefined;
  readonly node: string | undefined;
}): JSX.Element {
  const columns: Column<Bin>[] = [
    { id: "from", head: "From", align: "right", cell: ({ from }) => formatSpan(from) },
    { id: "to", head: "To", align: "right", cell: ({ to }) => formatSpan(to) },
    { id: "count", head: "Tasks", align: "right", cell: ({ count }) => formatCount(count) },
    { id: "up-to", head: "Up to here", align: "right", cell: ({ upTo }) => formatShare(upTo, 1) },
  ];
  if (ofNode !== undefined && node !== undefined) {
    columns.push({
      id: "node",
      head: printable(node),
      align: "right",
      cell: ({ from }) => formatCount(ofNode.find((each) => each.from === from)?.count ?? 0),
    });
  }
  return (
    <DataTable
      label={title}
      columns={columns}
      count={bins.length}
      rowAt={(i) => bins[i]}
      keyOf={({ from }) => from}
      most={8}
    />
  );
}
