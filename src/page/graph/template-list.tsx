import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { instancesOf, type TemplateTally } from "../../domain/instance-state.ts";
import { printable } from "../../domain/printable.ts";
import type { GraphBox } from "../../web/api/answers.ts";
import { ShareBar } from "../parts/bar.tsx";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { sortOf, sortPressed, sortText } from "../parts/sort.ts";
import { Empty } from "../parts/states.tsx";
import { go, useParams } from "../state/location.ts";
import { pathTo } from "../state/route.ts";
import { formatCount } from "../words/numbers.ts";
import { stateWords } from "../words/states.ts";
import { chosenTemplates, countOf, countsText, sortedTemplates, stateParts } from "./template-counts.ts";

/** Templates with how many instances of each stand where: sorted, filtered by name. */
export function TemplateList({
  run,
  templates,
  boxes,
}: {
  readonly run: string;
  /** With `?box=ID` only the templates of that box are listed. */
  readonly boxes: readonly GraphBox[];
  readonly templates: readonly TemplateTally[];
}): JSX.Element {
  const [query, change] = useParams();
  const text = query.get("q") ?? "";
  const sort = sortOf(query.get("sort"), { by: "document", descending: false });
  const box = boxes.find(({ id }) => id === query.get("box"));
  const rows = useMemo(
    () => sortedTemplates(chosenTemplates(templates, text, box), sort.by, sort.descending),
    [templates, text, box, sort.by, sort.descending],
  );
  const columns: Column<TemplateTally>[] = [
    {
      id: "name",
      head: "Template",
      sortable: true,
      cell: ({ name }) => (
        <a href={pathTo(run, "graph", { template: name })}>
          <ForeignText text={name} />
        </a>
      ),
    },
    {
      id: "share",
      head: "By state",
      width: "28%",
      from: "small",
      cell: ({ counts }) => {
        const parts = stateParts(counts);
        return (
          <ShareBar
            thin
            parts={parts}
            whole={parts.reduce((sum, { value }) => sum + value, 0)}
            label={countsText(counts)}
          />
        );
      },
    },
    numbers("all", "All", (tally) => formatCount(instancesOf(tally)) + (tally.isGrowing ? "+" : "")),
    { ...sums("done", "Done", ""), from: "small" },
    sums("failed", "Failed", "tone-bad"),
    { ...sums("running", "Running", "tone-busy"), from: "small" },
    { id: "states", head: "States", from: "large", cell: ({ counts }) => <States counts={counts} /> },
  ];
  return (
    <>
      <search class="graph-filter">
        <input
          type="search"
          data-filter
          aria-label="Name of a template"
          placeholder="Name of a template  ( / )"
          value={text}
          onInput={({ currentTarget }) => change({ q: currentTarget.value }, { replace: true })}
        />
        {box !== undefined && (
          <button type="button" class="small" onClick={() => change({ box: undefined })}>
            Those of the box {printable(box.id)}: show all
          </button>
        )}
        <span class="dim" role="status">
          {formatCount(rows.length)} of {formatCount(templates.length)}
        </span>
      </search>
      {rows.length === 0 ? (
        <Empty>{templates.length === 0 ? "No template has come yet." : "No template is like this."}</Empty>
      ) : (
        <DataTable
          label="Templates"
          columns={columns}
          count={rows.length}
          rowAt={(i) => rows[i]}
          keyOf={({ name }) => name}
          sort={sort}
          onSort={(by) => change({ sort: sortText(sortPressed(sort, by, by !== "name")) }, { replace: true })}
          onOpen={({ name }) => go(pathTo(run, "graph"), { template: name })}
        />
      )}
    </>
  );
}

function numbers(id: string, head: string, cell: Column<TemplateTally>["cell"]): Column<TemplateTally> {
  return { id, head, align: "right", sortable: true, cell };
}

function sums(id: string, head: string, name: string): Column<TemplateTally> {
  return numbers(id, head, (tally) => {
    const sum = countOf(tally, id);
    return <span class={sum === 0 ? "dim" : name}>{formatCount(sum)}</span>;
  });
}

/** Counts by state, each with its sign and word. */
function States({ counts }: Pick<TemplateTally, "counts">): JSX.Element {
  return (
    <span class="template-counts">
      {stateParts(counts).map(({ name, value, tone }) => (
        <span key={name} class={`tone-${tone}`}>
          <span aria-hidden="true">{stateWords(name).sign}</span> {formatCount(value)} {name}
        </span>
      ))}
    </span>
  );
}
