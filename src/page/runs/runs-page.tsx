import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { RunList, RunSummary } from "../../web/api/answers.ts";
import { useAnswer } from "../api/use-answer.ts";
import { DataTable } from "../parts/data-table.tsx";
import { sortOf, sortPressed, sortText } from "../parts/sort.ts";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { go, useParams } from "../state/location.ts";
import { pathTo } from "../state/route.ts";
import { formatCount } from "../words/numbers.ts";
import { runColumns } from "./columns.tsx";
import { chosenRuns, isSortable } from "./order.ts";

const NEWEST = { by: "started", descending: true };

/** The list of runs. Where there is but one, the page goes straight to it, unless somebody has come back from there: `RUNS_LIST`. */
export function RunsPage(): JSX.Element {
  const [query, change] = useParams();
  const { data, problem, again } = useAnswer<RunList>("/api/v1/runs", {}, { every: 2 });
  const runs = data?.runs;
  const only = runs?.length === 1 && !query.has("list") ? runs[0] : undefined;
  useEffect(() => {
    if (only !== undefined) go(pathTo(only.id), {}, { replace: true });
  }, [only]);
  const asked = sortOf(query.get("sort"), NEWEST);
  const sort = isSortable(asked.by) ? asked : NEWEST;
  const text = query.get("q") ?? "";
  const chosen = useMemo(() => chosenRuns(runs ?? [], text, sort), [runs, text, sort.by, sort.descending]);
  if (runs === undefined)
    return problem === undefined ? <Loading what="Reading the runs" /> : <Failed problem={problem} again={again} />;
  return (
    <div class="stack">
      <div class="filters">
        <h1>Runs</h1>
        <label>
          <span class="hidden">Name, file or host</span>
          <input
            type="search"
            data-filter
            placeholder="Name, file or host"
            value={text}
            onInput={(event) => change({ q: event.currentTarget.value }, { replace: true })}
          />
        </label>
        <span class="dim" role="status">
          {formatCount(chosen.length)} of {formatCount(data?.total ?? runs.length)}
        </span>
      </div>
      {problem !== undefined && <Failed problem={problem} again={again} />}
      {chosen.length === 0 ? (
        <Empty>{runs.length === 0 ? "This server has no runs." : "No run is like that."}</Empty>
      ) : (
        <DataTable<RunSummary>
          label="Runs"
          columns={runColumns()}
          count={chosen.length}
          rowAt={(i) => chosen[i]}
          keyOf={({ id }) => id}
          sort={sort}
          onSort={(by) => change({ sort: sortText(sortPressed(sort, by, by !== "name" && by !== "host")) })}
          onOpen={({ id }) => go(pathTo(id))}
          most={24}
        />
      )}
    </div>
  );
}
