import type { JSX } from "preact";
import type { TemplateTally } from "../../domain/instance-state.ts";
import type { Pace } from "../api/live-run.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { go, useParams } from "../state/location.ts";
import { pathTo, pathToTask } from "../state/route.ts";
import { formatCount, shortCount } from "../words/numbers.ts";
import { stateWords } from "../words/states.ts";
import { stateParts } from "./template-counts.ts";
import { type Instance, useInstances } from "./use-instances.ts";

/** Instances of a template, by state and name; each leads to its task once it has one. */
export function InstanceList({
  run,
  template,
  tally,
  pace,
}: {
  readonly run: string;
  readonly template: string;
  /** How many there are by state, where that is known. */
  readonly tally: TemplateTally | undefined;
  /** How often they are asked for. */
  readonly pace: Pace;
}): JSX.Element {
  const [query, change] = useParams();
  const states = (query.get("state") ?? "").split(",").filter((state) => state !== "");
  const text = query.get("q") ?? "";
  const params = { template, state: states.join(","), q: text };
  const { rows, total, hasMore, problem, sight, again } = useInstances(run, params, pace);
  const known = rows?.length ?? 0;
  // Where the server does not count them, there is a screen more than is known.
  const count = hasMore ? (total ?? known + 20) : known;
  const parts = stateParts(tally?.counts ?? {});
  const shown: string[] = [
    ...parts.map(({ name }) => name),
    ...states.filter((state) => parts.every(({ name }) => name !== state)),
  ];

  return (
    <Panel
      title="Instances"
      aside={
        <a href={pathTo(run, "graph")}>
          <span aria-hidden="true">←</span> All templates
        </a>
      }
    >
      <h3 class="instances-of">
        <ForeignText text={template} />
      </h3>
      <search class="graph-filter">
        <div class="graph-states" role="group" aria-label="States">
          {shown.map((state) => {
            const { sign, tone, word } = stateWords(state);
            const part = parts.find(({ name }) => name === state);
            const isOn = states.includes(state);
            return (
              <button
                key={state}
                type="button"
                class={`small tone-${tone}`}
                aria-pressed={isOn}
                onClick={() => change({ state: toggled(states, state) }, { replace: true })}
              >
                <span aria-hidden="true">{sign}</span> {word} {part !== undefined && shortCount(part.value)}
              </button>
            );
          })}
        </div>
        <input
          type="search"
          data-filter
          aria-label="Part of a name"
          placeholder="Part of a name  ( / )"
          value={text}
          onInput={({ currentTarget }) => change({ q: currentTarget.value }, { replace: true })}
        />
        {rows !== undefined && (
          <span class="dim" role="status">
            {total === undefined ? `${formatCount(known)} so far` : formatCount(total)}
          </span>
        )}
      </search>
      {problem !== undefined && <Failed problem={problem} again={again} />}
      {rows === undefined && problem === undefined && <Loading what="Looking for instances" />}
      {rows !== undefined && known === 0 && !hasMore && <Empty>No instance is like this.</Empty>}
      {rows !== undefined && known > 0 && (
        <DataTable
          label={`Instances of ${template}`}
          columns={columnsFor(run)}
          count={count}
          rowAt={(i) => rows[i]}
          keyOf={({ name }) => name}
          onSight={sight}
          onOpen={({ task }) => {
            if (task !== undefined) go(pathToTask(run, task));
          }}
          most={24}
        />
      )}
    </Panel>
  );
}

function columnsFor(run: string): Column<Instance>[] {
  return [
    { id: "state", head: "State", width: "132px", cell: ({ state }) => <StateBadge state={state} /> },
    {
      id: "name",
      head: "Instance",
      cell: ({ name, task }) =>
        task === undefined ? (
          <ForeignText text={name} />
        ) : (
          <a href={pathToTask(run, task)}>
            <ForeignText text={name} />
          </a>
        ),
    },
    {
      id: "task",
      head: "Task",
      align: "right",
      width: "96px",
      cell: ({ task }) => (task === undefined ? <span class="dim">-</span> : task),
    },
  ];
}

function toggled(states: readonly string[], state: string): string {
  return (states.includes(state) ? states.filter((each) => each !== state) : [...states, state]).join(",");
}
