import type { JSX } from "preact";
import { clockLeft } from "../words/run-words.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { printable } from "../../domain/printable.ts";
import type { RunSummary } from "../../web/api/answers.ts";
import { ShareBar } from "../parts/bar.tsx";
import type { Column } from "../parts/data-table.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../state/route.ts";
import { formatCount, formatRate } from "../words/numbers.ts";
import { outcomeParts, progressWords, reasonWords, runState } from "../words/run-words.ts";
import { averageRate } from "./order.ts";

export function runColumns(): readonly Column<RunSummary>[] {
  return [
    {
      id: "name",
      head: "Run",
      sortable: true,
      cell: ({ id, name, taskFile }) => (
        <a href={pathTo(id)} title={printable(taskFile)} class="strong run-name">
          {printable(name)}
        </a>
      ),
    },
    { id: "state", head: "State", sortable: true, cell: (run) => <State run={run} /> },
    { id: "progress", head: "Progress", sortable: true, width: "32%", cell: (run) => <Progress run={run} /> },
    {
      id: "failed",
      head: "Failed",
      align: "right",
      sortable: true,
      from: "small",
      cell: ({ tasks }) => <span class={tasks.failed > 0 ? "tone-bad" : "dim"}>{formatCount(tasks.failed)}</span>,
    },
    {
      id: "rate",
      head: "Rate",
      title: "Tasks that ended, on average since the run began",
      align: "right",
      sortable: true,
      from: "medium",
      cell: (run) => formatRate(averageRate(run)),
    },
    {
      id: "slots",
      head: "Slots",
      align: "right",
      sortable: true,
      from: "large",
      cell: ({ slots }) => formatCount(slots),
    },
    {
      id: "left",
      head: "Left",
      title: "How long it will still take, or how long it took",
      align: "right",
      sortable: true,
      from: "medium",
      cell: (run) =>
        run.ended === undefined ? (
          (clockLeft(run.estimate, run.now) ?? "-")
        ) : (
          <span class="dim">took {formatClock(run.ended - run.started)}</span>
        ),
    },
    {
      id: "started",
      head: "Started",
      align: "right",
      sortable: true,
      from: "medium",
      cell: ({ started }) => <Time time={started} now={Date.now() / 1000} />,
    },
    { id: "host", head: "Host", sortable: true, from: "large", cell: ({ host }) => printable(host) },
  ];
}

function State({ run }: { readonly run: RunSummary }): JSX.Element {
  const { reason } = run;
  return <StateBadge state={runState(run, run.link)} title={reason === undefined ? undefined : reasonWords(reason)} />;
}

function Progress({ run }: { readonly run: RunSummary }): JSX.Element {
  const { tasks, phase } = run;
  const parts = outcomeParts(tasks, phase);
  const words = progressWords(tasks);
  return (
    <span class="progress-cell">
      <ShareBar
        thin
        parts={parts}
        whole={tasks.total ?? parts.reduce((sum, { value }) => sum + value, 0)}
        label={words}
      />
      <span class="from-medium dim">{words}</span>
    </span>
  );
}
