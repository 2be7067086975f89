import type { JSX } from "preact";
import { instancesOf, type TemplateTally } from "../../domain/instance-state.ts";
import { printable } from "../../domain/printable.ts";
import type { LiveRun } from "../api/live-run.ts";
import { countsText, stateParts } from "../graph/template-counts.ts";
import { ShareBar } from "../parts/bar.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { go } from "../state/location.ts";
import { pathTo } from "../state/route.ts";
import { formatCount } from "../words/numbers.ts";
import { stateWords } from "../words/states.ts";

/** Templates of a workflow, with how many instances of each stand where. */
export function Templates({ run }: { readonly run: LiveRun }): JSX.Element {
  const { list, more } = run.view.templates ?? { list: [], more: 0 };
  const path = (name: string): string => pathTo(run.id, "graph", { template: name });
  const columns: readonly Column<TemplateTally>[] = [
    {
      id: "name",
      head: "Template",
      cell: ({ name }) => <a href={path(name)}>{printable(name)}</a>,
    },
    {
      id: "share",
      head: "Instances",
      width: "24%",
      from: "small",
      cell: (tally) => (
        <ShareBar thin parts={stateParts(tally.counts)} whole={instancesOf(tally)} label={countsText(tally.counts)} />
      ),
    },
    {
      id: "all",
      head: "All",
      align: "right",
      cell: (tally) => formatCount(instancesOf(tally)) + (tally.isGrowing ? "+" : ""),
    },
    { id: "states", head: "By state", cell: (tally) => <Counts tally={tally} /> },
  ];
  return (
    <Panel title="Templates" aside={<a href={pathTo(run.id, "graph")}>Graph</a>}>
      {list.length === 0 ? (
        <Empty>No template has come yet.</Empty>
      ) : (
        <DataTable
          label="Templates"
          columns={columns}
          count={list.length}
          rowAt={(i) => list[i]}
          keyOf={({ name }) => name}
          onOpen={({ name }) => go(pathTo(run.id, "graph"), { template: name })}
          most={12}
        />
      )}
      {more > 0 && (
        <p class="dim below-table">
          and {formatCount(more)} more: <a href={pathTo(run.id, "graph")}>all of them</a>
        </p>
      )}
    </Panel>
  );
}

function Counts({ tally }: { readonly tally: TemplateTally }): JSX.Element {
  return (
    <span class="template-counts">
      {stateParts(tally.counts).map(({ name, value, tone }) => (
        <span key={name} class={`tone-${tone}`}>
          <span aria-hidden="true">{stateWords(name).sign}</span> {formatCount(value)} {name}
        </span>
      ))}
    </span>
  );
}
