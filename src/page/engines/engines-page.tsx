import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { printable } from "../../domain/printable.ts";
import type { EngineView } from "../../domain/watch.ts";
import { isStale, type LiveRun, runNow } from "../api/live-run.ts";
import { DataTable } from "../parts/data-table.tsx";
import { sortOf, sortPressed, sortText } from "../parts/sort.ts";
import { Empty } from "../parts/states.tsx";
import { OnlyLooks, StopDialog, type StopQuestion } from "../parts/stop-button.tsx";
import { go, useParams } from "../state/location.ts";
import { pathTo } from "../state/route.ts";
import { useNow } from "../state/use-now.ts";
import { formatCount, formatShare } from "../words/numbers.ts";
import { stateWords } from "../words/states.ts";
import { formatSpan } from "../words/times.ts";
import { engineColumns } from "./columns.tsx";
import { chosenEngines, fleetOf, isSortable, isThere, stateCounts, troublesOf } from "./fleet.ts";

const BY_RANK = { by: "rank", descending: false };
/** Columns whose smallest values tell most. */
const FROM_SMALLEST = new Set(["rank", "node", "state", "context", "heard", "busy"]);

/** Engines and how they do, against most of them. */
export function EnginesPage({ run }: { readonly run: LiveRun }): JSX.Element {
  const [query, change] = useParams();
  const { engines } = run.view;
  const now = runNow(run, useNow(!isStale(run) && run.view.phase !== "ended"));
  const text = query.get("q") ?? "";
  const state = query.get("state") ?? "";
  const asked = sortOf(query.get("sort"), BY_RANK);
  const sort = isSortable(asked.by) ? asked : BY_RANK;
  const [question, ask] = useState<StopQuestion>();
  const fleet = useMemo(() => fleetOf(engines), [engines]);
  const chosen = useMemo(
    () => chosenEngines(engines, { text, state, sort }),
    [engines, text, state, sort.by, sort.descending],
  );
  const columns = engineColumns(run, fleet, now, ask);
  const counts = stateCounts(engines);
  const press = (by: string): void => change({ sort: sortText(sortPressed(sort, by, !FROM_SMALLEST.has(by))) });
  return (
    <div class="stack">
      <div class="filters">
        <label>
          <span class="hidden">Node or context</span>
          <input
            type="search"
            data-filter
            placeholder="Node or context"
            value={text}
            onInput={(event) => change({ q: event.currentTarget.value }, { replace: true })}
          />
        </label>
        <label>
          <span class="hidden">State</span>
          <select value={state} onChange={(event) => change({ state: event.currentTarget.value })}>
            <option value="">All states ({formatCount(engines.length)})</option>
            {counts.map(([name, count]) => (
              <option key={name} value={name}>
                {stateWords(name).word} ({formatCount(count)})
              </option>
            ))}
          </select>
        </label>
        <span class="dim" role="status">
          {formatCount(chosen.length)} of {formatCount(engines.length)} engines
        </span>
        <span class="fleet">
          {fleet.p50 > 0 && `Most: ${formatSpan(fleet.p50)} a task, 95% within ${formatSpan(fleet.p95)}, `}
          {fleet.finished > 0 && `${formatShare(fleet.failed, fleet.finished)} failed`}
        </span>
        <OnlyLooks run={run} />
      </div>
      {chosen.length === 0 ? (
        <Empty>{engines.length === 0 ? "No engine has come yet." : "No engine is like that."}</Empty>
      ) : (
        <DataTable<EngineView>
          label="Engines"
          columns={columns}
          count={chosen.length}
          rowAt={(i) => chosen[i]}
          keyOf={({ rank }) => rank}
          sort={sort}
          onSort={press}
          onOpen={({ rank }) => go(pathTo(run.id, "tasks"), { engine: rank })}
          isMarked={(engine) => isThere(engine) && troublesOf(engine, fleet).length > 0}
          most={24}
        />
      )}
      <StopDialog run={run} question={question} close={() => ask(undefined)} />
      <Troubles engines={chosen} run={run} />
    </div>
  );
}

/** Engines of which something is told in words: why they are out of touch, or start nothing. */
function Troubles({
  engines,
  run,
}: {
  readonly engines: readonly EngineView[];
  readonly run: LiveRun;
}): JSX.Element | null {
  const told = engines.filter(({ reason, heldBack }) => reason !== undefined || heldBack !== undefined).slice(0, 20);
  if (told.length === 0) return null;
  return (
    <ul class="troubles">
      {told.map(({ rank, node, reason, heldBack }) => (
        <li key={rank}>
          <a href={pathTo(run.id, "tasks", { engine: rank })}>
            engine {rank} on {printable(node)}
          </a>
          : {printable([heldBack === undefined ? [] : [`starts nothing: ${heldBack}`], reason ?? []].flat().join("; "))}
        </li>
      ))}
    </ul>
  );
}
