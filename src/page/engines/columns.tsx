import type { JSX } from "preact";
import { printable } from "../../domain/printable.ts";
import type { EngineView } from "../../domain/watch.ts";
import type { LiveRun } from "../api/live-run.ts";
import { ShareBar } from "../parts/bar.tsx";
import type { Column } from "../parts/data-table.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { StopButton, type StopQuestion } from "../parts/stop-button.tsx";
import { pathTo } from "../state/route.ts";
import { formatCount, formatShare } from "../words/numbers.ts";
import { formatAge, formatSpan, isoTime } from "../words/times.ts";
import { engineState, factorOf, type Fleet, isThere, marksOfEngine } from "./fleet.ts";

/** Factors beyond these are told: what is within them is like most. */
const ALIKE = [0.8, 1.25] as const;

/** @param ask asks before an engine is stopped */
export function engineColumns(
  run: LiveRun,
  fleet: Fleet,
  now: number,
  ask: (question: StopQuestion) => void,
): readonly Column<EngineView>[] {
  const number = (
    id: string,
    head: string,
    cell: (engine: EngineView) => JSX.Element | string,
    more: Partial<Column<EngineView>> = {},
  ): Column<EngineView> => ({ id, head, align: "right", sortable: true, cell, ...more });
  return [
    number("rank", "Engine", ({ rank }) => String(rank), { from: "small" }),
    { id: "node", head: "Node", sortable: true, cell: (engine) => <Node run={run} engine={engine} /> },
    { id: "state", head: "State", sortable: true, cell: (engine) => <State engine={engine} /> },
    { id: "context", head: "Context", sortable: true, from: "large", cell: ({ context }) => printable(context) },
    {
      id: "busy",
      head: "Busy",
      title: "Slots with a task, now",
      sortable: true,
      width: "96px",
      cell: (engine) => <Busy engine={engine} />,
    },
    number("finished", "Ended", ({ finished }) => formatCount(finished), {
      from: "medium",
      title: "Tasks that ended there",
    }),
    number("failed", "Failed", (engine) => <FailedCount engine={engine} fleet={fleet} run={run} />),
    number("p50", "Median", (engine) => <Duration engine={engine} fleet={fleet} by="p50" />, {
      title: "The median of the time of tasks, and how many times as long as on most engines",
    }),
    number("p95", "95%", (engine) => <Duration engine={engine} fleet={fleet} by="p95" />, {
      from: "medium",
      title: "The time within which 95% of tasks ended, and how many times as long as on most engines",
    }),
    number("heard", "Heard", ({ lastHeard }) => <Heard time={lastHeard} now={now} />, {
      from: "medium",
      title: "When the driver last heard of it",
    }),
    ...(run.control ? [stopColumn(run, ask)] : []),
  ];
}

function stopColumn(run: LiveRun, ask: (question: StopQuestion) => void): Column<EngineView> {
  return {
    id: "stop",
    head: "Stop",
    isHeadHidden: true,
    align: "right",
    cell: (engine) => (
      <StopButton
        run={run}
        ask={ask}
        isOffered={isThere(engine) && !engine.stopping}
        request={{ what: "engine", rank: engine.rank }}
        label="Stop..."
        title={`Stop engine ${engine.rank} on ${printable(engine.node)}`}
        verb="Stop this engine"
      >
        It starts no more tasks, and leaves when what runs there has ended. The other engines go on.
      </StopButton>
    ),
  };
}

function Node({ run, engine }: { readonly run: LiveRun; readonly engine: EngineView }): JSX.Element {
  return <a href={pathTo(run.id, "tasks", { engine: engine.rank })}>{printable(engine.node)}</a>;
}

function State({ engine }: { readonly engine: EngineView }): JSX.Element {
  const { reason, heldBack } = engine;
  const why = [reason, heldBack].filter((each) => each !== undefined).map(printable);
  return <StateBadge state={engineState(engine)} title={why.length === 0 ? undefined : why.join("; ")} />;
}

function Busy({ engine }: { readonly engine: EngineView }): JSX.Element {
  const { running, slots } = engine;
  if (!isThere(engine)) return <span class="dim">-</span>;
  const label = `${running} of ${slots} slots`;
  return (
    <span class="busy-cell">
      <ShareBar
        thin
        parts={[{ name: "busy", value: Math.min(running, slots), tone: "busy" }]}
        whole={slots}
        label={label}
      />
      <span>
        {running}/{slots}
      </span>
    </span>
  );
}

function FailedCount({
  engine,
  fleet,
  run,
}: {
  readonly engine: EngineView;
  readonly fleet: Fleet;
  readonly run: LiveRun;
}): JSX.Element {
  const { failed, finished, rank } = engine;
  if (failed === 0) return <span class="dim">0</span>;
  return (
    <a
      href={pathTo(run.id, "tasks", { engine: rank, state: "failed" })}
      class={marksOfEngine(engine, fleet).includes("failing") ? "tone-bad strong" : "plain"}
    >
      {formatCount(failed)} <span class="from-small">({formatShare(failed, finished)})</span>
    </a>
  );
}

function Duration({
  engine,
  fleet,
  by,
}: {
  readonly engine: EngineView;
  readonly fleet: Fleet;
  readonly by: "p50" | "p95";
}): JSX.Element {
  if (engine.durations.count === 0) return <span class="dim">-</span>;
  const factor = factorOf(engine, fleet, by);
  const isTold = factor !== undefined && (factor < ALIKE[0] || factor > ALIKE[1]);
  const tone = by === "p50" && marksOfEngine(engine, fleet).includes("slow") ? "tone-warn strong" : "dim";
  return (
    <>
      {formatSpan(engine.durations[by])}
      {isTold && <span class={tone}> ×{factor.toFixed(1)}</span>}
    </>
  );
}

function Heard({ time, now }: { readonly time: number | undefined; readonly now: number }): JSX.Element {
  if (time === undefined) return <span class="dim">-</span>;
  const age = now - time;
  return (
    <time dateTime={isoTime(time)} title={isoTime(time)}>
      {age < 10 ? "now" : `${formatAge(age)} ago`}
    </time>
  );
}
